// Tests the filters of src/routes/v1/sessions.ts and src/routes/v3/session-filter.ts with very many tags.
import t from 'tap'
import { startFake } from '../fake.ts'
import { aSession } from '../records.ts'
import { startV3 } from '../v3.ts'

const tags = Array.from({ length: 500_000 }, (_, n) => `t${n}`)

/** The last of them: comparing each with all tags of a session took minutes. */
const query = tags
  .slice(-50_000)
  .map((tag) => `tags=${tag}`)
  .join('&')

const answers = { 'v1-tag-filter': 'all', 'v3-tag-filter': 'all' }

t.test('GET /v1/sessions finds very many tags in a session with very many', async (t) => {
  const fake = await startFake(t)
  await fake.send('PUT', '/_fake/answers', { answers })
  await fake.organization.sessions.insert(aSession({ tags }))

  for (const [more, found] of [
    ['', 1],
    ['&tags=t1,t2', 1],
    ['&tags=t1,none', 0],
  ] as const) {
    t.equal((await fake.call('GET', `/v1/sessions?${query}${more}`)).json().sessions.length, found)
  }
})

t.test(
  'GET /v3/organizations/{org_id}/sessions finds very many tags in a session with very many',
  async (t) => {
    const fake = await startV3(t)
    await fake.send('PUT', '/_fake/answers', { answers })
    await fake.organization.sessions.insert(aSession({ tags }))

    t.equal((await fake.org('GET', `/sessions?${query}`)).json().total, 1)
    t.equal((await fake.org('GET', `/sessions?${query}&tags=none`)).json().total, 0)
  },
)
