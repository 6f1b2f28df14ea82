import t from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { ALLOWED_TAGS_MAX } from '../../../src/resources/settings.ts'
import { startV3 } from '../../v3.ts'

const TAGS = `/v3/enterprise/organizations/${DEFAULT_ORG_ID}/tags`

t.test('tags are replaced, added without duplicates, removed one by one and all together', async (t) => {
  const { v3 } = await startV3(t)
  const tags = async (...[method, path = TAGS, body]: [method: string, path?: string, body?: unknown]) =>
    (await v3(method, path, body)).json().tags

  t.same(await tags('GET'), [])
  t.same(await tags('PUT', TAGS, { tags: ['b', 'a', 'b'] }), ['a', 'b'])
  t.same(await tags('POST', TAGS, { tags: ['c', 'a'] }), ['a', 'b', 'c'])
  t.same(await tags('DELETE', `${TAGS}/b`), ['a', 'c'])
  t.same(await tags('GET'), ['a', 'c'])
  t.same((await v3('DELETE', `${TAGS}/b`)).json().detail, 'Tag not found')
  t.same(await tags('DELETE'), [])
  t.same(await tags('GET'), [])
  t.same(await tags('PUT', TAGS, { tags: ['\ud800'] }), ['\ufffd'], 'no lone surrogates')
})

t.test('a request beyond the maximum number of tags changes nothing', async (t) => {
  const { v3 } = await startV3(t)
  const many = Array.from({ length: ALLOWED_TAGS_MAX }, (_, index) => `t${index}`)

  t.equal((await v3('PUT', TAGS, { tags: many })).statusCode, 200)
  const refused = await v3('POST', TAGS, { tags: ['one more'] })

  t.same([refused.statusCode, refused.json().detail], [400, 'There can be at most 1000 allowed tags'])
  t.equal((await v3('GET', TAGS)).json().tags.length, ALLOWED_TAGS_MAX)
})

t.test('the default tag must be allowed, and is removed with its tag', async (t) => {
  const { v3 } = await startV3(t)
  const tag = async (method: string, body?: unknown) => (await v3(method, `${TAGS}/default`, body)).json()
  t.same(await tag('GET'), { default_tag: null })
  t.match(await tag('PUT', { tag: 'a' }), {
    status: 400,
    detail: 'The default tag must exist in the allowed tags',
  })

  await v3('PUT', TAGS, { tags: ['a', 'b'] })
  t.same(await tag('PUT', { tag: 'a' }), { default_tag: 'a' })
  await v3('DELETE', `${TAGS}/b`)
  t.same(await tag('GET'), { default_tag: 'a' })
  t.same(await tag('DELETE'), { default_tag: null })

  await tag('PUT', { tag: 'a' })
  await v3('DELETE', `${TAGS}/a`)
  t.same(await tag('GET'), { default_tag: null })
})

t.test('a session without tags gets the default tag', async (t) => {
  const { v3, org } = await startV3(t)
  await v3('PUT', TAGS, { tags: ['team'] })
  await v3('PUT', `${TAGS}/default`, { tag: 'team' })

  t.same((await org('POST', '/sessions', { prompt: 'a' })).json().tags, ['team'])
  t.same((await org('POST', '/sessions', { prompt: 'b', tags: ['own'] })).json().tags, ['own'])
})

t.test('changes are in the audit log of the organization', async (t) => {
  const { v3, call } = await startV3(t)
  await v3('PUT', TAGS, { tags: ['a'] })

  t.match((await call('GET', '/v1/audit-logs')).json(), {
    audit_logs: [{ action: 'update_allowed_tags', resource_id: DEFAULT_ORG_ID }],
  })
})

t.test('the tag that the vendor keeps for itself is refused', async (t) => {
  const { v3 } = await startV3(t)
  const refused = await v3('PUT', TAGS, { tags: ['a', 'Security-Code-Scan'] })

  t.same([refused.statusCode, refused.json().detail], [400, 'The tag Security-Code-Scan is reserved'])
  t.same((await v3('GET', TAGS)).json().tags, [])
})
