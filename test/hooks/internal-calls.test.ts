import t from 'tap'
import { DEFAULT_ORG_ID, ENTERPRISE_ID } from '../../src/auth/principal.ts'
import { INTERNAL_ADDRESS } from '../../src/fastapi/internal.ts'
import { internalAuthorization } from '../../src/hooks/internal-calls.ts'
import { startFake } from '../fake.ts'

t.test('a client cannot call in the name of an organization, whatever it sends', async (t) => {
  const { app, listen } = await startFake(t)
  const headers = {
    authorization: internalAuthorization(DEFAULT_ORG_ID),
    'x-forwarded-for': INTERNAL_ADDRESS,
  }
  const url = await listen()

  for (const path of ['/v1/secrets', `/v3/organizations/${DEFAULT_ORG_ID}/secrets`]) {
    t.equal((await fetch(url + path, { headers })).status, 403, path)
    t.equal((await app.inject({ url: path, headers })).statusCode, 403, path)
  }
})

t.test('a call of the application to itself is refused without credentials of an organization', async (t) => {
  const { app } = await startFake(t)
  const status = async (url: string, headers: Record<string, string>) =>
    (await app.inject({ url, headers, remoteAddress: INTERNAL_ADDRESS })).statusCode

  t.equal(await status('/v1/secrets', {}), 401)
  t.equal(await status('/v1/secrets', { authorization: 'Bearer x' }), 403)
  t.equal(await status('/v3/self', {}), 403)
  t.equal(await status('/v1/secrets', { authorization: internalAuthorization(DEFAULT_ORG_ID) }), 200)
})

t.test('a call in the name of the enterprise is refused by v1, which has none', async (t) => {
  const { app } = await startFake(t)
  const headers = { authorization: internalAuthorization(ENTERPRISE_ID) }
  const status = async (url: string) =>
    (await app.inject({ url, headers, remoteAddress: INTERNAL_ADDRESS })).statusCode

  t.equal(await status('/v3/enterprise/organizations'), 200)
  t.equal(await status('/v1/secrets'), 403)
})
