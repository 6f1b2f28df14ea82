import t from 'tap'
import { fidelity } from '../../../src/fidelity.ts'
import { startFake } from '../../fake.ts'
import { registeredRoutes } from '../../registered-routes.ts'

t.test(
  'GET /_fake/openapi.json describes every control route that is not hidden, and no other',
  async (t) => {
    const { app } = await startFake(t)

    const document = (await app.inject('/_fake/openapi.json')).json()

    t.equal(document.openapi, '3.1.0')
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const hidden = [
      'GET /_fake/openapi.json',
      'GET /_fake/fidelity',
      'GET /_fake/ca.pem',
      'GET /_fake/storage/{org_id}/{uuid}/{name}',
    ]
    const routes = (await registeredRoutes()).filter(
      (route) => route.includes('/_fake/') && !hidden.includes(route),
    )
    t.same(described.sort(), routes.sort())
    t.notMatch(JSON.stringify(document), /"\$id"/)
  },
)

t.test('GET /_fake/fidelity is the ledger as data', async (t) => {
  const { app } = await startFake(t)

  t.same((await app.inject('/_fake/fidelity')).json(), JSON.parse(JSON.stringify({ rows: fidelity })))
})
