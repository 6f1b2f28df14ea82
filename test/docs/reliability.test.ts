import { readFileSync } from 'node:fs'
import t from 'tap'
import { DRAIN } from '../../src/fastapi/early-answer.ts'
import { LINGER } from '../../src/fastapi/lingering-close.ts'
import { FAULTS_MAX } from '../../src/faults/faults.ts'
import { IDLE_MS, TIMEOUTS } from '../../src/hooks/connections.ts'
import { JOURNALS_MAX } from '../../src/journal/journals.ts'
import { EPHEMERAL_ORGANIZATIONS_MAX } from '../../src/organization/organizations.ts'
import { auditLog } from '../../src/resources/audit-log.ts'
import { ORG_ID_MAX } from '../../src/schemas/control/scope.ts'
import { FLAGS } from '../../src/settings/config.ts'
import { RULES_MAX } from '../../src/simulation/scenario-rules.ts'
import { SNAPSHOTS_MAX } from '../../src/state/snapshots.ts'
import { ORGANIZATION_BYTES } from '../../src/store/store-quota.ts'

const page = readFileSync(new URL('../../docs/reliability.md', import.meta.url), 'utf8')

t.test('docs/reliability.md tells the limits as they are', async (t) => {
  const { http, requestTimeout } = TIMEOUTS
  const seconds = [http.headersTimeout, requestTimeout, IDLE_MS.betweenRequests, IDLE_MS.duringRequest]
  const rows = page.split('\n').filter((line) => line.startsWith('| '))
  const hasRow = (...texts: string[]) => rows.some((row) => texts.every((text) => row.includes(text)))

  for (const milliseconds of seconds) t.ok(hasRow(`| ${milliseconds / 1000} |`), `${milliseconds} ms`)
  const mebibytes = (bytes: number) => `${bytes / 2 ** 20} MiB`
  const limits: Readonly<Record<string, string>> = {
    [FLAGS.maxJsonBytes.name]: mebibytes(FLAGS.maxJsonBytes.default),
    [FLAGS.maxUploadBytes.name]: mebibytes(FLAGS.maxUploadBytes.default),
    [FLAGS.maxStoredBytes.name]: mebibytes(FLAGS.maxStoredBytes.default),
    [FLAGS.journalBytes.name]: mebibytes(FLAGS.journalBytes.default),
    [FLAGS.maxRecords.name]: FLAGS.maxRecords.default.toLocaleString('en'),
    [FLAGS.maxConnections.name]: FLAGS.maxConnections.default.toLocaleString('en'),
    [FLAGS.journalEntries.name]: FLAGS.journalEntries.default.toLocaleString('en'),
  }
  for (const [flag, limit] of Object.entries(limits))
    t.ok(hasRow(`\`--${flag}\``, limit), `${flag}: ${limit}`)
  t.ok(hasRow('stays open', mebibytes(DRAIN.bytes)))
  t.ok(hasRow('to the end of the body', `${DRAIN.ms / 1000} seconds`))
  t.ok(hasRow('from the last answer', `${LINGER.ms / 1000} seconds`))
  t.ok(hasRow('thrown away', mebibytes(LINGER.bytes)))
  t.ok(hasRow('handshake', `${http.headersTimeout / 1000} seconds`))
  t.ok(hasRow('Snapshots of', `| ${SNAPSHOTS_MAX} each`))
  t.ok(hasRow('Faults of', `| ${FAULTS_MAX.toLocaleString('en')} each`))
  t.ok(hasRow('Scenario rules of', `| ${RULES_MAX.toLocaleString('en')} each`))
  t.ok(hasRow('The id of an organization', `| ${ORG_ID_MAX} characters`))
  t.ok(hasRow('Journals of all', JOURNALS_MAX.toLocaleString('en')))
  t.ok(hasRow('Entries of the audit log', (auditLog.kept * 1.1).toLocaleString('en')))
  const organizations = Math.floor(FLAGS.maxStoredBytes.default / ORGANIZATION_BYTES / 1000)
  t.ok(hasRow('An organization that was made', `${ORGANIZATION_BYTES / 1024} KiB`, `${organizations},000`))
  t.ok(hasRow('nothing was ever written', EPHEMERAL_ORGANIZATIONS_MAX.toLocaleString('en')))
})

t.test('docs/reliability.md names commands that there are', async (t) => {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const commands = [...page.matchAll(/`npm run ([\w:]+)[^`]*`/g)].map(([, name = '']) => name)
  const tests = [...page.matchAll(/`npx tap run --disable-coverage ([^`]+)`/g)].map(([, path = '']) => path)

  t.not(commands.length, 0)
  for (const name of commands) t.type(scripts[name], 'string', name)
  t.not(tests.length, 0)
  for (const path of tests.flatMap((paths) => paths.split(' ')))
    t.ok(readFileSync(new URL(`../../${path}`, import.meta.url)).length > 0, path)
})
