import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { run } from '../../src/cli/run.ts'
import { startFakeDevin } from '../../src/index.ts'
import { call, secret } from '../client/both.ts'
import { testDatabase } from '../postgres.ts'
import { startProgram } from './program.ts'
import { runHere } from './run-here.ts'

const done = (stdout: string | RegExp) => ({ code: 0, stdout, stderr: '' })
const failed = (stderr: string | RegExp, code = 1) => ({ code, stdout: '', stderr })

/** Returns the path of a file that does not exist yet. */
function newFile(t: Test): string {
  return join(t.testdir({}), 'devin.sqlite')
}

/** Keeps a secret in a store, by a server that stops afterwards. */
async function fill(store: string): Promise<void> {
  const devin = await startFakeDevin({ store })
  await call(devin, 'POST /v1/secrets', secret('TOKEN'))
  await devin.close()
}

const COUNTS = /^\S+ is up to date\n( {2}\w+ +\d+\n)* {2}secrets {15}1\n/

t.test('fake-devin store check prints how many rows of each kind an up-to-date file has', async (t) => {
  const store = newFile(t)
  await fill(store)

  const { code, stdout, stderr } = await runHere(['store', 'check', '--store', store])

  t.same([code, stderr], [0, ''])
  t.match(stdout, COUNTS)
  t.ok(stdout.startsWith(`${store} is up to date\n`))
})

t.test('fake-devin store check and migrate work with PostgreSQL, and never show the password', async (t) => {
  const url = new URL(await testDatabase(t))
  url.password ||= 's3cr3t'
  const env = { FAKE_DEVIN_STORE: url.href }
  const where = `postgres://${url.username}@${url.host}${url.pathname}`

  const empty = await runHere(['store', 'check'], { env })
  const migrated = await runHere(['store', 'migrate'], { env })
  await fill(url.href)
  const filled = await runHere(['store', 'check'], { env })

  t.match(
    empty,
    failed(
      `fake-devin: ${where} is empty: start a server or run fake-devin store migrate to create its tables`,
    ),
  )
  t.same(migrated, done(`${where} is up to date\n`))
  t.match(filled, done(COUNTS))
  t.notMatch(JSON.stringify([empty, migrated, filled]), url.password)
})

t.test('fake-devin store migrate creates a store that a server then fills', async (t) => {
  const store = newFile(t)

  t.same(await runHere(['store', 'migrate', '--store', store]), done(`${store} is up to date\n`))
  t.same(await runHere(['store', 'check', '--store', store]), done(`${store} is up to date\n`))
  await fill(store)
  t.match(await runHere(['store', 'check', '--store', store]), done(COUNTS))
})

t.test('fake-devin store check creates no file', async (t) => {
  const store = newFile(t)

  t.same(
    await runHere(['store', 'check', '--store', store]),
    failed(`fake-devin: cannot use the store: ${store}: there is no such file\n`),
  )
  t.notOk(existsSync(store))
})

t.test('fake-devin store check prints the first damages of a store, and how many more it has', async (t) => {
  const store = newFile(t)
  const secrets = Array.from({ length: 21 }, (_, index) => ({ id: `secret-${index}`, key: `K${index}` }))
  const devin = await startFakeDevin({ store, seed: { organizations: [{ org_id: 'org-1', secrets }] } })
  await devin.close()
  const database = new DatabaseSync(store)
  database.exec(
    `UPDATE fake_devin_entries SET data = replace(data, '"note":null', '"note":5') WHERE kind = 'secrets'`,
  )
  database.close()

  const { code, stdout, stderr } = await runHere(['store', 'check', '--store', store])

  t.same([code, stdout], [1, ''])
  const lines = stderr.split('\n')
  const damage = `fake-devin: ${store} is damaged: secret-0 in secrets of org-1: note: Input should be a valid string`
  t.equal(lines[0], damage)
  t.same(lines.slice(20), ['fake-devin: and 1 more', ''])
})

t.test('fake-devin store refuses a store that a newer version has written', async (t) => {
  const store = newFile(t)
  await fill(store)
  const database = new DatabaseSync(store)
  database.exec("INSERT INTO fake_devin_migrations (name, timestamp) VALUES ('9999_later', '')")
  database.close()
  const words = `${store} was written by a newer version of fake-devin: update this one\n`

  t.same(await runHere(['store', 'check', '--store', store]), failed(`fake-devin: ${words}`))
  t.same(
    await runHere(['store', 'migrate', '--store', store]),
    failed(`fake-devin: cannot use the store: ${words}`),
  )
})

t.test('fake-devin store reports a file that a server uses', async (t) => {
  const store = newFile(t)
  const devin = await startFakeDevin({ store })
  t.teardown(() => devin.close())

  for (const action of ['check', 'migrate']) {
    t.same(
      await runHere(['store', action, '--store', store]),
      failed(`fake-devin: cannot use the store: ${store} is in use by another process\n`),
    )
  }
})

t.test('fake-devin store requires check or migrate, and a persistent store', async (t) => {
  t.same(await runHere(['store']), failed('fake-devin: store takes check or migrate\n', 2))
  t.match(await runHere(['store', 'repair']), failed(/takes check or migrate, not "repair"\n$/, 2))
  t.match(
    await runHere(['store', 'check']),
    failed(/^fake-devin: store takes --store or FAKE_DEVIN_STORE/, 2),
  )
  t.match(await runHere(['store', 'check', '--port', '1']), failed(/store does not accept --port\n$/, 2))
})

t.test('an unexpected error is not reduced to one line', async (t) => {
  const broken = {
    write: () => {
      throw new RangeError('broken')
    },
  }
  const quiet = { write: () => undefined }
  const argv = ['store', 'migrate', '--store', newFile(t)]

  const running = run(argv, {}, { stdout: broken, stderr: quiet, stopped: Promise.resolve() })

  await t.rejects(running, { name: 'RangeError', message: 'broken' })
})

t.test('the command in a separate process prints and ends', async (t) => {
  const store = newFile(t)

  t.same(
    await startProgram(t, ['store', 'migrate'], { FAKE_DEVIN_STORE: store }).ended,
    done(`${store} is up to date\n`),
  )
})
