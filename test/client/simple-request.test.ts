import fc from 'fast-check'
import t from 'tap'
import { simpleRequest } from '../../src/client/simple-request.ts'

/** Returns what Node's class makes of the same options. */
async function byRequest(init?: RequestInit) {
  const request = new Request('http://localhost/', init)
  return {
    method: request.method,
    headers: [...request.headers],
    body: request.body === null ? undefined : Buffer.from(await request.arrayBuffer()),
  }
}

const JSON_TYPE = { 'Content-Type': 'application/json' }

t.test('simple options give the same result as Request', async (t) => {
  const cases: readonly (RequestInit | undefined)[] = [
    undefined,
    {},
    { method: 'DELETE', headers: { Authorization: 'Bearer a', 'X-Empty': '', accept: 'a  b' } },
    { method: 'POST', headers: JSON_TYPE, body: '{"a":"ü"}' },
    { method: 'PUT', headers: JSON_TYPE, body: '' },
    { method: 'PATCH', headers: JSON_TYPE, body: 'lone \ud800' },
    { method: 'HEAD', body: null },
    Object.assign(Object.create(null), { method: 'OPTIONS' }),
  ]
  for (const one of cases) t.strictSame(simpleRequest(one), await byRequest(one), JSON.stringify(one))
})

t.test('options that are undefined count as omitted', async (t) => {
  const init = { method: undefined, headers: undefined, body: undefined, signal: undefined }

  t.strictSame(simpleRequest(init as object), await byRequest())
})

t.test('all other options are left to Request', async (t) => {
  const inherited = Object.create({ method: 'POST' })
  const hidden = Object.defineProperty({}, 'method', { value: 'POST' })
  const cases: Readonly<Record<string, object>> = {
    method: { method: 'post' },
    'a forbidden method': { method: 'TRACE' },
    signal: { signal: AbortSignal.abort() },
    redirect: { redirect: 'manual' },
    'a class': new (class Options {})(),
    inherited,
    hidden,
    'no object': 'POST' as unknown as object,
    Headers: { headers: new Headers() },
    'a list of headers': { headers: [['a', 'b']] },
    'no headers': { headers: null },
    'a symbol': { headers: { [Symbol.iterator]: 'b' } },
    'the name of a header': { headers: { 'a b': 'c' } },
    'the value of a header': { headers: { a: 'b\nc' } },
    'spaces around it': { headers: { a: ' b ' } },
    'other characters': { headers: { a: 'ü' } },
    'a number': { headers: { a: 1 } },
    'two names': { headers: { a: 'b', A: 'c' } },
    'a text without a type': { method: 'POST', body: 'text' },
    'a body of GET': { headers: JSON_TYPE, body: 'text' },
    bytes: { method: 'POST', headers: JSON_TYPE, body: new Uint8Array(1) },
  }
  for (const [name, init] of Object.entries(cases)) t.equal(simpleRequest(init), undefined, name)
})

t.test('property: a simple request with any text equals the one that Request creates', async (t) => {
  const name = fc.string({ unit: fc.constantFrom(...'aBz-_:"(\u00fc \t\n') })
  const value = fc.string({ unit: fc.constantFrom(...'aB1:"\u00fc\u0100 \t\r\n\0') })
  const options = fc.record(
    {
      method: fc.option(
        fc.constantFrom('GET', 'get', 'POST', 'PUT', 'patch', 'PATCH', 'DELETE', 'CONNECT', 'x y'),
        {
          nil: undefined,
        },
      ),
      headers: fc.dictionary(name, value, { maxKeys: 3 }),
      body: fc.option(fc.string({ unit: 'binary' })),
    },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(options, async (init) => {
      const typed = { ...init, headers: { ...init.headers, ...JSON_TYPE } } as RequestInit
      for (const one of [init as RequestInit, typed]) {
        const simple = simpleRequest(one)
        if (simple !== undefined) t.strictSame(simple, await byRequest(one), JSON.stringify(one))
      }
    }),
  )
})
