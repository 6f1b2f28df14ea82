import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import t from 'tap'
import { coerced, issue, issuesOf } from './run.ts'

const type = (input: unknown) => issue('string_type', 'Input should be a valid string', input)

t.test('a text is taken as it is, lone surrogates too', async (t) => {
  for (const input of ['', ' x ', '\0', '\ud83d']) t.equal(coerced(Type.String(), input), input)
})

t.test('a text refuses every other type', async (t) => {
  for (const input of [null, 5, 5n, true, [], ['a'], {}]) {
    t.strictSame(issuesOf(Type.String(), input), [type(input)])
    t.strictSame(issuesOf(Type.String({ minLength: 1 }), input), [type(input)])
  }
})

t.test('a text has a shortest length', async (t) => {
  t.strictSame(issuesOf(Type.String({ minLength: 1 }), ''), [
    issue('string_too_short', 'String should have at least 1 character', '', { min_length: 1 }),
  ])
  t.strictSame(issuesOf(Type.String({ minLength: 2 }), '😀'), [
    issue('string_too_short', 'String should have at least 2 characters', '😀', { min_length: 2 }),
  ])
  t.equal(coerced(Type.String({ minLength: 1 }), ' '), ' ')
  t.equal(coerced(Type.String({ minLength: 2 }), '😀x'), '😀x')
})

t.test('a text has a longest length', async (t) => {
  for (const input of ['abc', '😀😀x', 'x'.repeat(9)]) {
    t.strictSame(issuesOf(Type.String({ maxLength: 2 }), input), [
      issue('string_too_long', 'String should have at most 2 characters', input, { max_length: 2 }),
    ])
  }
  t.equal(coerced(Type.String({ maxLength: 2 }), '😀😀'), '😀😀')
  t.equal(coerced(Type.String({ maxLength: 256 }), '😀'.repeat(256)), '😀'.repeat(256))
})

t.test('lengths count code points', async () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\u{10ffff}') }),
      fc.nat(12),
      (text, limit) => {
        const length = [...text].length
        const isShort = issuesOf(Type.String({ minLength: limit }), text).length === 1
        const isLong = issuesOf(Type.String({ maxLength: limit }), text).length === 1
        return isShort === length < limit && isLong === length > limit
      },
    ),
  )
})

t.test('a text has a pattern, looked at after the lengths', async (t) => {
  const schema = Type.String({ maxLength: 3, pattern: '^a+$' })

  t.strictSame(issuesOf(schema, 'ab'), [
    issue('string_pattern_mismatch', "String should match pattern '^a+$'", 'ab', { pattern: '^a+$' }),
  ])
  t.strictSame(issuesOf(schema, 'bbbb'), [
    issue('string_too_long', 'String should have at most 3 characters', 'bbbb', { max_length: 3 }),
  ])
  t.equal(coerced(schema, 'aaa'), 'aaa')
})

t.test('a text that is looked into must not have lone surrogates', async (t) => {
  const msg = 'Input should be a valid string, unable to parse raw data as a unicode string'
  t.strictSame(issuesOf(Type.String({ minLength: 1 }), '\ud83d'), [issue('string_unicode', msg, '\ud83d')])
})

t.test('an unknown format does not compile', async (t) => {
  t.throws(() => coerced(Type.String({ title: 'Mail', format: 'email' }), ''), {
    message: 'Cannot validate Mail: the format "email" is not understood here',
  })
  t.throws(() => coerced(Type.String({ format: 'date', minLength: 1 }), ''), {
    message: /the keyword "minLength"/,
  })
})
