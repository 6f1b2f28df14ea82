import fc from 'fast-check'

/** A change to bytes. `at` is a fraction of their length. */
export interface Mutation {
  readonly kind: 'flip' | 'insert' | 'replace' | 'delete' | 'repeat' | 'cut'
  readonly at: number
  readonly length: number
  readonly bytes: string
}

/** Byte sequences that are known to break servers, one character per byte. */
const DICTIONARY = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  '\r\n\r\n',
  ' ',
  '\t',
  ':',
  '\xff',
  '\xc0\xaf',
  '\xed\xa0\x80',
  '\xf0\x9f\xa6',
  '\xef\xbb\xbf',
  '//',
  '/../',
  '%2f',
  '%00',
  '%',
  '?',
  '#',
  'http://127.0.0.1/v1/secrets',
  'http://evil.example:80',
  '*',
  'HTTP/1.0',
  'HTTP/2.0',
  'HTTP/1.1\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc',
  'transfer-encoding: chunked\r\n',
  'transfer-encoding: chunked, identity\r\n',
  'transfer-encoding: gzip\r\n',
  'transfer-encoding : chunked\r\n',
  'content-length: 0\r\n',
  'content-length: 5\r\n',
  'content-length: -1\r\n',
  'content-length: 99999999999999999999\r\n',
  'content-length: 1, 1\r\n',
  'expect: 100-continue\r\n',
  'expect: nothing\r\n',
  'connection: keep-alive, close\r\n',
  'connection: upgrade\r\nupgrade: websocket\r\n',
  'host: \r\n',
  'host: a\r\nhost: b\r\n',
  'host: [::1\r\n',
  'host: 127.0.0.1/../x@y\r\n',
  ' folded\r\n',
  '0\r\n\r\n',
  '5\r\nhello\r\n',
  'ffffffffffffffff\r\n',
  '5;ext="\r\n"\r\n',
  '-1\r\n',
  '\0'.repeat(200),
  'a'.repeat(70_000),
  'x: y\r\n'.repeat(3_000),
  '"__proto__":{"a":1},',
  '\\ud800',
  '1e999',
  '[['.repeat(3_000),
]

/** Generates positions, as a fraction of the length. Values of `fc.double` would nearly always be close to 0. */
const place: fc.Arbitrary<number> = fc.nat({ max: 10_000 }).map((one) => one / 10_000)

/** Generates the positions at which bytes are cut into pieces. */
export const cuts: fc.Arbitrary<number[]> = fc.array(place, { maxLength: 4 })

/** Generates changes to the bytes of requests. */
export const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('flip', 'insert', 'replace', 'delete', 'repeat', 'cut'),
    // Favours heads, which the parser reads. Bodies have their own tests.
    at: fc.oneof(
      place,
      place.map((one) => one / 5),
    ),
    length: fc.integer({ min: 1, max: 40 }),
    bytes: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...DICTIONARY) },
      { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 8 }).map(latin1) },
    ),
  }),
  { minLength: 1, maxLength: 5 },
)

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

/** Applies changes to bytes, one after another. */
export function mutate(original: Buffer, changes: readonly Mutation[]): Buffer {
  return changes.reduce(change, original)
}

function change(before: Buffer, { kind, at, length, bytes }: Mutation): Buffer {
  const start = Math.floor(at * before.length)
  const [head, tail] = [before.subarray(0, start), before.subarray(start)]
  const inserted = Buffer.from(bytes, 'latin1')
  const changed: Readonly<Record<Mutation['kind'], () => Buffer[]>> = {
    flip: () => [head, Buffer.from([(tail[0] ?? 0) ^ (1 << (length % 8))]), tail.subarray(1)],
    insert: () => [head, inserted, tail],
    replace: () => [head, inserted, tail.subarray(inserted.length)],
    delete: () => [head, tail.subarray(length)],
    repeat: () => [head, tail.subarray(0, length), tail],
    cut: () => [head],
  }
  return Buffer.concat(changed[kind]())
}

/** Splits bytes at fractions of their length. */
export function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)), bytes.length].sort((a, b) => a - b)
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}
