import t from 'tap'
import { startFake } from '../../fake.ts'

t.test(
  'HEAD is answered wherever the control plane answers GET, with the same status and headers',
  async (t) => {
    const { app } = await startFake(t, { controlToken: 't0ken' })
    const authorization = 'Bearer t0ken'
    for (const path of [
      '/_fake/health',
      '/_fake/clock',
      '/_fake/faults/fault-1',
      '/_fake/requests?org_id=a',
    ]) {
      const get = await app.inject({ url: path, headers: { authorization } })
      const head = await app.inject({ method: 'HEAD', url: path, headers: { authorization } })

      t.equal(head.statusCode, get.statusCode, path)
      t.same({ ...head.headers, date: '' }, { ...get.headers, date: '' }, path)
      t.equal(head.body, '', path)
    }
    t.equal((await app.inject({ method: 'HEAD', url: '/_fake/clock' })).statusCode, 401)
  },
)

t.test('HEAD is a method that the rest does not have', async (t) => {
  const { app } = await startFake(t)
  for (const [path, allow] of [
    ['/v1/secrets', 'GET'],
    ['/_fake/reset', 'POST'],
  ] as const) {
    const { statusCode, headers } = await app.inject({ method: 'HEAD', url: path })
    t.match({ statusCode, headers }, { statusCode: 405, headers: { allow } }, path)
  }
  const { headers } = await app.inject({ method: 'POST', url: '/_fake/health' })
  t.equal(headers.allow, 'GET, HEAD')
})
