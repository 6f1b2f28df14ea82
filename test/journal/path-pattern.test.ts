import fc from 'fast-check'
import t from 'tap'
import { compilePath, isControl, pathFlaw, pathOf } from '../../src/journal/path-pattern.ts'

t.test('a pattern is a path, a template or a glob', (t) => {
  const cases: [string, string[], string[]][] = [
    ['/v1/secrets', ['/v1/secrets'], ['/v1/secrets/', '/v1/secrets/a', '/v1/secret', '/v2/secrets', '']],
    [
      '/v1/sessions/{session_id}',
      ['/v1/sessions/devin-1', '/v1/sessions/é'],
      ['/v1/sessions/', '/v1/sessions/a/b'],
    ],
    [
      '/v1/sessions/{id}/message',
      ['/v1/sessions/a/message'],
      ['/v1/sessions/message', '/v1/sessions//message'],
    ],
    ['/v1/*', ['/v1/a', '/v1/'], ['/v1', '/v1/a/b']],
    ['/v1/s*s', ['/v1/sessions', '/v1/ss'], ['/v1/s', '/v1/secret', '/v1/s/s']],
    ['/v1/**', ['/v1', '/v1/', '/v1/a', '/v1/a/b'], ['/v2', '/v10']],
    ['/**/message', ['/message', '/v1/sessions/a/message'], ['/v1/message/a']],
    ['**', ['/', '/v1', '/a/b/c'], []],
    ['/v1/**/*-{id}', ['/v1/devin-1', '/v1/a/b/x-y'], ['/v1/-', '/v1/a']],
  ]
  for (const [pattern, fitting, others] of cases) {
    const fits = compilePath(pattern)
    for (const path of fitting) t.ok(fits(path), `${pattern} ${path}`)
    for (const path of others) t.notOk(fits(path), `${pattern} ${path}`)
  }
  t.end()
})

/** The same rule in another way: as a regular expression. */
function reference(pattern: string): RegExp {
  const source = pattern
    .split('/')
    .map((segment) => {
      if (segment === '**') return '**'
      return segment
        .split(/(\*|\{[^{}/]+\})/)
        .map((part) => {
          if (part === '*') return '[^/]*'
          return part.startsWith('{') ? '[^/]+' : part.replace(/[.$]/g, '\\$&')
        })
        .join('')
    })
    .reduce((whole, segment, index) => {
      if (segment === '**') return index === 0 ? '(?:[^/]*(?:/[^/]*)*)?' : `${whole}(?:/[^/]*)*`
      return index === 0 ? segment : `${whole}/${segment}`
    }, '')
  return new RegExp(`^${source}$`, 's')
}

t.test('patterns match what a regular expression would', (t) => {
  const segment = fc
    .array(fc.constantFrom('*', '{x}', 'a', 'b', '.', '$'), { maxLength: 4 })
    .map((parts) => parts.join(''))
  const pattern = fc
    .array(fc.oneof(fc.constant('**'), segment), { minLength: 1, maxLength: 5 })
    // A segment of two stars is one of any number of segments.
    .map((segments) => `/${segments.join('/')}`)
  const path = fc
    .array(fc.constantFrom('/', 'a', 'b', '.', '$', '\n'), { maxLength: 10 })
    .map((parts) => `/${parts.join('')}`)

  fc.assert(
    fc.property(pattern, path, (one, other) => {
      t.equal(compilePath(one)(other), reference(one).test(other), `${one} ${other}`)
    }),
    { numRuns: 2_000 },
  )
  t.end()
})

t.test('a pattern takes no more steps than its length times that of the path', (t) => {
  t.notOk(compilePath(`/${'*a'.repeat(200)}b`)(`/${'a'.repeat(60_000)}`))
  t.notOk(compilePath(`${'/**/a'.repeat(90)}/b`)('/a'.repeat(30_000)))
  t.end()
})

t.test('patterns that match nothing, or not what was meant, have a flaw', (t) => {
  for (const pattern of ['/v1/secrets', '/v1/{a}/*', '**', '*', '/', '/_fake/storage/**', '/_fakes']) {
    t.equal(pathFlaw(pattern), undefined, pattern)
  }
  const flaws: Record<string, RegExp> = {
    'v1/secrets': /starts with/,
    'http://localhost/v1': /starts with/,
    '{a}': /starts with/,
    '/v1/secrets?a=1': /no query/,
    '/v1#a': /no query/,
    '/_fake/clock': /control plane/,
    '/_fake': /control plane/,
    '/_fake/**': /control plane/,
    '/v1/sessions/:session_id': /\{session_id\}/,
    '/v1/{a': /\{session_id\}/,
    '/v1/{}': /\{session_id\}/,
  }
  for (const [pattern, flaw] of Object.entries(flaws)) t.match(pathFlaw(pattern), flaw, pattern)
  t.end()
})

t.test('the storage is not the control plane', (t) => {
  for (const path of ['/_fake', '/_fake/', '/_fake/health', '/_fake/storage']) t.ok(isControl(path), path)
  for (const path of ['/', '/_fakes', '/v1/_fake/x', '/_fake/storage/a']) t.notOk(isControl(path), path)
  t.end()
})

t.test('a path is decoded, and has neither a query nor a host', (t) => {
  t.equal(pathOf('/v1/a%20b?c=%20'), '/v1/a b')
  t.equal(pathOf('http://h:1/v1/a'), '/v1/a')
  t.equal(pathOf('HTTPS://h?x'), '')
  t.end()
})
