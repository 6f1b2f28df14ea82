// Tests that the pages of docs/ match the code.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { withBuiltIns } from '../../scripts/scenarios-markdown.ts'
import { DRAIN } from '../../src/fastapi/early-answer.ts'
import { LINGER } from '../../src/fastapi/lingering-close.ts'
import { FAULTS_MAX } from '../../src/faults/faults.ts'
import { presets } from '../../src/faults/presets.ts'
import { IDLE_MS, TIMEOUTS } from '../../src/hooks/connections.ts'
import { JOURNALS_MAX } from '../../src/journal/journals.ts'
import { EPHEMERAL_ORGANIZATIONS_MAX } from '../../src/organization/organizations.ts'
import { auditLog } from '../../src/resources/audit-log.ts'
import { FaultSpec, FaultView } from '../../src/schemas/control/fault.ts'
import { ORG_ID_MAX } from '../../src/schemas/control/scope.ts'
import { FLAGS } from '../../src/settings/config.ts'
import { Effect, Match, Scenario, ScenarioRule, STATUS_ENUMS, Step } from '../../src/simulation/scenario.ts'
import { RULES_MAX } from '../../src/simulation/scenario-rules.ts'
import { builtIns } from '../../src/simulation/scenarios.ts'
import type { TemplateValues } from '../../src/simulation/templates.ts'
import { SNAPSHOTS_MAX } from '../../src/state/snapshots.ts'
import { ORGANIZATION_BYTES } from '../../src/store/store-quota.ts'
import { blocksOf, codeSpansOf, proseOf } from '../markdown.ts'
import { registeredRoutes } from '../registered-routes.ts'
import { checkCommands } from './commands.ts'

const faultsPage = readFileSync(new URL('../../docs/faults.md', import.meta.url), 'utf8')
const faultsBlocks = blocksOf(faultsPage)

t.test('the commands of docs/faults.md, in their order, print what stands below them', async (t) => {
  const count = await checkCommands(t, faultsBlocks, { folder: t.testdir({}) })

  const outputs = faultsBlocks.filter(({ role }) => role === 'output')
  t.equal(count, outputs.length, 'each command shows what it prints')
})

t.test('docs/faults.md names every member of a fault', async (t) => {
  const spans = codeSpansOf(faultsPage)

  for (const name of Object.keys({ ...FaultSpec.properties, ...FaultView.properties })) {
    if (name !== 'id') t.ok(spans.includes(name), name)
  }
})

t.test('docs/faults.md says what each preset stands for', async (t) => {
  const rows = [...proseOf(faultsPage).matchAll(/^\| `([\w-]+)` \| `(\{.+?\})` \|/gm)]

  t.same(Object.fromEntries(rows.map(([, name, json = '']) => [name, JSON.parse(json)])), presets)
})

const reliabilityPage = readFileSync(new URL('../../docs/reliability.md', import.meta.url), 'utf8')

t.test('docs/reliability.md tells the limits as they are', async (t) => {
  const { http, requestTimeout } = TIMEOUTS
  const seconds = [http.headersTimeout, requestTimeout, IDLE_MS.betweenRequests, IDLE_MS.duringRequest]
  const rows = reliabilityPage.split('\n').filter((line) => line.startsWith('| '))
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
  const commands = [...reliabilityPage.matchAll(/`npm run ([\w:]+)[^`]*`/g)].map(([, name = '']) => name)
  const tests = [...reliabilityPage.matchAll(/`npx tap run --disable-coverage ([^`]+)`/g)].map(
    ([, path = '']) => path,
  )

  t.not(commands.length, 0)
  for (const name of commands) t.type(scripts[name], 'string', name)
  t.not(tests.length, 0)
  for (const path of tests.flatMap((paths) => paths.split(' ')))
    t.ok(readFileSync(new URL(`../../${path}`, import.meta.url)).length > 0, path)
})

const scenariosPage = readFileSync(new URL('../../docs/scenarios.md', import.meta.url), 'utf8')
const scenariosBlocks = blocksOf(scenariosPage)

t.test('docs/scenarios.md is what `npm run docs` writes', async (t) => {
  t.equal(scenariosPage, withBuiltIns(scenariosPage, builtIns))
})

t.test('a page without the heading of the built-in scenarios, or with two, is refused', async (t) => {
  t.throws(() => withBuiltIns('# Scenarios\n', builtIns), /needs its heading/)
  t.throws(() => withBuiltIns(scenariosPage + scenariosPage, builtIns), /needs its heading/)
})

t.test('the commands of docs/scenarios.md, in their order, print what stands below them', async (t) => {
  const files = scenariosBlocks
    .filter(({ role }) => role.endsWith('.yaml'))
    .map(({ role, text }) => [role, text])
  const folder = t.testdir(Object.fromEntries(files))

  const count = await checkCommands(t, scenariosBlocks, { folder })

  const outputs = scenariosBlocks.filter(({ role }) => role === 'output')
  t.equal(count, outputs.length, 'each command shows what it prints')
})

t.test('docs/scenarios.md names every member of the format', async (t) => {
  const spans = codeSpansOf(scenariosPage).join('\n')
  const members = [ScenarioRule, Scenario, Step, Effect].flatMap(({ properties }) => Object.keys(properties))
  const matched = Object.keys(Match.properties).map((name) => `match.${name}`)

  for (const name of [...members, ...matched, ...STATUS_ENUMS]) t.match(spans, name)
})

t.test('docs/scenarios.md says what every template stands for, and of no other', async (t) => {
  const names: Record<keyof TemplateValues, true> = {
    prompt: true,
    request: true,
    title: true,
    tags: true,
    session_id: true,
    attachments: true,
    last_message: true,
    pull_request_url: true,
  }

  const documented = [...proseOf(scenariosPage).matchAll(/^\| `\{\{(\w+)\}\}` \|/gm)].map(
    ([, name = '']) => name,
  )
  t.same(documented.sort(), Object.keys(names).sort())
})

t.test('what docs/scenarios.md says is served is served', async (t) => {
  const routes = await registeredRoutes()
  for (const span of codeSpansOf(scenariosPage)) {
    const [route] = /^[A-Z]+ \/[\w/.{}-]+$/.exec(span) ?? []
    if (route !== undefined) t.ok(routes.includes(route), route)
  }
})

const stateBlocks = blocksOf(readFileSync(new URL('../../docs/state.md', import.meta.url), 'utf8'))

t.test('every command of docs/state.md gives what stands below it', async (t) => {
  const folder = t.testdir({ 'seed.yaml': stateBlocks.find(({ role }) => role === 'seed.yaml')?.text ?? '' })

  t.equal(await checkCommands(t, stateBlocks, { folder }), 5)
})
