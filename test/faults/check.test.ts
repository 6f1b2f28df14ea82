import fc from 'fast-check'
import t from 'tap'
import { type Fake, startFake } from '../fake.ts'

/** What a fault is refused with, as `place: why`. */
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

const bad: [string, string | object, string | RegExp][] = [
  [
    'nothing that goes wrong',
    {},
    /^: a fault does something: give a preset or one of status, body, delay_ms/,
  ],
  ['only where', { path: '/v1/**', method: 'GET', times: 1 }, /^: a fault does something/],
  [
    'only headers',
    { headers: { a: 'b' } },
    'headers: headers are those of an answer: give its status or body, too',
  ],
  [
    'headers of nobody’s answer',
    { headers: { a: 'b' }, delay_ms: 1 },
    /^headers: headers are those of an answer/,
  ],
  ['no delay', { preset: 'slow', delay_ms: 0 }, /^: a fault does something/],
  ['JSON that is as it was', { malformed_json: false }, /^: a fault does something/],
  [
    'an unknown member',
    { stauts: 503, status: 503 },
    'stauts: Extra inputs are not permitted; did you mean status?',
  ],
  [
    'the beginning of a name',
    { delay: 5, status: 503 },
    'delay: Extra inputs are not permitted; did you mean delay_ms?',
  ],
  ['an unknown preset', { preset: 'flakey' }, /^preset: Input should be 'rate-limit', 'flaky'/],
  ['a method in small letters', { method: 'get', status: 503 }, /^method: Input should be 'GET'/],
  ['an informational status', { status: 199 }, 'status: Input should be greater than or equal to 200'],
  ['no status', { status: 600 }, 'status: Input should be less than or equal to 599'],
  ['half a status', { status: 200.5 }, /^status: Input should be a valid integer/],
  ['a word for a status', { status: 'down' }, /^status: Input should be a valid integer/],
  ['a negative delay', { delay_ms: -1 }, 'delay_ms: Input should be greater than or equal to 0'],
  ['a delay of days', { delay_ms: 1e9 }, 'delay_ms: Input should be less than or equal to 600000'],
  ['an unknown abort', { abort: 'during' }, "abort: Input should be 'before', 'after' or 'mid-body'"],
  ['no bytes at all', { bytes_per_second: 0 }, /^bytes_per_second: Input should be greater/],
  ['no time', { status: 503, times: 0 }, 'times: Input should be greater than or equal to 1'],
  ['more than certainty', { status: 503, probability: 1.1 }, /^probability: Input should be less/],
  ['less than nothing', { status: 503, after: -1 }, /^after: Input should be greater/],
  ['nobody’s organization', { status: 503, org_id: '' }, /^org_id: String should have at least 1/],
  ['a null', { status: null }, /^status: Input should be a valid integer/],
  ['a list', [], /^: Input should be a valid dictionary/],
  ['a path without its slash', { status: 503, path: 'v1' }, 'path: a path starts with / or *'],
  ['the control plane', { status: 503, path: '/_fake/health' }, 'path: the control plane has no faults'],
  ['an empty path', { status: 503, path: '' }, /^path: String should have at least 1/],
  [
    'a path beyond reason',
    { status: 503, path: `/${'a'.repeat(500)}` },
    /^path: String should have at most 500/,
  ],
  [
    'a header with a line break',
    { status: 503, headers: { a: 'b\r\nc: d' } },
    'headers.a: not a header that can be sent',
  ],
  [
    'a header name with a blank',
    { status: 503, headers: { 'a b': 'c' } },
    'headers.a b: not a header that can be sent',
  ],
  [
    'a header name without a letter',
    { status: 503, headers: { '': 'c' } },
    'headers.: not a header that can be sent',
  ],
  [
    'a header beyond Latin-1',
    { status: 503, headers: { a: '→' } },
    'headers.a: not a header that can be sent',
  ],
  [
    'a header that no object has',
    '{"status": 503, "headers": {"__proto__": "a"}}',
    /^headers\.__proto__: not a header/,
  ],
  [
    'a header in two spellings',
    { status: 503, headers: { A: 'b', a: 'c' } },
    'headers.a: this header is given twice',
  ],
  [
    'more headers than there are',
    { status: 503, headers: Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`h${at}`, ''])) },
    'headers: an answer has at most 100 headers',
  ],
  ['a body of megabytes', { body: 'x'.repeat(1_048_577) }, 'body: it takes at most 1048576 characters'],
  [
    'a header that is a number',
    { status: 503, headers: { a: 1 } },
    /^headers\.a: Input should be a valid string/,
  ],
  [
    'a length of its own',
    { status: 503, headers: { 'Content-Length': '1' } },
    'headers.Content-Length: the server sets this header',
  ],
  ['a body without a place', { status: 204, body: 1 }, 'body: an answer with status 204 has no body'],
  ['half of no body', { status: 204, abort: 'mid-body' }, 'abort: the answer has no body'],
  ['a slow nothing', { status: 200, bytes_per_second: 1 }, 'bytes_per_second: the answer has no body'],
  ['JSON of nothing', { status: 304, malformed_json: true }, 'malformed_json: the answer has no body'],
  [
    'an object as a page',
    { body: {}, headers: { 'content-type': 'text/html' } },
    'body: with a content type that is not JSON, the body is a text',
  ],
  [
    'a page as JSON',
    { body: 'x', headers: { 'content-type': 'text/html' }, malformed_json: true },
    'malformed_json: the answer is not JSON',
  ],
  ['a number that JSON has not', '{"body": NaN}', 'body: it cannot be written as JSON'],
  ['half a character', '{"body": "\\ud800"}', 'body: it cannot be written as JSON'],
  [
    'half a character of a header',
    '{"status": 503, "headers": {"\\ud800": "\\ud800"}}',
    'headers.\ufffd: not a header that can be sent',
  ],
  [
    'an answer that is not given',
    { abort: 'before', status: 503 },
    'abort: nothing is answered then, so it does not go with status',
  ],
  [
    'a preset that is not answered',
    { abort: 'after', preset: 'rate-limit', bytes_per_second: 1 },
    'abort: nothing is answered then, so it does not go with status, headers, body, bytes_per_second',
  ],
  [
    'two cuts',
    { abort: 'mid-body', malformed_json: true },
    'malformed_json: the body is cut by "mid-body" already',
  ],
]

t.test('POST /_fake/faults refuses what would do nothing, or not what was meant', async (t) => {
  const fake = await startFake(t)

  for (const [what, fault, flaw] of bad) t.match(await flaws(fake, fault), [flaw], what)

  t.same((await fake.app.inject('/_fake/faults')).json(), { faults: [] })
  t.equal((await fake.call('GET', '/v1/secrets')).statusCode, 200)
})

t.test('POST /_fake/faults takes what goes together', async (t) => {
  const fake = await startFake(t)
  const good = [
    { body: null },
    { body: false },
    { status: 204 },
    { status: 503, abort: 'mid-body', bytes_per_second: 1, delay_ms: 1 },
    { abort: 'after', delay_ms: 1, malformed_json: false },
    { malformed_json: true, bytes_per_second: 1 },
    { preset: 'outage', body: 'down', headers: { 'content-type': 'text/plain' } },
    { preset: 'flaky', org_id: 'org-1', path: '/v1/sessions/{session_id}', probability: 0.5, after: 0 },
    { status: 200, headers: { 'x-latin': 'é' } },
  ]

  for (const fault of good) t.same(await flaws(fake, fault), [], JSON.stringify(fault))
})

t.test('whatever is taken can be listed, strikes as it says and leaves a server that works', async (t) => {
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
    fc.asyncProperty(fault, async (one) => {
      await fake.call('DELETE', '/_fake/faults')
      const refused = await flaws(fake, one)
      const [listed] = (await fake.app.inject('/_fake/faults')).json().faults
      t.equal(listed === undefined, refused.length > 0)
      for (let count = 0; count < 4; count++) {
        const asked = fake.call('GET', '/v1/secrets')
        await asked.then(
          ({ statusCode }) => t.ok([200, listed?.status].includes(statusCode), `${statusCode}`),
          ({ code }) => t.equal(code, 'LIGHT_ECONNRESET'),
        )
      }
      await fake.call('DELETE', '/_fake/faults')
      t.equal((await fake.call('GET', '/v1/secrets')).body, '[]')
    }),
    { numRuns: 200 },
  )
})
