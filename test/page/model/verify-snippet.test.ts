import fc from 'fast-check'
import t from 'tap'
import { startFakeDevin } from '../../../src/index.ts'
import { faultPatternFlaw } from '../../../src/journal/path-pattern.ts'
import { FAILURES, type FailureName, faultFor } from '../../../src/page/model/requests-fault.ts'
import { knownMethod, pathPatternOf, patternOf, sessionOf } from '../../../src/page/model/requests-path.ts'
import { expectationOf, verifySnippet } from '../../../src/page/model/verify-snippet.ts'
import { entryWith } from './requests.ts'

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor

t.test('a request becomes the call of the library that verifies it', (t) => {
  const entry = entryWith({
    method: 'POST',
    route: '/v1/sessions',
    query: {
      raw: 'a=1&b=2&b=3',
      pairs: [
        ['a', '1'],
        ['b', '2'],
        ['b', '3'],
      ],
    },
    body: { prompt: `say "it's"`, tags: ['nightly'], 'a-b': { c: [] }, d: {}, e: null },
  })

  t.equal(
    verifySnippet(expectationOf(entry)),
    `await devin.requests.verify({
  method: 'POST',
  path: '/v1/sessions',
  query: { a: '1', b: ['2', '3'] },
  body: { prompt: 'say "it\\'s"', tags: ['nightly'], 'a-b': { c: [] }, d: {}, e: null },
})`,
  )
  t.equal(verifySnippet({ method: 'GET' }), "await devin.requests.verify({ method: 'GET' })")
  t.end()
})

t.test('an expectation omits parts that the journal shows differently from what was sent', (t) => {
  const bodies: [unknown, unknown][] = [
    [{ key: 'K', value: '***', list: ['a', '***'] }, { key: 'K' }],
    [{ '***2': 1, a: 1 }, { a: 1 }],
    [{ n: 1e300, a: 'NaN', b: '-Infinity', c: '\ufffd', d: '(nested more than 100 levels deep)' }, {}],
    [2 ** 53, undefined],
    [1.5, 1.5],
    ['***', undefined],
    ['(not kept: 9 bytes)', undefined],
    ['x'.repeat(20_001), undefined],
    [null, null],
  ]
  for (const [body, expected] of bodies) t.same(expectationOf(entryWith({ body })).body, expected)
  t.notOk('body' in expectationOf(entryWith()))
  const pairs = (raw: [string, string][]) =>
    expectationOf(entryWith({ query: { raw: '', pairs: raw } })).query
  t.same(
    pairs([
      ['a', '***'],
      ['b', '1'],
    ]),
    { b: '1' },
  )
  t.equal(
    pairs([
      ['***', '1'],
      ['b', '1'],
    ]),
    undefined,
  )
  t.equal(pairs([['a', '***']]), undefined)
  t.same(expectationOf(entryWith({ method: 'BREW', route: null, path: 'x' })), {})
  t.end()
})

t.test('property: a snippet runs with exactly its expectation', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.string({ unit: 'binary' }), async (body, text) => {
      const expected = { method: 'POST', path: text, body, query: { ['__proto__']: text } }
      const seen: unknown[] = []
      const devin = { requests: { verify: async (one: unknown) => void seen.push(one) } }
      await new AsyncFunction('devin', verifySnippet(expected as never))(devin)

      t.equal(JSON.stringify(seen), JSON.stringify([expected]))
    }),
    { numRuns: 200 },
  )
})

t.test('property: a snippet passes against the journal of its request', async (t) => {
  const devin = await startFakeDevin()
  t.teardown(() => devin.close())
  const name = fc.oneof(
    fc.constantFrom('prompt', 'tags', '__proto__', 'value', 'session_secrets'),
    fc.string(),
  )
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.integer(),
      fc.constantFrom(null, true, 'apk_user_abcdefgh', 'BIG', 'NAN'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(name, tie('value'), { maxKeys: 4 }),
    ),
  })).value
  const segment = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }).map((text) => encodeURIComponent(text.toWellFormed())),
    fc.stringMatching(/^[!$&'()*+,;=:@{}a-z.~%|^`-]{0,6}$/),
    fc.constantFrom('%2f', '%zz', 'apk_user_abcdefgh', 'v1', 'sessions', ':id', '{id}'),
  )
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join('/')}`)
  const query = fc.oneof(
    fc.webQueryParameters(),
    fc.array(fc.tuple(fc.string(), fc.string())).map((pairs) => new URLSearchParams(pairs).toString()),
  )
  await fc.assert(
    fc.asyncProperty(path, query, json, fc.constantFrom('POST', 'PUT'), async (path, query, body, method) => {
      await devin.requests.clear()
      const headers = { authorization: `Bearer ${devin.key}`, 'content-type': 'application/json' }
      const text = JSON.stringify(body).replaceAll('"BIG"', '1'.repeat(30)).replaceAll('"NAN"', 'NaN')
      await devin.fetch(`${path}?${query}`, { method, headers, body: text }).then((answer) => answer.text())
      const { requests } = await devin.requests.list()

      for (const entry of requests) {
        await new AsyncFunction('devin', verifySnippet(expectationOf(entry)))(devin)
        const pattern = patternOf(entry)
        if (pattern !== undefined) t.equal(faultPatternFlaw(pattern), undefined, pattern)
      }
    }),
    { numRuns: 150 },
  )
})

t.test('a pattern replaces the segments of a path that faults and verifications cannot name', (t) => {
  t.equal(
    patternOf({ path: '/v1/sessions/a', route: '/v1/sessions/{session_id}' }),
    '/v1/sessions/{session_id}',
  )
  t.equal(pathPatternOf('/v1/a%20b/{c}/:d/e*/%2Ff/***'), '/v1/*/*/*/*/**/**')
  t.equal(pathPatternOf('http://host/v1'), '/v1')
  t.equal(pathPatternOf('*'), undefined)
  t.equal(pathPatternOf(`/${'a'.repeat(500)}`), undefined)
  t.equal(knownMethod('BREW'), undefined)
  t.end()
})

t.test('the session of a request follows from its path or its answer', (t) => {
  const id = `devin-${'a1'.repeat(16)}`
  t.equal(sessionOf(entryWith({ path: `/v1/sessions/${id}/message` })), id)
  t.equal(sessionOf(entryWith({ response_body: { session_id: id } })), id)
  t.equal(sessionOf(entryWith({ response_body: { session_id: 'javascript:1' } })), undefined)
  t.equal(sessionOf(entryWith({ response_body: null })), undefined)
  t.end()
})

t.test('each failure is a fault that the server takes and that strikes such requests', async (t) => {
  const devin = await startFakeDevin()
  t.teardown(() => devin.close())
  const get = (path: string) => devin.fetch(path, { headers: { authorization: `Bearer ${devin.key}` } })
  await get('/v1/playbooks/playbook-1')
  const [entry] = (await devin.requests.list()).requests
  if (entry === undefined) throw new Error('nothing was recorded')

  for (const failure of Object.keys(FAILURES) as FailureName[]) {
    for (const scope of ['operation', 'path'] as const) {
      await devin.faults.add(faultFor(entry, { failure, scope, times: 2 }))
    }
  }
  t.match(await devin.faults.list(), {
    faults: [
      { method: 'GET', path: '/v1/playbooks/{playbook_id}', org_id: entry.org_id, times: 2, status: 429 },
      { path: '/v1/playbooks/playbook-1' },
    ],
  })
  t.same([(await get('/v1/playbooks/other')).status, (await get('/v1/playbooks')).status], [429, 200])
  t.same(
    faultFor(entryWith({ method: 'BREW', org_id: null, route: null, path: '*' }), {
      failure: 'error',
      scope: 'operation',
      times: 1,
    }),
    {
      status: 500,
      times: 1,
    },
  )
  t.end()
})
