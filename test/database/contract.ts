import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import type { Test } from 'tap'
import { openDatabase } from '../../src/database/open.ts'
import { type Database, type Row, UnavailableError } from '../../src/database/types.ts'
import { childEnvironment } from '../child-environment.ts'
import { contents, KINDS, look, plain, row, write } from './rows.ts'

/** Creates an empty database for a test and returns its location. */
export type CreateLocation = (t: Test) => Promise<string>

/** Opens a database that is closed at the end of a test. */
export async function open(t: Test, location: string): Promise<Database> {
  const database = await openDatabase(location)
  t.teardown(() => database.close())
  return database
}

/** A text with characters that a database could change: quotes, escapes, lone surrogates, U+0000, letters of every length in UTF-8. */
const anyText = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 20 })

/** Generates ids: any characters except U+0000 and lone surrogates, many of them special in SQL and in arrays. */
const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 10 }).map((text) => text.replaceAll('\0', '')),
  fc.constantFrom(
    '',
    'NULL',
    'null',
    '{}',
    '{a,b}',
    '"',
    "'",
    '\\',
    '\\x00',
    'a,b',
    ' a ',
    '$1',
    '%',
    '\r\n',
  ),
)

const anyRow: fc.Arbitrary<Row> = fc.record({
  kind: fc.constantFrom('session', 'secret'),
  orgId: fc.constantFrom('', 'org-1', 'org-Ä'),
  id: anyName,
  position: fc.oneof(fc.nat(3), fc.constant(Number.MAX_SAFE_INTEGER)),
  data: anyText.map((text) => JSON.stringify({ text })),
  bytes: fc.option(fc.uint8Array({ maxLength: 300 })),
})

/** Runs the contract tests that every database must pass. */
export function testDatabase(t: Test, create: CreateLocation): void {
  testRows(t, create)
  testTurns(t, create)
  testEnds(t, create)
}

function testRows(t: Test, create: CreateLocation): void {
  t.test('rows are inserted, replaced and deleted', async (t) => {
    const database = await open(t, await create(t))
    await write(database, { puts: [row('a'), row('b'), row('c', { bytes: new Uint8Array([1, 0, 255]) })] })
    await write(database, {
      puts: [row('b', { data: '{"n":1}', bytes: new Uint8Array() }), row('d', { position: 2 })],
      deletes: [row('a'), row('unknown'), row('c', { orgId: 'org-2' })],
    })

    t.same(
      (await contents(database)).sort((one, other) => one.id.localeCompare(other.id)),
      [
        row('b', { data: '{"n":1}', bytes: new Uint8Array() }),
        row('c', { bytes: new Uint8Array([1, 0, 255]) }),
        row('d', { position: 2 }),
      ],
    )
  })

  t.test('rows of some kinds are loaded in the order of these kinds and of their positions', async (t) => {
    const database = await open(t, await create(t))
    const ordered = [
      row('z', { kind: 'Zebra', position: 9 }),
      row('a', { kind: 'a', orgId: 'org-10', position: 0 }),
      row('x', { kind: 'a', orgId: 'org-1', position: 2 }),
      row('c', { kind: 'a', orgId: '', position: 5 }),
      row('b', { kind: 'a', orgId: 'org-1', position: 10 }),
      row('a', { kind: 'a', orgId: 'org-1', position: Number.MAX_SAFE_INTEGER }),
      row('a', { kind: 'ä', orgId: '', position: 0 }),
    ]
    await write(database, { puts: [...ordered.toReversed(), row('other', { kind: 'other' })] })

    t.same(await contents(database, ['Zebra', 'unknown', 'a', 'ä']), ordered)
    t.same(await contents(database, ['ä', 'Zebra']), [ordered.at(-1), ordered[0]])
  })

  t.test('any sequence of commits leaves what it would leave in a map, byte for byte', async (t) => {
    const location = await create(t)
    let database = await openDatabase(location)
    const kept = new Map<string, Row>()
    const keyOf = ({ kind, orgId, id }: Row) => JSON.stringify([kind, orgId, id])
    const commits = fc.uniqueArray(fc.tuple(anyRow, fc.boolean()), { selector: ([row]) => keyOf(row) })

    await fc.assert(
      fc.asyncProperty(commits, fc.boolean(), async (rows, reopens) => {
        await write(database, {
          puts: rows.filter(([, isPut]) => isPut).map(([row]) => row),
          deletes: rows.filter(([, isPut]) => !isPut).map(([row]) => row),
        })
        for (const [row, isPut] of rows) {
          if (isPut) kept.set(keyOf(row), plain(row))
          else kept.delete(keyOf(row))
        }
        if (reopens) {
          await database.close()
          database = await openDatabase(location)
        }
        const found = new Map((await contents(database)).map((row) => [keyOf(row), row]))
        t.equal(found.size, kept.size)
        for (const [key, row] of kept) t.strictSame(found.get(key), row)
      }),
      { numRuns: 50 },
    )
    await database.close()
  })

  t.test('a large file and many rows are kept', async (t) => {
    const database = await open(t, await create(t))
    const bytes = new Uint8Array(3_000_000).map((_, index) => index % 251)
    const many = Array.from({ length: 2_000 }, (_, position) => row(`${position}`, { position }))
    await write(database, { puts: [...many, row('file', { position: 5_000, bytes })] })

    const rows = await contents(database)
    t.strictSame(rows.slice(0, -1), many)
    // Not compared by tap, which would take seconds.
    t.ok(Buffer.from(bytes).equals(rows.at(-1)?.bytes as Uint8Array))
  })
}

function testTurns(t: Test, create: CreateLocation): void {
  t.test('everything has to be read once', async (t) => {
    const location = await create(t)
    const database = await open(t, location)

    t.equal(await look(database), 'all')
    t.same(await write(database, { puts: [row('a')], events: ['{}'] }), [])
    t.same(await look(database), [], 'not its own commits')
    await database.close()
    t.equal(await look(await open(t, location)), 'all', 'when it is opened again')
  })

  t.test('a turn without changes writes nothing', async (t) => {
    const database = await open(t, await create(t))
    await write(database, { puts: [row('a')] })

    t.same(await write(database, {}), [])
    t.same(await contents(database), [row('a')])
  })

  t.test('an error of the function that visits rows is passed on, and the next turn works', async (t) => {
    const database = await open(t, await create(t))
    await write(database, { puts: [row('a'), row('b')] })
    await database.begin()
    const failing = database.load(KINDS, () => {
      throw new Error('not a row')
    })

    await t.rejects(failing, new Error('not a row'))
    await database.rollback()
    t.equal((await contents(database)).length, 2)
  })

  t.test('after the end, every call fails with an UnavailableError', async (t) => {
    const database = await open(t, await create(t))
    await look(database)
    await database.close()
    await database.close()

    const writing = async () => write(database, { puts: [row('a')] })
    await t.rejects(writing(), UnavailableError)
    await t.rejects(
      database.load(KINDS, () => undefined),
      UnavailableError,
    )
    await t.resolves(database.rollback())
  })
}

/** Starts a process that counts up in a database, one commit at a time, and reports each committed number. */
function startCounter(location: string) {
  const script = fileURLToPath(new URL('count-up.ts', import.meta.url))
  const child = spawn(process.execPath, [script, location], {
    env: childEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise((resolve) => child.once('close', resolve))
  return { child, exited, lines: createInterface(child.stdout) }
}

function testEnds(t: Test, create: CreateLocation): void {
  t.test('a transaction without a commit is rolled back', async (t) => {
    const location = await create(t)
    const database = await open(t, location)
    await write(database, { puts: [row('a')] })
    await database.begin()
    await database.close()

    t.same(await contents(await open(t, location)), [row('a')])
  })

  t.test('every commit that was acknowledged survives SIGKILL', async (t) => {
    const location = await create(t)
    let last = 0
    for (let round = 0; round < 3; round++) {
      const { child, exited, lines } = startCounter(location)
      let seen = 0
      for await (const line of lines) {
        t.equal(Number(line), ++last)
        if (++seen === 20 + round) child.kill('SIGKILL')
      }
      await exited

      const database = await openDatabase(location)
      const rows = await contents(database)
      await database.close()
      // The last commit may have been written without an acknowledgement.
      const count = rows.length - 1
      t.ok(count === last || count === last + 1, `${count} after ${last}`)
      t.equal(rows.find(({ kind }) => kind === 'counter')?.data, String(count), 'all of a commit is there')
      last = count
    }
  })
}

/** Returns the packages that a process loads to open a database, one per line. Fails if it prints anything else. */
export function packagesFor(location: string): string {
  const script = fileURLToPath(new URL('print-packages.ts', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [script, location], {
    env: childEnvironment(),
    encoding: 'utf8',
  })
  if (stderr !== '') throw new Error(stderr)
  return stdout
}
