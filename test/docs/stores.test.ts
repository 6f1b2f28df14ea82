// Tests docs/stores.md: its commands, its recipe and its SQL run, and what it names exists.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import t from 'tap'
import { systemClock } from '../../src/base/clock.ts'
import { startFakeDevin } from '../../src/index.ts'
import { rowKinds } from '../../src/persistence/kinds.ts'
import { FLAGS } from '../../src/settings/config.ts'
import { call, secret } from '../client/both.ts'
import { newLocation, newServices } from '../engine.ts'
import { blocksOf, codeSpansOf, proseOf } from '../markdown.ts'
import { testDatabase } from '../postgres.ts'
import { freePort } from '../postmaster.ts'
import { publishedProgram } from '../published.ts'
import { openShell } from './commands.ts'
import { folderOfFiles, run } from './files.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(join(root, 'docs/stores.md'), 'utf8')
const blocks = blocksOf(page)

/** Returns the text of the only block with this role. */
const blockOf = (name: string) => blocks.find(({ role }) => role === name)?.text ?? ''

t.test('the commands of the page print the output below them', async (t) => {
  const folder = t.testdir({})
  const [port, other, url] = await Promise.all([freePort(), freePort(), testDatabase(t)])
  const program = `'${process.execPath}' '${publishedProgram()}'`
  const values: Record<string, string> = {
    'node src/cli/index.ts': program,
    'postgres://devin:devin@127.0.0.1:5432/devin': url,
    '8080': `${port}`,
    '8081': `${other}`,
  }
  // All at once, since a value may contain the name of another one: a port is 28080, or a database is named so.
  const names = new RegExp(Object.keys(values).join('|'), 'g')
  const here = (text: string) => text.replace(names, (name) => values[name] ?? '')
  const sh = openShell(t, folder, { FAKE_DEVIN_PORT: `${port}` })

  let count = 0
  for (const [index, { language, role, text }] of blocks.entries()) {
    if (language !== 'sh' || role !== '') continue
    const next = blocks[index + 1]
    const expected = next?.role === 'output' ? next.text : ''
    t.equal((await sh(here(text))).trimEnd().replaceAll(`${folder}/`, '/home/you/'), expected, text)
    count++
  }

  t.equal(count, 9)
  t.equal(blocks.filter(({ role }) => role === 'output').length, 6)
})

t.test('the recipe runs unmodified', async (t) => {
  const file = 'restart.test.mjs'
  const cwd = folderOfFiles(t, [{ language: 'js', role: file, text: blockOf(file) }])

  t.match(await run(process.execPath, [file], { cwd }), /^. pass 1$/m)
})

/** Runs a statement in a store that no server uses. Resolves with its rows. */
async function query(location: string, statement: string): Promise<unknown> {
  if (location.startsWith('postgres:')) {
    const client = new Client({ connectionString: location })
    await client.connect()
    const { rows } = await client.query(statement)
    await client.end()
    return rows
  }
  const database = new DatabaseSync(location)
  const rows = database.prepare(statement).all()
  database.close()
  return rows.map((row) => ({ ...row }))
}

/** Keeps two secrets in a store, by a server that stops afterwards. Resolves with the organization. */
async function fill(store: string): Promise<string> {
  const devin = await startFakeDevin({ store })
  for (const name of ['ONE', 'TWO']) await call(devin, 'POST /v1/secrets', secret(name))
  await devin.close()
  return devin.orgId
}

/** Resolves with the names of the secrets in a store. */
async function secretsIn(store: string): Promise<string[]> {
  const devin = await startFakeDevin({ store })
  const { json } = await call(devin, 'GET /v1/secrets')
  await devin.close()
  return json.map(({ key }: { key: string }) => key)
}

for (const engine of ['sqlite', 'postgres']) {
  t.test(`${engine}: the queries return what is in the store`, async (t) => {
    const store = await newLocation(t, engine)
    const orgId = await fill(store)

    t.match(await query(store, blockOf('count')), [
      { org_id: orgId, kind: 'audit_logs', count: 2 },
      { org_id: orgId, kind: 'organizations', count: 1 },
      { org_id: orgId, kind: 'requests', count: 2 },
      { org_id: orgId, kind: 'secrets', count: 2 },
    ])
    t.same(await query(store, blockOf(engine)), [{ key: 'ONE' }, { key: 'TWO' }])
  })
}

t.test('a PostgreSQL database whose tables were dropped begins a new world', async (t) => {
  const store = await testDatabase(t)
  await fill(store)

  await query(store, blockOf('drop'))

  t.same(await query(store, "SELECT FROM pg_tables WHERE tablename LIKE 'fake_devin%'"), [])
  t.same(await secretsIn(store), [])
})

t.test('a database has a world per schema that the URL names', async (t) => {
  const [, options = ''] = /`(\?options=\S+)`/.exec(page) ?? []
  const store = await testDatabase(t)
  await query(store, 'CREATE SCHEMA team_a')

  await fill(store + options)

  t.same(await secretsIn(store + options), ['ONE', 'TWO'])
  t.same(await secretsIn(store), [])
})

t.test('the page describes every column, and kinds that exist', async (t) => {
  const store = await newLocation(t, 'sqlite')
  await fill(store)
  const columns = await query(store, "SELECT name FROM pragma_table_info('fake_devin_entries')")
  const rows = [...proseOf(page).matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, name, text = '']) => ({
    name,
    text,
  }))
  const described = rows.filter(({ name }) => name !== 'memory')

  t.same(
    described.map(({ name }) => ({ name })),
    columns,
  )
  const kinds = rowKinds(newServices(systemClock())).map(({ name }) => name)
  const named = codeSpansOf(described.find(({ name }) => name === 'kind')?.text ?? '')
  t.not(named.length, 0)
  for (const kind of named) t.ok(kinds.includes(kind), kind)
})

t.test('the page quotes errors as the program words them', async (t) => {
  const folder = join(root, 'src/database')
  const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'))
  const [, table = ''] = page.split('| The line says | What to do |\n| --- | --- |\n')
  const [rows = ''] = table.split('\n\n')
  const quoted = rows.split('\n').flatMap((row) => codeSpansOf(row.split('|')[1] ?? ''))

  t.ok(quoted.length >= 10)
  for (const words of quoted)
    t.ok(
      sources.some((source) => source.includes(words)),
      words,
    )
  t.ok(sources.some((source) => source.includes('no server listens there')))
})

t.test('docs/reliability.md states the limits of stores that the program has', async (t) => {
  const reliability = readFileSync(join(root, 'docs/reliability.md'), 'utf8')
  const sources = ['connection', 'changes'].map((name) =>
    readFileSync(join(root, `src/database/postgres-${name}.ts`), 'utf8'),
  )
  const numberIn = (pattern: RegExp) => {
    const [, digits = ''] = pattern.exec(sources.join('')) ?? []
    return Number(digits.replaceAll('_', ''))
  }
  const rows: readonly (readonly [row: string, limit: string])[] = [
    ['A request while the database', `${numberIn(/CALL_MS = ([\d_]+)/) / 1000} seconds`],
    ['hangs during a batch', `${numberIn(/idle_in_transaction_session_timeout = '(\d+)s'/)} seconds`],
    ['A start while', `${numberIn(/CONNECT_MS = ([\d_]+)/) / 1000} seconds`],
    ['Commits that a replica has missed', numberIn(/KEPT = ([\d_]+)/).toLocaleString('en')],
  ]

  for (const [row, limit] of rows) {
    const line = reliability.split('\n').find((text) => text.startsWith('| ') && text.includes(row))
    t.match(line, limit)
  }
})

t.test('the page names only flags and variables that exist', async (t) => {
  const names = Object.values(FLAGS).map(({ name }) => name)
  const variables = Object.values(FLAGS).flatMap((flag) => flag.variables.map(({ name }) => name))

  for (const [, name = ''] of page.matchAll(/`--([a-z-]+)/g)) t.ok(names.includes(name), name)
  for (const [name] of page.matchAll(/\bFAKE_DEVIN_[A-Z_]+/g)) t.ok(variables.includes(name), name)
})
