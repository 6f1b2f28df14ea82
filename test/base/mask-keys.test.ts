import fc from 'fast-check'
import t from 'tap'
import { maskKeys, SCANNED_MAX } from '../../src/base/mask-keys.ts'

/** The encodings of a text inside another text. */
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  percent: encodeURIComponent,
  'percent, everything': (text) => [...Buffer.from(text)].map((byte) => `%${hex(byte, 2)}`).join(''),
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  'JSON with escaped slashes': (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
  'JSON in ASCII': (text) => text.replaceAll(/[\s\S]/g, (char) => `\\u${hex(char.charCodeAt(0), 4)}`),
  'JavaScript bytes': (text) => text.replaceAll(/[!-~]/g, (char) => `\\x${hex(char.charCodeAt(0), 2)}`),
  'JavaScript code points': (text) =>
    text.replaceAll(/[!-~]/g, (char) => `\\u{${hex(char.charCodeAt(0), 2)}}`),
  'HTML, decimal': (text) => text.replaceAll(/[!-~]/g, (char) => `&#${char.charCodeAt(0)};`),
  'HTML, hexadecimal': (text) => text.replaceAll(/[!-~]/g, (char) => `&#x${hex(char.charCodeAt(0), 2)};`),
  HTML: (text) => text.replaceAll('&', '&amp;'),
  base64: (text) => Buffer.from(text).toString('base64'),
  'base64 for URLs': (text) => Buffer.from(`user:${text}`).toString('base64url'),
  'upper case': (text) => (text.startsWith('apk_') ? text.replace(/^apk_/, 'APK_') : text),
  'UTF-16': (text) => Buffer.from(text, 'utf16le').toString('latin1'),
  shell: (text) => text.replaceAll('$', '\\$'),
  word: (text) => `x${text}`,
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0')
}

const KEYS = [
  'apk_user_s3cr3ts3cr3t',
  'apk_s3cr3t/s3cr3t+s3cr3t==',
  'cog_s3cr3ts3cr3t',
  'devin-session-token$s3cr3t.s3cr3t.s3cr3t',
]

t.test('a key is masked in every encoding', async (t) => {
  for (const [name, encode] of Object.entries(ENCODINGS)) {
    for (const key of KEYS) {
      const shown = maskKeys(`before ${encode(key)} after`)
      t.match(shown, /^before .*\*\*\*.* after$/, `${name}: ${key}`)
      t.notMatch(shown, /s3cr3t/, `${name}: ${key}`)
      if (!name.startsWith('base64')) t.notOk(shown.includes(encode('s3cr3t')), `${name}: ${key}`)
    }
  }
})

/** Returns all possible decodings of a text, implemented independently of the code. */
function decodings(text: string): string[] {
  const found = [text]
  for (let round = 0; round < 4; round++) {
    const last = found.at(-1) as string
    found.push(
      last
        .replaceAll(/%([\da-f]{2})/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)))
        .replaceAll(/\\u\{?([\da-f]{2,4})\}?|\\x([\da-f]{2})/gi, (_, long, short) =>
          String.fromCharCode(Number.parseInt(long ?? short, 16)),
        )
        .replaceAll(/&#(\d+);/g, (_, digits) => String.fromCharCode(Number(digits)))
        .replaceAll(/&#x([\da-f]+);/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)))
        .replaceAll('&amp;', '&')
        .replaceAll(/\\([\\/"])/g, '$1')
        .replaceAll('\0', ''),
    )
  }
  const decoded = found.flatMap((one) =>
    (one.match(/[\w+/-]{8,}/g) ?? []).map((run) => Buffer.from(run, 'base64').toString('latin1')),
  )
  return [...found, ...decoded]
}

t.test('property: no key is visible in any combination of two encodings', async (t) => {
  const tail = fc.stringMatching(/^[A-Za-z0-9+/=._~-]{12,40}$/)
  const prefix = fc.constantFrom('apk_user_', 'apk_', 'cog_', 'devin-session-token$')
  // Base64 is decoded once, not when it is nested in other base64.
  const outer = fc.constantFrom(...Object.keys(ENCODINGS).filter((name) => !name.startsWith('base64')))
  const inner = fc.constantFrom(...Object.keys(ENCODINGS))
  const around = fc.string({ maxLength: 10 }).filter((text) => !/[\w+/=&%\\-]$|^[\w+/=]/.test(text))
  fc.assert(
    fc.property(prefix, tail, inner, outer, around, around, (start, rest, first, second, before, after) => {
      const written = ENCODINGS[second]?.(ENCODINGS[first]?.(start + rest) as string)
      const shown = maskKeys(`${before} ${written} ${after}`)
      t.notOk(
        decodings(shown).some((decoded) => decoded.includes(rest)),
        JSON.stringify([written, shown]),
      )
    }),
    { numRuns: 1000 },
  )
})

t.test('a text without a key is unchanged', async (t) => {
  const texts = ['100 %', '%41%zz', 'C:\\users\\x41', '&amp;&#65;', 'an apk_ file', 'YXBr', '', '\0', '%2541']
  for (const text of texts) t.equal(maskKeys(text), text)
})

t.test('a key in deeply nested escapes is not visible', async (t) => {
  let text = 'apk_user_s3cr3t'
  for (let layer = 0; layer < 20; layer++) {
    const encode = layer % 2 === 0 ? '&#x25;61' : '%26#x25;61'
    text = text.replace('a', encode)
  }
  t.notMatch(maskKeys(`%61${'&#37;26#37;'.repeat(20)}`), /s3cr3t/)
  t.notMatch(maskKeys(text), /s3cr3t/)
})

t.test('only the first SCANNED_MAX characters of ten megabytes are scanned', async (t) => {
  const pieces = [
    '%25',
    '\\',
    '&amp;',
    'apk_',
    'YXBrX3VzZXJf',
    'apk_\\\\',
    'a',
    '&#',
    '\\u00',
    '\0',
    'apk_x&#x4',
  ]
  for (const piece of pieces) {
    const shown = maskKeys(`${piece.repeat(10_000_000 / piece.length)} end`)
    t.ok(shown.length <= SCANNED_MAX + 3, JSON.stringify(piece))
    t.match(shown, /\*\*\*$/, JSON.stringify(piece))
    if ('%\\&\0'.includes(piece.charAt(0))) t.match(shown, /^(?:\*\*\*){2}$/, JSON.stringify(piece))
  }
})

t.test('a key at the end of the scanned text is masked', async (t) => {
  const filler = `${'a '.repeat(SCANNED_MAX / 2 - 6)}`
  t.equal(maskKeys(`${filler}apk_user_s3cr3t`), `${filler}apk_user_******`)
  const whole = 'a '.repeat(SCANNED_MAX / 2)
  t.equal(maskKeys(whole), whole)
})

t.test('a text with too many layers of escapes is masked completely', async (t) => {
  let text = '%61'
  for (let layer = 0; layer < 12; layer++) {
    text = layer % 2 === 0 ? text.replace('%', '&#37;') : text.replace('&', '%26')
  }

  t.equal(maskKeys(`${text}pk_user_s3cr3t`), '***')
})
