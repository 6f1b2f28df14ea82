import t from 'tap'
import { buildApp } from '../src/app.ts'
import { KeyRegistry } from '../src/auth/keys.ts'
import { compileRequest } from '../src/fastapi/request.ts'
import { v1Document } from '../src/routes/v1/documents.ts'
import { KEY, startFake } from './fake.ts'
import { allRoutes } from './registered-routes.ts'

t.test('an application needs no options: keys are open, the store is empty, nothing is logged', async (t) => {
  const app = await buildApp()
  t.teardown(() => app.close())

  const res = await app.inject({ url: '/v1/secrets', headers: { authorization: `Bearer ${KEY}` } })

  t.same([res.statusCode, res.body], [200, '[]'])
})

t.test('the schemas of every route compile, which a start does not check', async (t) => {
  const schemas = (await allRoutes()).flatMap(({ schema }) => schema ?? [])

  t.not(schemas.length, 0)
  for (const schema of schemas) t.doesNotThrow(() => compileRequest(schema))
})

t.test('two applications share nothing', async (t) => {
  const [one, other] = [await startFake(t), await startFake(t)]
  await one.send('POST', '/v1/secrets', { type: 'totp', key: 'K', value: 'v', sensitive: true, note: '' })

  t.same((await other.call('GET', '/v1/secrets')).json(), [])
})

t.test('a registry of strict keys makes the application strict', async (t) => {
  const { call } = await startFake(t, {
    keys: new KeyRegistry({ strict: true, keys: [{ key: 'apk_mine' }] }),
  })

  t.equal((await call('GET', '/v1/secrets')).statusCode, 403)
  t.equal(
    (await call('GET', '/v1/secrets', { headers: { authorization: 'Bearer apk_mine' } })).statusCode,
    200,
  )
})

t.test('the limits of JSON bodies and of uploads are independent', async (t) => {
  const { send, call } = await startFake(t, { limits: { jsonBytes: 50, uploadBytes: 400 } })
  const upload = (size: number) => {
    const file = `--b\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n${'x'.repeat(size)}\r\n--b--\r\n`
    return call('POST', '/v1/attachments', {
      payload: file,
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    })
  }

  t.equal((await send('POST', '/v1/sessions', { prompt: 'x'.repeat(30) })).statusCode, 200)
  t.equal((await send('POST', '/v1/sessions', { prompt: 'x'.repeat(60) })).statusCode, 413)
  t.equal((await upload(100)).statusCode, 200)
  const refused = await upload(400)
  t.equal(refused.statusCode, 413)
  t.same(refused.json(), { detail: 'Content Too Large' })
})

t.test('the document is served where FastAPI and the vendor serve it, without a key', async (t) => {
  const { app } = await startFake(t)

  t.same((await app.inject('/openapi.json')).json(), await v1Document('en'))
  for (const path of ['/v1-openapi.yaml', '/zh/v1-openapi.yaml']) {
    t.equal((await app.inject(path)).headers['content-type'], 'application/yaml', path)
  }
})

t.test('deep nesting, prototype members, long numbers and duplicates in a body do no harm', async (t) => {
  const { call } = await startFake(t)
  const bodies = [
    `{"prompt":"x","zzz":${'['.repeat(5000)}${']'.repeat(5000)}}`,
    `{"prompt":"x","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`,
    `{"prompt":"x","zzz":${'9'.repeat(4000)}}`,
    `{"prompt":1,"prompt":2,"prompt":"x"}`,
  ]
  for (const payload of bodies) {
    t.equal((await call('POST', '/v1/sessions', { payload })).statusCode, 200, payload.slice(0, 40))
    t.equal(({} as { polluted?: unknown }).polluted, undefined)
  }
})
