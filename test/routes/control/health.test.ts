import t from 'tap'
import { version } from '../../../src/version.ts'
import { startFake } from '../../fake.ts'

t.test('GET /_fake/health says that the server is up, and its version, without a key', async (t) => {
  const { app } = await startFake(t)

  const res = await app.inject('/_fake/health')

  t.equal(res.statusCode, 200)
  t.equal(res.headers['content-type'], 'application/json')
  t.same(res.json(), { status: 'ok', version })
})
