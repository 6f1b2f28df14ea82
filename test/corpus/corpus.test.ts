import type { AddressInfo } from 'node:net'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { recordedCases, replay } from './replay.ts'

const KEY = 'apk_user_x'

t.test('every recorded request gets the answer of the real FastAPI application', async (t) => {
  const app = await buildApp()
  t.teardown(() => app.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const cases = recordedCases()
  t.equal(cases.length, 1223)

  for (const recorded of cases) {
    const differences = await replay(recorded, port, KEY)
    if (differences.length > 0) t.fail(recorded.name, { differences })
  }
})
