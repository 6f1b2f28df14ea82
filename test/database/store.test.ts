// Tests src/database/store.ts and schema.ts.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { openDatabase } from '../../src/database/open.ts'
import { SCHEMA_VERSIONS, schemaState } from '../../src/database/schema.ts'
import { checkStore, migrateStore } from '../../src/database/store.ts'
import { OpenError } from '../../src/database/types.ts'
import { startPostgres } from '../postgres.ts'
import { operator } from './operator.ts'
import { row, write } from './rows.ts'

const server = await startPostgres(t)

/** The engines, with a function that creates an empty database and one that runs SQL. */
const ENGINES = {
  sqlite: {
    async create(t: Test) {
      const path = join(t.testdir({}), 'world.db')
      new DatabaseSync(path).close()
      return path
    },
    async run(_: Test, path: string, sql: string) {
      const database = new DatabaseSync(path)
      database.exec(sql)
      database.close()
    },
  },
  postgres: {
    create: () => server.createDatabase(),
    async run(t: Test, url: string, sql: string) {
      await (await operator(t, url))(sql)
    },
  },
}

for (const [engine, { create, run }] of Object.entries(ENGINES)) {
  t.test(`${engine}: a check counts the rows and changes nothing`, async (t) => {
    const location = await create(t)
    t.same(await checkStore(location), { engine, schema: 'empty', rows: {} })
    t.same(await checkStore(location), { engine, schema: 'empty', rows: {} }, 'it is still empty')

    await migrateStore(location)
    t.same(await checkStore(location), { engine, schema: 'current', rows: {} })
    const database = await openDatabase(location)
    await write(database, { puts: [row('a'), row('b'), row('a', { kind: 'secret' })] })
    await database.close()
    t.same(await checkStore(location), { engine, schema: 'current', rows: { secret: 1, session: 2 } })
  })

  t.test(`${engine}: a check recognizes a newer database, and a migration refuses it`, async (t) => {
    const location = await create(t)
    await migrateStore(location)
    await run(t, location, "INSERT INTO fake_devin_migrations VALUES ('0999_future', '2099-01-01T00:00:00Z')")

    t.same(await checkStore(location), { engine, schema: 'newer', rows: {} })
    await t.rejects(migrateStore(location), /was written by a newer version/)
  })
}

t.test('a check of a file that does not exist does not create it', async (t) => {
  const path = join(t.testdir({}), 'none.db')
  await t.rejects(checkStore(path), new OpenError(`${path}: there is no such file`))
  t.notOk(existsSync(path))
})

t.test('a check of an unreachable server reports it', async (t) => {
  await t.rejects(
    checkStore('postgres://u:p@127.0.0.1:1/db'),
    new OpenError('postgres://u@127.0.0.1:1/db: no server listens there'),
  )
})

t.test('a schema is older if versions are missing, and newer if one is unknown', (t) => {
  const versions = ['1', '2']
  t.equal(schemaState([], versions), 'empty')
  t.equal(schemaState(['1'], versions), 'older')
  t.equal(schemaState(['1', '2'], versions), 'current')
  t.equal(schemaState(['2', '1'], versions), 'current')
  t.equal(schemaState(['1', '2', '3'], versions), 'newer')
  t.end()
})

t.test('the versions of the schema are the migrations, in order', async (t) => {
  const { migrationsOf } = await import('../../src/database/migrations.ts')
  for (const engine of ['sqlite', 'postgres'] as const)
    t.same(Object.keys(migrationsOf(engine)), SCHEMA_VERSIONS)
  t.same([...SCHEMA_VERSIONS].sort(), SCHEMA_VERSIONS)
})

t.test('a check does not change the bytes of a file', async (t) => {
  const path = await ENGINES.sqlite.create(t)
  await migrateStore(path)
  const before = readFileSync(path)
  await checkStore(path)
  t.ok(readFileSync(path).equals(before))
})
