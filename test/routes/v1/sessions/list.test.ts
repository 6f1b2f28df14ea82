import fc from 'fast-check'
import t, { type Test } from 'tap'
import { cpuMillis } from '../../../cpu-time.ts'
import { OTHER_ORG_KEY, startFake } from '../../../fake.ts'

async function fakeWith(t: Test, ...params: object[]) {
  const fake = await startFake(t)
  for (const [index, fields] of params.entries()) {
    await fake.send('POST', '/v1/sessions', { prompt: `p${index}`, title: String(index), ...fields })
  }
  const titles = async (query: string) => {
    const res = await fake.call('GET', `/v1/sessions${query}`)
    return res.statusCode === 200
      ? res
          .json()
          .sessions.map(({ title }: { title: string }) => title)
          .join('')
      : res.statusCode
  }
  return { ...fake, titles }
}

t.test('GET /v1/sessions returns an empty list if there are no sessions', async (t) => {
  const { call } = await fakeWith(t)

  t.equal((await call('GET', '/v1/sessions')).body, '{"sessions":[]}')
})

t.test('GET /v1/sessions returns all members of a session except its messages', async (t) => {
  const { call, advance, send } = await fakeWith(t)
  const params = {
    prompt: 'x',
    tags: ['a'],
    snapshot_id: 's',
    playbook_id: 'p',
    structured_output_schema: { const: 1 },
  }
  const { session_id } = (await send('POST', '/v1/sessions', params)).json()

  t.strictSame((await call('GET', '/v1/sessions')).json().sessions, [
    {
      session_id,
      status: 'running',
      status_enum: 'working',
      title: null,
      created_at: '2026-01-02T03:04:05.678901Z',
      updated_at: '2026-01-02T03:04:05.678901Z',
      snapshot_id: 's',
      playbook_id: 'p',
      tags: ['a'],
      pull_request: null,
      structured_output: null,
      requesting_user_email: 'user@example.com',
    },
  ])
  advance(100)
  t.match((await call('GET', '/v1/sessions')).json().sessions, [
    {
      status: 'finished',
      status_enum: 'finished',
      title: 'x',
      structured_output: 1,
      pull_request: { url: String },
    },
  ])
})

t.test('GET /v1/sessions lists the newest session first', async (t) => {
  const { titles } = await fakeWith(t, {}, {}, {})

  t.equal(await titles(''), '210')
})

t.test('GET /v1/sessions returns 100 sessions by default', async (t) => {
  const { call } = await fakeWith(t, ...Array(101).fill({}))

  const { sessions } = (await call('GET', '/v1/sessions')).json()
  t.equal(sessions.length, 100)
  t.equal(sessions[0].title, '100')
})

t.test('GET /v1/sessions supports limit, offset and skip', async (t) => {
  const { titles } = await fakeWith(t, {}, {}, {}, {})
  const pages = {
    '?limit=2': '32',
    '?limit=2&offset=1': '21',
    '?limit=2&skip=2': '10',
    '?offset=1&skip=3': '0',
    '?offset=3&skip=0': '3210',
    '?offset=4': '',
    '?limit=0': '',
    '?limit=-1': '',
    '?offset=-5': '3210',
    '?skip=-5': '3210',
    '?limit=5.0': '3210',
  }
  for (const [query, expected] of Object.entries(pages)) t.equal(await titles(query), expected, query)
})

t.test('GET /v1/sessions accepts numbers of any size', async (t) => {
  const { titles } = await fakeWith(t, {}, {})
  const huge = '9'.repeat(400)

  t.equal(await titles(`?limit=${huge}`), '10')
  t.equal(await titles(`?limit=-${huge}`), '')
  t.equal(await titles(`?offset=${huge}`), '')
  t.equal(await titles(`?skip=-${huge}`), '10')
})

t.test('GET /v1/sessions answers 422 for an invalid number', async (t) => {
  const { titles } = await fakeWith(t)

  for (const query of ['?limit=', '?limit=x', '?offset=1.5', '?skip=null'])
    t.equal(await titles(query), 422, query)
})

t.test('GET /v1/sessions filters by any of the tags, repeated or comma-separated', async (t) => {
  const { titles } = await fakeWith(
    t,
    { tags: ['a'] },
    { tags: ['b', 'c'] },
    {},
    { tags: ['a', 'b'] },
    { tags: ['x,y'] },
  )
  const filters = {
    '?tags=a': '30',
    '?tags=a&tags=c': '310',
    '?tags=a,c': '310',
    '?tags=c&tags=nope,a': '310',
    '?tags=nope': '',
    '?tags=A': '',
    '?tags=': '',
    '?tags=x%2Cy': '4',
    '?tags=x': '',
    '?tags=a&limit=1&offset=1': '0',
  }
  for (const [query, expected] of Object.entries(filters)) t.equal(await titles(query), expected, query)
})

t.test('GET /v1/sessions filters by the creator’s email address', async (t) => {
  const { titles, call } = await fakeWith(t, {}, {})
  await call('POST', '/v1/sessions', {
    payload: '{"prompt":"x","title":"s"}',
    headers: { authorization: 'Bearer apk_service' },
  })

  t.equal(await titles(''), 's10')
  t.equal(await titles('?user_email=user@example.com'), '10')
  t.equal(await titles('?user_email=User@example.com'), '')
  t.equal(await titles('?user_email='), '')
})

t.test('GET /v1/sessions ignores unknown parameters', async (t) => {
  const { titles } = await fakeWith(t, {})

  t.equal(await titles('?status=working&page=2'), '0')
})

t.test('GET /v1/sessions returns nothing of another organization', async (t) => {
  const { call } = await fakeWith(t, {})

  const res = await call('GET', '/v1/sessions', { headers: { authorization: `Bearer ${OTHER_ORG_KEY}` } })

  t.same(res.json(), { sessions: [] })
})

t.test('GET /v1/sessions does not count as a read', async (t) => {
  const { call, send } = await fakeWith(t)
  const { session_id: id } = (await send('POST', '/v1/sessions', { prompt: '[fake:three-reads]' })).json()
  for (let read = 0; read < 5; read++) await call('GET', '/v1/sessions')

  t.equal((await call('GET', '/v1/sessions')).json().sessions[0].status_enum, 'working')
  t.equal((await call('GET', `/v1/sessions/${id}`)).json().status_enum, 'working')
})

t.test('property: consecutive pages return every session once', async (t) => {
  const { titles } = await fakeWith(t, {}, {}, {}, {}, {}, {}, {})

  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom('offset', 'skip'),
      async (limit, name) => {
        let all = ''
        for (let offset = 0; offset < 7; offset += limit)
          all += await titles(`?limit=${limit}&${name}=${offset}`)
        return all === '6543210'
      },
    ),
  )
})

t.test('GET /v1/sessions filters thousands of sessions by thousands of tags quickly', async (t) => {
  const { organization, call, send } = await fakeWith(t)
  const { session_id: id } = (await send('POST', '/v1/sessions', { prompt: 'x' })).json()
  const session = await organization.sessions.get(id)
  const tags = Array.from({ length: 20 }, (_, index) => `tag${index}`)
  for (let index = 0; index < 3000 && session; index++) {
    await organization.sessions.insert({ ...session, id: `devin-${index}`, answersForPrompt: false, tags })
  }
  const started = cpuMillis()

  await call('GET', `/v1/sessions?tags=${Array.from({ length: 6000 }, (_, index) => `t${index}`).join(',')}`)

  t.ok(cpuMillis() - started < 1500)
})
