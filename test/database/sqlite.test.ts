// Tests src/database/sqlite.ts and sqlite-file.ts.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { openDatabase } from '../../src/database/open.ts'
import { OpenError, UnavailableError } from '../../src/database/types.ts'
import { open, packagesFor, testDatabase } from './contract.ts'
import { contents, row, write } from './rows.ts'

const pathOf = (t: Test) => join(t.testdir({}), 'world.db')

testDatabase(t, async (t) => pathOf(t))

/** Runs SQL on a closed file. */
function run(path: string, sql: string): void {
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
}

t.test('a file can be open in only one process', async (t) => {
  const path = pathOf(t)
  const first = await open(t, path)

  await t.rejects(openDatabase(path), new OpenError(`${path} is in use by another process`))
  t.equal(first.isExclusive, true)
  t.throws(() => run(path, 'SELECT * FROM fake_devin_entries'), { message: 'database is locked' })
  await t.resolves(write(first, { puts: [row('a')] }))
  await first.close()
  t.same(await contents(await open(t, path)), [row('a')])
})

t.test('a closed database consists of a single file', async (t) => {
  const path = pathOf(t)
  const database = await openDatabase(path)
  await write(database, { puts: [row('a')] })
  t.ok(existsSync(`${path}-wal`))
  await database.close()

  t.notOk(existsSync(`${path}-wal`))
})

t.test('a commit that fails changes nothing, and the next one works', async (t) => {
  const path = pathOf(t)
  await (await openDatabase(path)).close()
  run(
    path,
    `CREATE TRIGGER refuse BEFORE INSERT ON fake_devin_entries WHEN new.id = 'refused'
     BEGIN SELECT RAISE(ABORT, 'refused'); END;
     CREATE TRIGGER abort BEFORE INSERT ON fake_devin_entries WHEN new.id = 'rolled back'
     BEGIN SELECT RAISE(ROLLBACK, 'rolled back'); END`,
  )
  const database = await open(t, path)
  await write(database, { puts: [row('a')] })

  for (const id of ['refused', 'rolled back']) {
    const failing = write(database, { puts: [row('b'), row(id)], deletes: [row('a')] })
    await t.rejects(failing, new UnavailableError(`${path} cannot be used (${id})`))
  }
  t.same(await contents(database), [row('a')])
  await write(database, { puts: [row('b')] })
  t.same(await contents(database), [row('a'), row('b')])
})

t.test('the folder of a file has to exist', async (t) => {
  const folder = join(t.testdir({ file: '' }), 'none')
  const message = `${folder}/world.db: the folder ${folder} does not exist`
  await t.rejects(openDatabase(join(folder, 'world.db')), new OpenError(message))
  await t.rejects(openDatabase(join(folder, '../file/world.db')), OpenError)
})

t.test('a file that is not SQLite is refused and stays unchanged', async (t) => {
  const folder = t.testdir({ text: 'a text that is longer than the header of a database'.repeat(20) })
  const path = join(folder, 'text')
  const before = readFileSync(path)

  await t.rejects(openDatabase(path), new OpenError(`${path} is not a SQLite database`))
  t.same(readFileSync(path), before)
  mkdirSync(join(folder, 'folder'))
  await t.rejects(openDatabase(join(folder, 'folder')), /cannot be opened: it is a folder, or/)
})

t.test('an empty file is a new database', async (t) => {
  const path = join(t.testdir({ 'world.db': '' }), 'world.db')
  t.same(await contents(await open(t, path)), [])
})

t.test('the database of another program is refused and left unchanged', async (t) => {
  const path = pathOf(t)
  run(path, 'CREATE TABLE bookmarks (url TEXT)')
  const before = readFileSync(path)

  await t.rejects(openDatabase(path), new OpenError(`${path} is the database of another program`))
  t.same(readFileSync(path), before)
})

t.test('a damaged file is refused', async (t) => {
  const path = pathOf(t)
  const database = await openDatabase(path)
  await write(database, { puts: [row('a')] })
  await database.close()
  writeFileSync(path, readFileSync(path).fill(0x5a, 100, 4_096))

  await t.rejects(openDatabase(path), new OpenError(`${path} is damaged`))
})

t.test('a damaged row rejects with an UnavailableError', async (t) => {
  const path = pathOf(t)
  const database = await openDatabase(path)
  await write(database, { puts: [row('a', { data: JSON.stringify('x'.repeat(100_000)) })] })
  await database.close()
  const bytes = readFileSync(path)
  const pageSize = 4_096
  for (let page = 2; page * pageSize < statSync(path).size; page++) {
    // The pages that continue the long row begin with the number of the next one.
    const start = page * pageSize
    if (bytes.subarray(start + 4, start + pageSize).every((byte) => byte === 0x78))
      bytes.fill(0xff, start, start + 4)
  }
  writeFileSync(path, bytes)

  await t.rejects(contents(await open(t, path)), new UnavailableError(`${path} is damaged`))
})

t.test('a read-only file is refused', { skip: process.getuid?.() !== 0 && 'needs root' }, async (t) => {
  const path = pathOf(t)
  await (await openDatabase(path)).close()
  const messageFor = (path: string) => openDatabase(path).catch(({ message }) => message)
  let messages: unknown[]
  try {
    // The user `nobody`, who may read the file and not write it.
    process.seteuid?.(65_534)
    messages = [await messageFor(path), await messageFor(`${path}-new`)]
  } finally {
    process.seteuid?.(0)
  }

  t.match(messages, [/cannot be locked: it is read-only/, /cannot be opened/])
})

t.test('a file of a newer version is refused', async (t) => {
  const path = pathOf(t)
  await (await openDatabase(path)).close()
  run(path, "INSERT INTO fake_devin_migrations VALUES ('0999_future', '2099-01-01T00:00:00.000Z')")

  const message = `${path} was written by a newer version of fake-devin: update this one`
  await t.rejects(openDatabase(path), new OpenError(message))
})

t.test('a migration that fails leaves the file unchanged', async (t) => {
  const path = pathOf(t)
  run(path, 'CREATE TABLE fake_devin_migrations (name, timestamp); CREATE TABLE fake_devin_entries (id)')

  await t.rejects(openDatabase(path), /cannot be used \(table "fake_devin_entries" already exists\)/)
  const database = new DatabaseSync(path)
  t.teardown(() => database.close())
  t.same(
    database
      .prepare('SELECT name FROM sqlite_schema ORDER BY name')
      .all()
      .map(({ name }) => name),
    ['fake_devin_entries', 'fake_devin_migrations'],
  )
})

t.test('a runtime without SQLite gets an error that says so', async (t) => {
  const { getBuiltinModule } = process
  t.teardown(() => {
    process.getBuiltinModule = getBuiltinModule
  })
  process.getBuiltinModule = () => undefined as never

  await t.rejects(openDatabase(pathOf(t)), new OpenError('SQLite needs Node 22.19 or later'))
})

t.test('opening a current file loads no package, and prints nothing', async (t) => {
  const path = pathOf(t)
  t.match(packagesFor(path), 'kysely')

  t.equal(packagesFor(path), 'node:sqlite\n')
})
