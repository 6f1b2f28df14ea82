import t from 'tap'
import { startFake } from '../../fake.ts'

t.test('GET /_fake/ca.pem gives the CA as it is, without key and token and under every Host', async (t) => {
  const { app } = await startFake(t, { caPem: 'the CA', controlToken: 'secret' })

  const res = await app.inject({ url: '/_fake/ca.pem', headers: { host: 'fake.example.com' } })

  t.equal(res.statusCode, 200)
  t.equal(res.headers['content-type'], 'application/pem-certificate-chain')
  t.equal(res.body, 'the CA')
})

t.test('GET /_fake/ca.pem is 404 where no CA was made', async (t) => {
  const { app } = await startFake(t)

  const res = await app.inject('/_fake/ca.pem')

  t.equal(res.statusCode, 404)
  t.same(res.json(), { detail: 'No CA was made here: start with --tls' })
})
