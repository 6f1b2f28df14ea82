import fc from 'fast-check'
import t from 'tap'
import { BodyDecodeError } from '../../../src/fastapi/json/decode.ts'
import { decodeText } from '../../../src/fastapi/json/text.ts'

const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16()

function utf32(text: string, littleEndian: boolean): Buffer {
  const codePoints = Array.from(text, (char) => char.codePointAt(0) ?? 0)
  const buffer = Buffer.alloc(codePoints.length * 4)
  codePoints.forEach((codePoint, i) => {
    if (littleEndian) buffer.writeUInt32LE(codePoint, i * 4)
    else buffer.writeUInt32BE(codePoint, i * 4)
  })
  return buffer
}

t.test(
  'decodeText recognises UTF-8, UTF-16 and UTF-32, with a byte order mark or by the zero bytes',
  async () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const text = `[${json},"é😀"]`
        return [
          Buffer.from(text),
          Buffer.from(`\ufeff${text}`),
          Buffer.from(text, 'utf16le'),
          Buffer.from(`\ufeff${text}`, 'utf16le'),
          swapped(text),
          swapped(`\ufeff${text}`),
          ...[true, false].flatMap((little) => [utf32(text, little), utf32(`\ufeff${text}`, little)]),
        ].every((bytes) => decodeText(bytes) === text)
      }),
    )
  },
)

t.test('decodeText reads short bodies as Python does', async (t) => {
  const table: [bytes: number[], text: string][] = [
    [[], ''],
    [[0x31], '1'],
    [[0], '\0'],
    [[0xef, 0xbb, 0xbf], ''],
    [[0xff, 0xfe], ''],
    [[0xfe, 0xff], ''],
    [[0xff, 0xfe, 0, 0], ''],
    [[0, 0, 0xfe, 0xff], ''],
    [[0, 0x31], '1'],
    [[0x31, 0], '1'],
    [[0x31, 0, 0], '1\0\0'],
    [[0, 0x31, 0x32], '\0' + '12'],
    [[0x31, 0, 0x32, 0], '12'],
    [[0x31, 0, 0, 0x32], '1\u3200'],
    [[0x31, 0, 0, 0], '1'],
    [[0, 0, 0, 0x31], '1'],
  ]
  for (const [bytes, text] of table) t.equal(decodeText(Uint8Array.from(bytes)), text, `[${bytes}]`)
})

t.test('decodeText reads only the bytes of the view it is given', async (t) => {
  const shared = Uint8Array.from([0x22, 0x5b, 0x5d, 0x22])

  t.equal(decodeText(shared.subarray(1, 3)), '[]')
})

t.test('decodeText drops one byte order mark only', async (t) => {
  t.equal(decodeText(Buffer.from('\ufeff\ufeff{}')), '\ufeff{}')
})

t.test('decodeText refuses bytes that do not fit the encoding', async (t) => {
  const table: [name: string, bytes: number[]][] = [
    ['Latin-1', [0x22, 0xe9, 0x22]],
    ['a lone continuation byte', [0x22, 0x80, 0x22]],
    ['an overlong form', [0x22, 0xc0, 0x80, 0x22]],
    ['a code point above U+10FFFF', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
    ['a sequence cut short', [0x22, 0xe4, 0xbd, 0x22]],
    ['half a byte order mark', [0xef, 0xbb]],
    ['a lead byte at the end', [0x22, 0xed]],
    ['a surrogate cut short', [0x22, 0xed, 0xa0]],
    ['a surrogate cut short by a quote', [0x22, 0xed, 0xa0, 0x22]],
    ['a bad byte before a surrogate', [0x22, 0xff, 0xed, 0xa0, 0x80, 0x22]],
    ['a bad byte after a surrogate', [0x22, 0xed, 0xa0, 0x80, 0xff, 0x22]],
    ['a lead byte before a surrogate', [0x22, 0xe4, 0xbd, 0xed, 0xa0, 0x80, 0x22]],
    ['an odd number of bytes in UTF-16', [0x7b, 0, 0x7d, 0, 0]],
    ['an incomplete UTF-32', [0x7b, 0, 0, 0, 0x7d]],
    ['a number above U+10FFFF in UTF-32', [0, 0, 0, 0x22, 0, 0x11, 0, 0]],
  ]
  for (const [name, bytes] of table) t.throws(() => decodeText(Uint8Array.from(bytes)), BodyDecodeError, name)
})

t.test('decodeText lets surrogates through and never joins two that were written apart', async (t) => {
  const utf8 = (hex: string) => decodeText(Buffer.from(hex, 'hex'))

  t.equal(utf8('22eda0bd22'), '"\ud83d"')
  t.equal(utf8('c3a9edb88061eda0bd61'), 'é\ude00a\ud83da')
  t.equal(utf8('eda0bd61edb880'), '\ud83da\ude00')
  t.equal(Array.from(utf8('eda0bdedb880')).length, 2)
  t.equal(utf8('ed9fbfeda0bd'), '\ud7ff\ud83d')
  t.equal(decodeText(Buffer.from('"\ud83d"', 'utf16le')), '"\ud83d"')
  t.equal(Array.from(decodeText(Buffer.from('220000003dd8000000de0000', 'hex'))).length, 3)
})

t.test('decodeText lets surrogates through, and is strict with what is between them', async (t) => {
  const high = Buffer.from([0xed, 0xa0, 0x80])
  const low = Buffer.from([0xed, 0xb0, 0x80])
  const text = Buffer.from('aé€😀')

  t.equal(decodeText(Buffer.concat([text, high, text, low, text])), 'aé€😀\ud800aé€😀\udc00aé€😀')
  t.equal(decodeText(Buffer.concat([high, low])), '\ud800\ud800', 'two that do not become one')
  t.equal(decodeText(Buffer.concat([high, text, low])), '\ud800aé€😀\udc00')
  for (const wrong of [[0xe2, 0x82], [0xc0, 0x80], [0xff], [0xf4, 0x90, 0x80, 0x80]]) {
    t.throws(() => decodeText(Buffer.concat([high, Buffer.from(wrong), high])), BodyDecodeError)
  }
})
