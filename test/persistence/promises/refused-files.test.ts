import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { startPublished } from '../../cli/program.ts'
import { newLocation } from '../../engine.ts'
import { checkRefused } from './refused-start.ts'
import { secretNamed, secretNames, startReplica } from './replica-process.ts'

function newFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'fake-devin-store-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

t.test('a second process on a SQLite file does not start, and does not affect the first one', async (t) => {
  const store = await newLocation(t, 'sqlite')
  const first = await startReplica(t, store)
  await first.ask('POST', '/v1/secrets', secretNamed('A'))

  await checkRefused(t, store, /store\.sqlite is in use by another process/)

  await first.ask('POST', '/v1/secrets', secretNamed('B'))
  await first.kill()
  t.same(await secretNames(await startReplica(t, store)), ['A', 'B'])
})

t.test('a server does not start on a file that is not a database, or that of another program', async (t) => {
  const folder = newFolder(t)
  const text = join(folder, 'text.sqlite')
  writeFileSync(text, 'not a database, but a text that is long enough to have a header'.repeat(100))
  const other = join(folder, 'other.sqlite')
  const database = new DatabaseSync(other)
  database.exec('CREATE TABLE songs (name text)')
  database.close()

  await checkRefused(t, text, /text\.sqlite is not a SQLite database/)
  await checkRefused(t, other, /other\.sqlite is the database of another program/)
  await checkRefused(t, folder, /is a folder/)
  await checkRefused(t, join(folder, 'missing', 'a.sqlite'), /the folder .* does not exist/)
})

t.test('a server does not start on a file that is damaged', async (t) => {
  const store = await newLocation(t, 'sqlite')
  const first = await startReplica(t, store)
  await first.ask('POST', '/v1/secrets', { ...secretNamed('A'), value: 'x'.repeat(100_000) })
  t.equal(await first.stop(), 0)
  truncateSync(store, 12_288)

  await checkRefused(t, store, /store\.sqlite (?:is damaged|cannot be read)/)
})

t.test('a server does not start on a file whose rows are damaged', async (t) => {
  const store = await newLocation(t, 'sqlite')
  const first = await startReplica(t, store)
  await first.ask('POST', '/v1/secrets', secretNamed('A'))
  t.equal(await first.stop(), 0)
  const database = new DatabaseSync(store)
  database.exec("UPDATE fake_devin_entries SET data = substr(data, 2) WHERE kind = 'secrets'")
  database.close()

  await checkRefused(t, store, /^fake-devin: cannot use the store: .*secrets/)
})

for (const engine of ['sqlite', 'postgres']) {
  t.test(
    `${engine}: a server that does not start because of its seed leaves a new store empty`,
    async (t) => {
      const store = await newLocation(t, engine)
      const folder = newFolder(t)
      const [keys, bad, good] = ['keys.txt', 'bad.json', 'good.json'].map((name) => join(folder, name))
      writeFileSync(keys as string, 'apk_user_demo\n')
      writeFileSync(bad as string, JSON.stringify({ organizations: [{ secrets: [{ name: 'A' }] }] }))
      writeFileSync(
        good as string,
        JSON.stringify({ organizations: [{ secrets: [{ key: 'A', value: 'v' }] }] }),
      )
      const flags = (seed = '') => ['--keys', keys as string, '--seed', seed]

      const { code, stderr } = await startPublished(t, ['--port', '0', '--store', store, ...flags(bad)]).ended
      t.equal(code, 1)
      t.match(stderr, /bad\.json: organizations\.0\.secrets/)

      t.same(await secretNames(await startReplica(t, store, flags(good))), ['A'])
    },
  )
}
