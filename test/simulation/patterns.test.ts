import fc from 'fast-check'
import t from 'tap'
import { checkPattern, compilePattern, PatternError } from '../../src/simulation/patterns.ts'

t.test('a text matches where it occurs as it is, its letters in their case', async (t) => {
  const { test, isExpression } = compilePattern('fix (it).')

  t.notOk(isExpression)
  t.ok(test('Please fix (it).'))
  t.notOk(test('Please Fix (it).'))
  t.notOk(test('fix it!'))
})

t.test('any text without a slash at its start matches itself', async () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (before, text, after) => {
      fc.pre(!text.startsWith('/'))
      return compilePattern(text).test(before + text + after)
    }),
  )
})

t.test('what stands between slashes is a regular expression with its flags', async (t) => {
  const { test, isExpression } = compilePattern('/fix(es|ed)? #\\d+$/im')

  t.ok(isExpression)
  t.ok(test('It FIXED #12\nreally'))
  t.notOk(test('It fixed #12 really'))
})

t.test('a regular expression may hold slashes and lines', async (t) => {
  t.ok(compilePattern('/^a\\/b/c\nd$/').test('a/b/c\nd'))
})

t.test('a regular expression says the same however often it is asked, whatever its flags', async (t) => {
  const { test } = compilePattern('/a/gy')

  t.same([test('ab'), test('ab'), test('ba')], [true, true, false])
})

t.test('a lone slash, two of them and a path are texts', async (t) => {
  for (const text of ['/', '//', '/src/App.tsx', 'src/']) {
    t.doesNotThrow(() => checkPattern(text), text)
    t.ok(compilePattern(text).test(`see ${text} there`), text)
  }
})

t.test('only the beginning of a long text is looked at', async (t) => {
  t.ok(compilePattern('end').test(`${'.'.repeat(99_997)}end`))
  t.notOk(compilePattern('end').test(`${'.'.repeat(99_998)}end`))
  t.ok(compilePattern('/end/').test(`${'.'.repeat(9_997)}end`))
  t.notOk(compilePattern('/end/').test(`${'.'.repeat(9_998)}end`))
})

/** What is wrong with a pattern, or undefined. */
function fault(pattern: string): string | undefined {
  try {
    checkPattern(pattern)
    return undefined
  } catch (error) {
    return error instanceof PatternError ? error.message : String(error)
  }
}

t.test('a regular expression that is none is refused with the reason', async (t) => {
  t.match(fault('/(/'), /Unterminated group/)
  t.match(fault('/a/zz'), /flags/)
  t.match(fault(`/${'(a)'.repeat(400)}/`), /more than 1000 characters/)
})

// Each takes exponential time on some text, for another reason.
const EXPONENTIAL = [
  '/(a+)+$/',
  '/(a|a)*$/',
  '/(a|a)*/',
  '/(a|aa)+$/',
  '/([a-zA-Z]+)*$/',
  '/^(([a-z])+.)+[A-Z]([a-z])+$/',
  '/(x+x+)+y/',
  '/(ab|ab)*c/',
  '/([ab][cd]|[ac][bd])*e/',
  '/(?:\\p{Lu}+)+$/u',
  '/([А-я]+)+$/',
  '/(\\u0430+)+b/',
  '/(\\x41+)+b/',
  '/(\\u{1F600}+)+b/u',
  '/(?:[^x]+)+x/',
  '/(\\w+\\s?)*done/',
  '/(\\s+\\S*)+Q/',
  '/^(?:a?){40}a{40}$/',
  '/(a{1,30}){1,30}$/',
  '/(.*a){20}$/',
  '/((a|b)|(a|c))*d/',
  '/(?<word>[a-z]*)*!/',
  '/(?=(a+)+$)/',
  '/(.*)*$/',
  '/(\\W|\\s)+$/',
  '/([^x]+)+$/',
  '/(?:[^a-z]|-)+$/',
  '/(?:(?:abc|ab)(?:c|d)?)+e/',
  '/(?:\\p{L}|\\p{Lo})*x/u',
  '/(?!(?=(a+)+$)x)/',
  '/(?:a{0,50}){0,50}b/',
  // What stands before the group never matches the texts that are tried.
  '/foo:\\d(a+)+ bar/',
  '/[(\\]]{3}(a+)+ bar/',
]

for (const pattern of EXPONENTIAL) {
  t.test(`a regular expression that may take exponential time is refused: ${pattern}`, async (t) => {
    t.equal(fault(pattern), 'regular expression that may take exponential time')
  })
}

t.test('regular expressions that people write are let through', async (t) => {
  for (const pattern of [
    '/fix(es|ed)?( the)? bugs?/i',
    '/(the bugs?)?/',
    '/(?<=a)b(?!c)/',
    '/(\\w+\\s)*done/',
    '/^(\\d{3})+$/',
    '/(?:fix|close)s? #\\d+/',
    '/\\bfoo\\b.*\\bbar\\b/s',
    '/[a-z]+@[a-z]+\\.[a-z]{2,}/',
    '/(?<year>\\d{4})-(?<month>\\d\\d)/',
    '/^\\s*(#|//).*$/m',
    '/.*a.*b.*c/',
    '/\\s+$/',
    '/(a)(\\1b)+/',
    '/(?<n>a)(\\k<n>b)+/u',
    '/^[a-z0-9]+(?:\\.[a-z0-9]+)*@x$/',
    '/(https?:\\/\\/[^\\s]+)+/',
    '/[(]x+[)]/',
    '/(?:\\(a\\))+/',
    '/\\u{110000}/',
    '/[[a-z]--[b]]+/v',
  ]) {
    t.equal(fault(pattern), undefined, pattern)
  }
})
