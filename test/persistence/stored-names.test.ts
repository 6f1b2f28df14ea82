import fc from 'fast-check'
import t from 'tap'
import { StoredNames } from '../../src/persistence/stored-names.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'binary', minLength: 495, maxLength: 520 }),
  fc.constantFrom(
    'json:',
    'json:"x"',
    'sha256:',
    'sha256:x',
    '\0',
    '\ud800',
    '',
    'x'.repeat(501),
    '\ud800'.repeat(501),
  ),
)

t.test('every organization and id has a unique key that PostgreSQL accepts, and round-trips', async (t) => {
  const property = fc.property(anyText, anyText, anyText, anyText, (orgId, id, otherOrg, otherId) => {
    const writing = new StoredNames()
    const reading = new StoredNames()
    const key = { kind: 'k', orgId, id }
    const row = { ...writing.toRow(key, { a: 1 }), position: 1, bytes: null }

    t.ok([row.orgId, row.id].every((text) => text.isWellFormed() && !text.includes('\0')))
    t.ok(row.id.length <= 500 * 6 + 7)
    t.same(writing.stored(key), { kind: 'k', orgId: row.orgId, id: row.id })
    t.same(writing.ofKey(row), key)
    t.same(reading.ofRow(row), { ...key, data: { a: 1 } })
    t.same(reading.ofKey(row), key)
    const other = writing.stored({ kind: 'k', orgId: otherOrg, id: otherId })
    t.equal(other.orgId === row.orgId && other.id === row.id, otherOrg === orgId && otherId === id)
  })
  fc.assert(property, { numRuns: 300 })
})

t.test('data with a member `longId` is unchanged', async (t) => {
  const names = new StoredNames()
  for (const id of ['a', 'sha256:a', 'x'.repeat(600)]) {
    const key = { kind: 'k', orgId: '', id }
    const row = { ...names.toRow(key, { longId: 'b', data: 1 }), position: 0, bytes: null }
    t.same(names.ofRow(row), { ...key, data: { longId: 'b', data: 1 } })
  }
})

t.test('after `clear`, long ids are known again once their rows are read', async (t) => {
  const names = new StoredNames()
  const key = { kind: 'k', orgId: '', id: 'x'.repeat(600) }
  const row = { ...names.toRow(key, null), position: 0, bytes: null }
  names.clear()
  t.not(names.ofKey(row).id, key.id)
  names.ofRow(row)
  t.equal(names.ofKey(row).id, key.id)
})

t.test('the error for a row that is not JSON has its kind, but not its data', async (t) => {
  const row = { kind: 'secrets', orgId: '', id: 'a', data: '{"value":"s3cr3t', position: 0, bytes: null }

  t.throws(() => new StoredNames().ofRow(row), {
    message: 'the database is damaged: a row of secrets is not JSON',
  })
})

t.test('a row with a name that cannot be unescaped is damaged', async (t) => {
  const row = { kind: 'secrets', orgId: '', id: 'json:{', data: 'null', position: 0, bytes: null }

  t.throws(() => new StoredNames().ofRow(row), {
    message: 'the database is damaged: an escaped name of a row is not JSON',
  })
})
