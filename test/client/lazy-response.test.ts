import { inspect } from 'node:util'
import t from 'tap'
import { lazyResponse } from '../../src/client/lazy-response.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

/** Returns a lazy response with a body, and how often Node's class was needed. */
function lazy(text: string | null, { status = 200, statusText = 'OK' } = {}) {
  const bytes = text === null ? null : new TextEncoder().encode(text)
  const counted = { created: 0 }
  const create = () => {
    counted.created++
    return new Response(bytes, { status, statusText, headers: JSON_TYPE })
  }
  const parts = { status, statusText, url: 'http://localhost/a', redirected: false }
  return { response: lazyResponse(parts, bytes, create), counted }
}

t.test('the parts of a response, its text and its JSON need no class', async (t) => {
  const { response, counted } = lazy('{"a": "ü"}', { status: 404, statusText: 'Not Found' })
  const { status, statusText, ok, url, redirected, type } = await response

  t.strictSame(
    { status, statusText, ok, url, redirected, type },
    {
      status: 404,
      statusText: 'Not Found',
      ok: false,
      url: 'http://localhost/a',
      redirected: false,
      type: 'basic',
    },
  )
  t.strictSame(await response.json(), { a: 'ü' })
  t.equal(await lazy('\ufefftext').response.text(), 'text')
  t.ok(lazy('').response.ok)
  t.equal(counted.created, 0)
})

t.test('a body that is not JSON fails as one of the class does', async (t) => {
  for (const text of ['', '{', '\ufeff[}']) {
    const failed = new Response(text).json().then(
      () => 'no failure',
      ({ message }: Error) => message,
    )

    await t.rejects(lazy(text).response.json(), { name: 'SyntaxError', message: await failed })
  }
})

t.test('a body can be read once', async (t) => {
  for (const first of ['text', 'json'] as const) {
    for (const second of ['text', 'json', 'arrayBuffer'] as const) {
      const { response, counted } = lazy('[1]')
      t.notOk(lazy('[1]').response.bodyUsed)
      await response[first]()

      await t.rejects(response[second](), { name: 'TypeError', message: /^Body is unusable/ })
      t.ok(response.bodyUsed)
      t.equal(counted.created, 1)
    }
  }
})

t.test('an empty body can be read any number of times', async (t) => {
  const { response } = lazy(null, { status: 204 })

  t.equal(await response.text(), '')
  t.equal(await response.text(), '')
  await t.rejects(response.json(), { name: 'SyntaxError' })
})

t.test('a lazy response behaves like a Response in all other respects', async (t) => {
  const { response, counted } = lazy('[1]')

  t.ok(response instanceof Response)
  t.equal(response.constructor, Response)
  t.equal(Object.getPrototypeOf(response), Response.prototype)
  t.equal(Object.prototype.toString.call(response), '[object Response]')
  t.match(inspect(response), /^Response \{\n {2}status: 200,/)
  t.equal(response.headers, response.headers)
  t.equal(response.headers.get('content-type'), 'application/json')
  t.ok('arrayBuffer' in response)
  t.strictSame(await response.clone().json(), [1])
  const reader = response.body?.getReader()
  t.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), '[1]')
  t.ok(response.bodyUsed)
  t.equal(counted.created, 1)
})

t.test('text() and json() still work after the class was needed', async (t) => {
  for (const read of ['text', 'json'] as const) {
    const { response } = lazy('[1]')
    t.equal(response.headers.get('content-type'), 'application/json')

    t.strictSame(await response[read](), read === 'text' ? '[1]' : [1])
    t.ok(response.bodyUsed)
  }
})

t.test('properties of a lazy response can be added, replaced and removed', async (t) => {
  const { response } = lazy('[1]')
  const json = async () => 'replaced'
  const changed: { json?: unknown; status: number; data?: string } = response

  changed.json = json
  changed.data = 'added'

  t.equal(changed.json, json)
  t.strictSame(Object.keys(changed).sort(), ['data', 'json'])
  t.strictSame(Object.getOwnPropertyDescriptor(changed, 'data')?.value, 'added')
  delete changed.json
  t.strictSame(await response.json(), [1])
  t.throws(() => {
    changed.status = 500
  }, TypeError)
  t.equal(response.status, 200)
})
