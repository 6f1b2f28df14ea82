import t from 'tap'
import { approximateSize } from '../../src/base/quota.ts'

const listOf = (length: number, item: (index: number) => string) =>
  `[${Array.from({ length }, (_, index) => item(index)).join()}]`

/** JSON that takes many times its length in memory, and the bytes that it takes after JSON.parse (Node 24). */
const SMALL_PARTS: readonly [what: string, json: string, bytes: number][] = [
  ['empty objects', listOf(18_000, () => '{}'), 1_153_000],
  ['empty lists', listOf(18_000, () => '[]'), 721_000],
  ['lists of a number', listOf(12_000, () => '[0]'), 769_000],
  ['objects in objects', listOf(8_000, () => '{"a":{}}'), 769_000],
  ['objects with a number', listOf(8_000, () => '{"a":0}'), 321_000],
  ['objects with names of their own', listOf(5_000, (n) => `{"${n + 1_000_000}":0}`), 922_000],
  ['short texts', listOf(8_000, (n) => `"${(n + 1_000_000).toString(36)}"`), 257_000],
]

for (const [what, json, bytes] of SMALL_PARTS) {
  t.test(`JSON of a client that contains ${what} counts for at least half of its memory`, async (t) => {
    const size = approximateSize({ schema: { x: JSON.parse(json) } })

    t.ok(size >= bytes / 2, `${size}`)
  })
}

t.test('a long text counts for its characters, a file for its bytes', async (t) => {
  t.equal(approximateSize('x'.repeat(1_000)), 1_000)
  t.equal(approximateSize(new Uint8Array(1_000)), 1_000)
})
