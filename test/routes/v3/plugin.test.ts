import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { startV3 } from '../../v3.ts'

const BETA = `/v3beta1/organizations/${DEFAULT_ORG_ID}`

t.test('released operations are served below /v3beta1, too', async (t) => {
  const { v3, org, call } = await startV3(t)

  const created = await v3('POST', `${BETA}/sessions`, { prompt: 'p' })
  t.equal(created.statusCode, 200)
  t.match((await org('GET', `/sessions/${created.json().session_id}`)).json(), { status: 'new' })
  t.equal((await v3('GET', '/v3beta1/self')).json().principal_type, 'service_user')
  t.equal((await v3('GET', '/v3beta1/enterprise/organizations')).json().total, 1)

  const refused = await v3('POST', `${BETA}/sessions`, {})
  t.match(refused.json(), {
    status: 422,
    instance: `${BETA}/sessions`,
    errors: [{ loc: ['body', 'prompt'] }],
  })
  const { requests } = (await call('GET', '/_fake/requests')).json()
  t.match(requests[0], { path: `${BETA}/sessions`, status: 200 })
})

t.test('operations below /v3beta1 need the same permissions as below /v3', async (t) => {
  const keys = new KeyRegistry({ keys: [{ key: 'cog_viewer', permissions: ['ViewOrgSessions'] }] })
  const { v3 } = await startV3(t, { keys })
  const status = async (path: string) =>
    (await v3('GET', path, undefined, { authorization: 'Bearer cog_viewer' })).statusCode

  t.equal(await status(`${BETA}/sessions`), 200)
  t.equal(await status(`${BETA}/secrets`), 403)
  t.equal(await status('/v3beta1/enterprise/organizations'), 403)
})

t.test('operations of the beta are not served below /v3', async (t) => {
  const { v3 } = await startV3(t)
  const { statusCode, body } = await v3('GET', `/v3/organizations/${DEFAULT_ORG_ID}/snapshot-setup/builds`)
  t.same([statusCode, JSON.parse(body).detail], [404, 'Not Found'])
})
