import t from 'tap'
import { EXAMPLES } from '../../../src/routes/control/examples.ts'
import { startFake } from '../../fake.ts'
import { operationsOf } from '../../openapi/contract.ts'

t.test('every body in the document of the control plane has an example that is valid', async (t) => {
  const { app, call } = await startFake(t)
  const operations = operationsOf((await app.inject('/_fake/openapi.json')).json())
  const withBodies = [...operations].filter(([, { requestBody }]) => requestBody !== undefined)

  t.same(withBodies.map(([operation]) => operation).sort(), Object.keys(EXAMPLES).sort())
  for (const [operation, { requestBody }] of withBodies) {
    const example = requestBody?.content['application/json']?.example
    t.same(example, EXAMPLES[operation], operation)
    const [method = '', path = ''] = operation.split(' ')
    const { statusCode } = await call(method, path.replaceAll(/\{\w+\}/g, 'unknown'), {
      payload: JSON.stringify(example),
      headers: { 'content-type': 'application/json' },
    })
    t.ok(path.includes('{') ? statusCode === 404 : statusCode < 300, `${operation}: ${statusCode}`)
  }
})
