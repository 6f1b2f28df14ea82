// The validation of faults, and the responses that they truncate.

import fc from 'fast-check'
import t from 'tap'
import { truncateJson } from '../../src/faults/answer.ts'
import { type Fake, startFake } from '../fake.ts'

/** Sends a fault and returns its validation errors as `path: message`. */
async function flaws({ call }: Fake, fault: string | object) {
  const payload = typeof fault === 'string' ? fault : JSON.stringify(fault)
  const res = await call('POST', '/_fake/faults', {
    payload,
    headers: { 'content-type': 'application/json' },
  })
  if (res.statusCode === 201) return []
  if (res.statusCode !== 422) throw new Error(`${res.statusCode} ${res.body}`)
  const detail: { loc: unknown[]; msg: string }[] = res.json().detail
  return detail.map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg.replace('Value error, ', '')}`)
}

const invalid: [description: string, fault: string | object, flaw: string | RegExp][] = [
  ['no members', {}, /^: a fault needs an effect: give a preset or one of status, body, delay_ms/],
  ['only conditions', { path: '/v1/**', method: 'GET', times: 1 }, /^: a fault needs an effect/],
  ['only headers', { headers: { a: 'b' } }, 'headers: headers need a status or a body'],
  [
    'headers without a response',
    { headers: { a: 'b' }, delay_ms: 1 },
    /^headers: headers need a status or a body/,
  ],
  ['a delay of zero', { preset: 'slow', delay_ms: 0 }, /^: a fault needs an effect/],
  ['malformed_json: false', { malformed_json: false }, /^: a fault needs an effect/],
  [
    'an unknown member',
    { stauts: 503, status: 503 },
    'stauts: Extra inputs are not permitted; did you mean status?',
  ],
  [
    'a prefix of a member name',
    { delay: 5, status: 503 },
    'delay: Extra inputs are not permitted; did you mean delay_ms?',
  ],
  ['an unknown preset', { preset: 'flakey' }, /^preset: Input should be 'rate-limit', 'flaky'/],
  ['a lowercase method', { method: 'get', status: 503 }, /^method: Input should be 'GET'/],
  ['an informational status', { status: 199 }, 'status: Input should be greater than or equal to 200'],
  ['a status beyond 599', { status: 600 }, 'status: Input should be less than or equal to 599'],
  ['a fractional status', { status: 200.5 }, /^status: Input should be a valid integer/],
  ['a text as status', { status: 'down' }, /^status: Input should be a valid integer/],
  ['a negative delay', { delay_ms: -1 }, 'delay_ms: Input should be greater than or equal to 0'],
  ['a delay of days', { delay_ms: 1e9 }, 'delay_ms: Input should be less than or equal to 600000'],
  ['an unknown abort', { abort: 'during' }, "abort: Input should be 'before', 'after' or 'mid-body'"],
  ['a transfer rate of zero', { bytes_per_second: 0 }, /^bytes_per_second: Input should be greater/],
  ['zero times', { status: 503, times: 0 }, 'times: Input should be greater than or equal to 1'],
  ['a probability above 1', { status: 503, probability: 1.1 }, /^probability: Input should be less/],
  ['a negative after', { status: 503, after: -1 }, /^after: Input should be greater/],
  ['an empty org_id', { status: 503, org_id: '' }, /^org_id: String should have at least 1/],
  ['a null', { status: null }, /^status: Input should be a valid integer/],
  ['a list', [], /^: Input should be a valid dictionary/],
  ['a path without a leading slash', { status: 503, path: 'v1' }, 'path: a path starts with / or *'],
  [
    'a path of the control plane',
    { status: 503, path: '/_fake/health' },
    'path: the control plane has no faults',
  ],
  ['an empty path', { status: 503, path: '' }, /^path: String should have at least 1/],
  ['an overlong path', { status: 503, path: `/${'a'.repeat(500)}` }, /^path: String should have at most 500/],
  [
    'a header with a line break',
    { status: 503, headers: { a: 'b\r\nc: d' } },
    'headers.a: not a header that can be sent',
  ],
  [
    'a header name with a space',
    { status: 503, headers: { 'a b': 'c' } },
    'headers.a b: not a header that can be sent',
  ],
  ['an empty header name', { status: 503, headers: { '': 'c' } }, 'headers.: not a header that can be sent'],
  [
    'a header value outside Latin-1',
    { status: 503, headers: { a: '→' } },
    'headers.a: not a header that can be sent',
  ],
  [
    '__proto__ as a header name',
    '{"status": 503, "headers": {"__proto__": "a"}}',
    /^headers\.__proto__: not a header/,
  ],
  [
    'a duplicate header in another case',
    { status: 503, headers: { A: 'b', a: 'c' } },
    'headers.a: duplicate header',
  ],
  [
    'too many headers',
    { status: 503, headers: Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`h${at}`, ''])) },
    'headers: an answer has at most 100 headers',
  ],
  ['an overlong body', { body: 'x'.repeat(1_048_577) }, 'body: must have at most 1048576 characters as JSON'],
  [
    'a number as a header value',
    { status: 503, headers: { a: 1 } },
    /^headers\.a: Input should be a valid string/,
  ],
  [
    'a Content-Length header',
    { status: 503, headers: { 'Content-Length': '1' } },
    'headers.Content-Length: the server sets this header',
  ],
  ['a body with status 204', { status: 204, body: 1 }, 'body: an answer with status 204 has no body'],
  ['mid-body with status 204', { status: 204, abort: 'mid-body' }, 'abort: the answer has no body'],
  [
    'a transfer rate without a body',
    { status: 200, bytes_per_second: 1 },
    'bytes_per_second: the answer has no body',
  ],
  [
    'malformed_json without a body',
    { status: 304, malformed_json: true },
    'malformed_json: the answer has no body',
  ],
  [
    'an object as an HTML body',
    { body: {}, headers: { 'content-type': 'text/html' } },
    'body: must be a string unless the content type is JSON',
  ],
  [
    'malformed_json with an HTML body',
    { body: 'x', headers: { 'content-type': 'text/html' }, malformed_json: true },
    'malformed_json: the answer is not JSON',
  ],
  ['NaN in the body', '{"body": NaN}', 'body: cannot be written as JSON'],
  ['a lone surrogate in the body', '{"body": "\\ud800"}', 'body: cannot be written as JSON'],
  [
    'a lone surrogate in a header',
    '{"status": 503, "headers": {"\\ud800": "\\ud800"}}',
    'headers.\ufffd: not a header that can be sent',
  ],
  [
    'a status with abort before',
    { abort: 'before', status: 503 },
    'abort: no answer is sent, so it cannot be combined with status',
  ],
  [
    'a preset with a response and abort after',
    { abort: 'after', preset: 'rate-limit', bytes_per_second: 1 },
    'abort: no answer is sent, so it cannot be combined with status, headers, body, bytes_per_second',
  ],
  [
    'mid-body and malformed_json',
    { abort: 'mid-body', malformed_json: true },
    'malformed_json: abort "mid-body" already truncates the body',
  ],
]

t.test('POST /_fake/faults rejects faults without an effect and invalid combinations', async (t) => {
  const fake = await startFake(t)

  for (const [description, fault, flaw] of invalid) t.match(await flaws(fake, fault), [flaw], description)

  t.same((await fake.app.inject('/_fake/faults')).json(), { faults: [] })
  t.equal((await fake.call('GET', '/v1/secrets')).statusCode, 200)
})

t.test('POST /_fake/faults accepts valid combinations', async (t) => {
  const fake = await startFake(t)
  const valid = [
    { body: null },
    { body: false },
    { body: [2 ** 53, -(2 ** 64), 'integer:1'] },
    { status: 204 },
    { status: 503, abort: 'mid-body', bytes_per_second: 1, delay_ms: 1 },
    { abort: 'after', delay_ms: 1, malformed_json: false },
    { malformed_json: true, bytes_per_second: 1 },
    { preset: 'outage', body: 'down', headers: { 'content-type': 'text/plain' } },
    { preset: 'flaky', org_id: 'org-1', path: '/v1/sessions/{session_id}', probability: 0.5, after: 0 },
    { status: 200, headers: { 'x-latin': 'é' } },
  ]

  for (const fault of valid) t.same(await flaws(fake, fault), [], JSON.stringify(fault))
})

t.test(
  'property: every accepted fault is listed, applies as configured and leaves the server working',
  async (t) => {
    const small = fc.integer({ min: -1, max: 600 })
    const fault = fc.record(
      {
        preset: fc.constantFrom('flaky', 'outage', 'rate-limit'),
        path: fc.constantFrom('/v1/**', '/v1/secrets', '**', '*'),
        status: small,
        headers: fc.dictionary(
          fc.constantFrom('a', 'content-type', '__proto__', 'connection', 'date', ''),
          fc.constantFrom('x', 'close', 'text/plain', ''),
        ),
        body: fc.jsonValue(),
        delay_ms: fc.integer({ min: 0, max: 2 }),
        abort: fc.constantFrom('before', 'after', 'mid-body'),
        bytes_per_second: fc.constant(1_000_000),
        malformed_json: fc.boolean(),
        times: fc.integer({ min: 1, max: 2 }),
        probability: fc.constantFrom(0, 1),
        after: fc.integer({ min: 0, max: 1 }),
      },
      { requiredKeys: [] },
    )
    const fake = await startFake(t)

    await fc.assert(
      fc.asyncProperty(fault, async (spec) => {
        await fake.call('DELETE', '/_fake/faults')
        const errors = await flaws(fake, spec)
        const [listed] = (await fake.app.inject('/_fake/faults')).json().faults
        t.equal(listed === undefined, errors.length > 0)
        for (let count = 0; count < 4; count++) {
          const response = fake.call('GET', '/v1/secrets')
          await response.then(
            ({ statusCode }) => t.ok([200, listed?.status].includes(statusCode), `${statusCode}`),
            ({ code }) => t.equal(code, 'LIGHT_ECONNRESET'),
          )
        }
        await fake.call('DELETE', '/_fake/faults')
        t.equal((await fake.call('GET', '/v1/secrets')).body, '[]')
      }),
      { numRuns: 200 },
    )
  },
)

const whitespace = fc.array(fc.constantFrom(' ', '\n', '\t'), { maxLength: 8 }).map((parts) => parts.join(''))

function isValidJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

t.test('truncated JSON is invalid JSON but a well-formed string', async () => {
  const json = fc.tuple(whitespace, fc.json(), whitespace).map((parts) => parts.join(''))
  const numbers = fc.tuple(whitespace, fc.double({ noNaN: true }), whitespace).map((parts) => parts.join(''))
  const texts = fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text))

  fc.assert(
    fc.property(fc.oneof(json, numbers, texts), (text) => {
      const cut = truncateJson(text)
      return !isValidJson(cut) && cut.isWellFormed()
    }),
    { numRuns: 1_000 },
  )
})

t.test('truncated JSON starts with the first half of the text', (t) => {
  t.equal(truncateJson('{"detail":"Not Found"}'), '{"detail":"')
  t.equal(truncateJson('[]'), '[')
  t.equal(truncateJson('12'), '1-')
  t.equal(truncateJson('{}        '), '{}   -')
  t.equal(truncateJson(''), '')
  t.end()
})
