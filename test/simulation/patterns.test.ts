// Patterns and the time limit that they run with.
import fc from 'fast-check'
import t from 'tap'
import { checkPattern, compilePattern, PatternError } from '../../src/simulation/patterns.ts'
import { within } from '../../src/simulation/time-limit.ts'

t.test('a plain text matches anywhere, literally and case-sensitively', async (t) => {
  const { test, isExpression } = compilePattern('fix (it).')

  t.notOk(isExpression)
  t.ok(test('Please fix (it).'))
  t.notOk(test('Please Fix (it).'))
  t.notOk(test('fix it!'))
})

t.test('any text without a leading slash matches itself', async () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (before, text, after) => {
      fc.pre(!text.startsWith('/'))
      return compilePattern(text).test(before + text + after)
    }),
  )
})

t.test('a pattern between slashes is a regular expression with flags', async (t) => {
  const { test, isExpression } = compilePattern('/fix(es|ed)? #\\d+$/im')

  t.ok(isExpression)
  t.ok(test('It FIXED #12\nreally'))
  t.notOk(test('It fixed #12 really'))
})

t.test('a regular expression can contain slashes and line breaks', async (t) => {
  t.ok(compilePattern('/^a\\/b/c\nd$/').test('a/b/c\nd'))
})

t.test('a regular expression gives the same result on every call, also with the flags g and y', async (t) => {
  const { test } = compilePattern('/a/gy')

  t.same([test('ab'), test('ab'), test('ba')], [true, true, false])
})

t.test('a slash, two slashes and a path are plain texts', async (t) => {
  for (const text of ['/', '//', '/src/App.tsx', 'src/']) {
    t.doesNotThrow(() => checkPattern(text), text)
    t.ok(compilePattern(text).test(`see ${text} there`), text)
  }
})

t.test('only the beginning of a long text is searched', async (t) => {
  t.ok(compilePattern('end').test(`${'.'.repeat(99_997)}end`))
  t.notOk(compilePattern('end').test(`${'.'.repeat(99_998)}end`))
  t.ok(compilePattern('/end/').test(`${'.'.repeat(9_997)}end`))
  t.notOk(compilePattern('/end/').test(`${'.'.repeat(9_998)}end`))
})

/** Returns the error message for a pattern, or undefined. */
function fault(pattern: string): string | undefined {
  try {
    checkPattern(pattern)
    return undefined
  } catch (error) {
    return error instanceof PatternError ? error.message : String(error)
  }
}

t.test('an invalid regular expression is rejected with the reason', async (t) => {
  t.match(fault('/(/'), /Unterminated group/)
  t.match(fault('/a/zz'), /flags/)
  t.match(fault(`/${'(a)'.repeat(400)}/`), /more than 1000 characters/)
})

// Each takes exponential time on some text, for a different reason.
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
  // The part before the group never matches the texts that are tried.
  '/foo:\\d(a+)+ bar/',
  '/[(\\]]{3}(a+)+ bar/',
]

for (const pattern of EXPONENTIAL) {
  t.test(`a regular expression that may take exponential time is rejected: ${pattern}`, async (t) => {
    t.equal(fault(pattern), 'regular expression that may take exponential time')
  })
}

t.test('typical regular expressions are accepted', async (t) => {
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

t.test('the result of a fast function is returned', async (t) => {
  t.equal(
    within(1000, () => 'made'),
    'made',
  )
})

t.test('an endless loop is stopped', async (t) => {
  let rounds = 0

  const made = within(20, () => {
    for (;;) rounds++
  })

  t.equal(made, null)
  t.ok(rounds > 0)
})

t.test('a regular expression is stopped while it matches', async (t) => {
  t.equal(
    within(20, () => /^(?:a|a)*$/.test(`${'a'.repeat(5000)}!`)),
    null,
  )
})

t.test('a function that throws returns null', async (t) => {
  t.equal(
    within(1000, () => {
      throw new Error('no')
    }),
    null,
  )
})

t.test('a timeout does not affect the next call', async (t) => {
  within(5, () => {
    for (;;);
  })

  t.equal(
    within(1000, () => 2),
    2,
  )
})
