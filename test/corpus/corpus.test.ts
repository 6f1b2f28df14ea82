import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { recordedCases, replay } from './replay.ts'

/** Starts a server and returns its port. */
async function serve(t: Test): Promise<number> {
  const app = await buildApp()
  t.teardown(() => app.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

t.test('every recorded request gets the answer of the real FastAPI application', async (t) => {
  const port = await serve(t)
  const cases = recordedCases()
  t.equal(cases.length, 1223)

  for (const recorded of cases) {
    const differences = await replay(recorded, { port, key: 'apk_user_x' })
    if (differences.length > 0) t.fail(recorded.name, { differences })
  }
})

t.test('every recorded v3 request gets the answer of the real FastAPI application', async (t) => {
  const port = await serve(t)
  const cases = recordedCases('v3')
  t.equal(cases.length, 2879)
  t.equal(cases.filter(({ match }) => match === 'full').length, 2037)

  for (const recorded of cases) {
    const differences = await replay(recorded, { port, key: 'cog_x', orgId: DEFAULT_ORG_ID })
    if (differences.length > 0) t.fail(recorded.name, { differences })
  }
})
