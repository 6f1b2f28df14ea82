import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import t from 'tap'
import { coerced, issue, issuesOf } from './run.ts'

const Uuid = Type.String({ format: 'uuid' })
const ID = '67e55044-10b1-426f-9247-bb680e5fe0c8'

t.test('a UUID takes every spelling and gives the hyphenated one in lower case', async () => {
  const spelling = fc.constantFrom(
    (id: string) => id,
    (id: string) => id.replaceAll('-', ''),
    (id: string) => `{${id}}`,
    (id: string) => `urn:uuid:${id}`,
  )
  fc.assert(
    fc.property(fc.uuid(), spelling, fc.boolean(), (id, spell, upper) => {
      return coerced(Uuid, spell(upper ? id.toUpperCase() : id)) === id
    }),
  )
})

t.test('a UUID refuses other texts in the words of the Rust crate', async (t) => {
  const character = (found: string, at: number) =>
    `invalid character: expected an optional prefix of \`urn:uuid:\` followed by [0-9a-fA-F-], found \`${found}\` at ${at}`
  const table: [string, string][] = [
    ['not-a-uuid', character('n', 1)],
    ['abcé', character('é', 4)],
    ['😀', character('😀', 1)],
    ['{', character('{', 1)],
    [`${ID} `, character(' ', 37)],
    [`URN:UUID:${ID}`, character('U', 1)],
    ['{12g}', character('g', 4)],
    ['', 'invalid length: expected length 32 for simple format, found 0'],
    [ID.replaceAll('-', '').slice(1), 'invalid length: expected length 32 for simple format, found 31'],
    ['1'.repeat(100), 'invalid length: expected length 32 for simple format, found 100'],
    ['{}', 'invalid group count: expected 5, found 1'],
    [`urn:uuid:${ID.replaceAll('-', '')}`, 'invalid group count: expected 5, found 1'],
    ['67e55044-10b1-426f-9247', 'invalid group count: expected 5, found 4'],
    ['-----', 'invalid group count: expected 5, found 6'],
    ['----', 'invalid group length in group 0: expected 8, found 0'],
    ['67e55044-10b1-426f-92471-b680e5fe0c8', 'invalid group length in group 3: expected 4, found 5'],
    [`${ID}1`, 'invalid group length in group 4: expected 12, found 13'],
    [`urn:uuid:${ID}1`, 'invalid group length in group 4: expected 12, found 22'],
  ]
  for (const [input, error] of table) {
    t.strictSame(
      issuesOf(Uuid, input),
      [issue('uuid_parsing', `Input should be a valid UUID, ${error}`, input, { error })],
      input,
    )
  }
})

t.test('a UUID refuses other types', async (t) => {
  for (const input of [null, true, 5, 5n, [], {}]) {
    t.strictSame(issuesOf(Uuid, input), [
      issue('uuid_type', 'UUID input should be a string, bytes or UUID object', input),
    ])
  }
})
