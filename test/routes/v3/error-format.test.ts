import t from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { startFake } from '../../fake.ts'

const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } })

t.test(
  'the form of v3’s errors is that of the organization, or of the server before it is known',
  async (t) => {
    const { app, call, send } = await startFake(t)
    await send('PUT', '/_fake/answers', { org_id: 'org-1', answers: { 'v3-error-type': 'json' } })
    const typeOf = async (path: string, key = 'cog_test') =>
      (await call('GET', path, bearer(key))).headers['content-type']

    t.equal(await typeOf('/v3/organizations/org-1/sessions/none'), 'application/json')
    t.equal(await typeOf('/v3/organizations/org-2/sessions/none'), 'application/problem+json')
    t.equal(await typeOf('/v3/organizations/org-1/sessions/none', 'cog_wrong'), 'application/problem+json')
    await send('PUT', '/_fake/answers', { answers: { 'v3-error-type': 'json' } })
    t.equal(await typeOf('/v3/organizations/org-1/sessions/none', 'cog_wrong'), 'application/json')
    t.equal(await typeOf('/v3/none'), 'application/json')
    t.equal(
      (await app.inject({ method: 'PUT', url: '/v3/self' })).headers['content-type'],
      'application/json',
    )
  },
)

t.test(
  'errors of v1 and of v3 other than 422 keep their body when the form of a 422 is chosen',
  async (t) => {
    const { call, send } = await startFake(t)
    await send('PUT', '/_fake/answers', { answers: { 'v3-422': 'detail-list' } })

    const unknown = await call('GET', `/v3/organizations/${DEFAULT_ORG_ID}/sessions/none`, bearer('cog_test'))

    t.match(unknown.json(), { title: 'Not Found', status: 404, detail: 'Session not found' })
    t.same((await call('GET', '/v1/sessions/none')).json(), { detail: 'Session not found' })
  },
)

t.test('an error that a fault simulates has the chosen form', async (t) => {
  const { call, send } = await startFake(t)
  await send('PUT', '/_fake/answers', { answers: { 'v3-error-type': 'json' } })
  await send('POST', '/_fake/faults', { preset: 'flaky' })

  const { statusCode, headers } = await call('GET', '/v3/self', bearer('cog_test'))

  t.match([statusCode, headers], [503, { 'content-type': 'application/json' }])
})
