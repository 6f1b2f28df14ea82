import fc from 'fast-check'
import t from 'tap'
import { DEFAULT_SERVICE_USER, userOf } from '../../../src/auth/principal.ts'
import type { SessionRecord } from '../../../src/resources/sessions.ts'
import { NOW } from '../../fake.ts'
import { aSession } from '../../records.ts'
import { startV3, type V3Fake } from '../../v3.ts'

const USER = userOf('email|0123456789abcdef01234567')
const OTHER = userOf('email|76543210fedcba9876543210')
const NOW_SECONDS = Math.floor(NOW / 1_000_000)

/** Stores sessions with these ids and fields. */
async function store(
  { organization }: V3Fake,
  sessions: Record<string, Partial<SessionRecord>>,
): Promise<void> {
  for (const [id, fields] of Object.entries(sessions)) {
    await organization.sessions.insert(
      aSession({ id: `devin-${id}`, createdAt: NOW, answersForPrompt: false, ...fields }),
    )
  }
}

/** Returns the ids of the sessions that a query lists, joined. */
const ids = async ({ org }: V3Fake, query: string) => {
  const { items } = (await org('GET', `/sessions${query}`)).json()
  return items.map(({ session_id: id }: { session_id: string }) => id).join('')
}

t.test('GET /v3/organizations/{org_id}/sessions lists the sessions by cursor, newest first', async (t) => {
  const fake = await startV3(t)
  t.same((await fake.org('GET', '/sessions')).json(), {
    items: [],
    end_cursor: null,
    has_next_page: false,
    total: 0,
  })
  await store(fake, { a: {}, b: {}, c: {} })

  const first = (await fake.org('GET', '/sessions?first=2')).json()
  t.match(first, { items: [{ session_id: 'c' }, { session_id: 'b' }], has_next_page: true, total: 3 })
  const after = `after=${encodeURIComponent(first.end_cursor)}`
  t.match((await fake.org('GET', `/sessions?${after}`)).json(), {
    items: [{ session_id: 'a' }],
    end_cursor: null,
    has_next_page: false,
    total: 3,
  })
  t.equal((await fake.org('GET', `/sessions/insights?${after}`)).statusCode, 400, 'a cursor of another list')
  t.equal((await fake.v3('GET', `/v3/organizations/org-other/sessions?${after}`)).statusCode, 400)
  t.equal((await fake.org('GET', '/sessions?first=0')).json().items.length, 1)
  t.equal((await fake.org('GET', '/sessions?first=9999999999999999999999')).json().items.length, 3)
  t.same((await fake.v3('GET', '/v3/organizations/org-other/sessions')).json().items, [])
})

t.test(
  'GET /v3/organizations/{org_id}/sessions shows what only lists and single sessions have',
  async (t) => {
    const fake = await startV3(t)
    await store(fake, {
      a: {
        scenario: { steps: [{ status_enum: 'blocked', structured_output: { n: 1 }, category: 'other' }] },
      },
    })

    t.match((await fake.org('GET', '/sessions')).json().items, [
      {
        status: 'running',
        status_detail: 'waiting_for_user',
        structured_output: { n: 1 },
        category: 'other',
        subcategory: 'Other',
        child_session_ids: [],
      },
    ])
  },
)

t.test('GET /v3/organizations/{org_id}/sessions filters by creation', async (t) => {
  const fake = await startV3(t)
  await store(fake, {
    a: { createdBy: USER },
    b: { createdBy: DEFAULT_SERVICE_USER, origin: 'automation', automationId: 'automation-1' },
    c: { createdBy: OTHER, origin: 'automation', scheduleId: 'sched-1' },
    d: { createdBy: null, origin: 'slack' },
  })

  for (const [query, expected] of [
    [`?user_ids=${USER.id}`, 'a'],
    [`?user_ids=${USER.id}&user_ids=${OTHER.id}`, 'ca'],
    ['?user_ids=bot_apk', 'b'],
    [`?user_ids=${DEFAULT_SERVICE_USER.id}`, ''],
    [`?service_user_ids=${DEFAULT_SERVICE_USER.id}`, 'b'],
    [`?service_user_ids=${USER.id}`, ''],
    [`?service_user_ids=${DEFAULT_SERVICE_USER.id}&user_ids=${USER.id}`, 'ba'],
    ['?origins=automation', 'cb'],
    ['?origins=scheduled', 'c'],
    ['?origins=slack&origins=scheduled', 'dc'],
    ['?origins=webapp', ''],
    ['?schedule_id=sched-1', 'c'],
    ['?automation_ids=automation-1&automation_ids=x', 'b'],
    ['?automation_ids=x', ''],
  ] as const) {
    t.equal(await ids(fake, query.replaceAll('|', '%7C')), expected, query)
  }
})

t.test('GET /v3/organizations/{org_id}/sessions finds repositories by any of their names', async (t) => {
  const fake = await startV3(t)
  await store(fake, {
    a: { repos: ['github.com/o/hosted', 'o/plain'] },
    b: { repos: ['https://gitlab.com/o/hosted.git'] },
    c: { repos: ['no-name'] },
  })

  for (const [name, expected] of [
    ['o/hosted', 'ba'],
    ['github.com/o/hosted', 'a'],
    ['https://github.com/o/hosted.git', 'a'],
    ['gitlab.com/o/hosted', 'b'],
    ['gitlab.com/o/hosted&repo_names=github.com/o/hosted', 'ba'],
    ['bitbucket.org/o/hosted', ''],
    ['bitbucket.org/o/hosted&repo_names=o/hosted', 'ba'],
    ['github.com/o/plain', 'a'],
    ['o/plain', 'a'],
    ['no-name', 'c'],
    ['plain', ''],
  ] as const) {
    t.equal(await ids(fake, `?repo_names=${name}`), expected, name)
  }
})

t.test('GET /v3/organizations/{org_id}/sessions filters by what is stored', async (t) => {
  const fake = await startV3(t)
  await store(fake, {
    a: { tags: ['x', 'y'], repos: ['acme/shop'], playbookId: 'playbook-1' },
    b: { tags: ['y'], repos: ['acme/shop', 'acme/site'], playbookId: '2', archivedAt: NOW },
    c: { tags: [] },
  })

  for (const [query, expected] of [
    ['?tags=x', 'a'],
    ['?tags=x&tags=y', 'ba'],
    ['?tags=x,y', ''],
    ['?repo_names=acme/site', 'b'],
    ['?repo_names=acme/site&repo_names=acme/shop', 'ba'],
    ['?playbook_id=playbook-1', 'a'],
    ['?playbook_id=1', 'a'],
    ['?playbook_id=playbook-2', 'b'],
    ['?session_ids=a&session_ids=devin-c', 'ca'],
    ['?is_archived=true', 'b'],
    ['?is_archived=false', 'ca'],
    ['?tags=y&is_archived=false', 'a'],
  ] as const) {
    t.equal(await ids(fake, query), expected, query)
  }
})

t.test('GET /v3/organizations/{org_id}/sessions filters by time, including both limits', async (t) => {
  const fake = await startV3(t)
  const hour = 3_600_000_000
  await store(fake, {
    // Waits since its creation, and was suspended an hour later.
    a: { createdAt: NOW - 2 * hour, scenario: { steps: [{ status_enum: 'blocked' }] } },
    // Created in the first microsecond of a second.
    b: {
      createdAt: (NOW_SECONDS - 3_600) * 1_000_000,
      scenario: { steps: [{ after_seconds: 1_800, message: 'x' }] },
    },
    c: {},
  })
  const ago = (hours: number) => NOW_SECONDS - hours * 3_600

  for (const [query, expected] of [
    [`?created_after=${ago(1)}`, 'cb'],
    [`?created_after=${ago(1) + 1}`, 'c'],
    [`?created_before=${ago(1)}`, 'ba'],
    [`?created_before=${ago(1) - 1}`, 'a'],
    [`?created_after=${ago(1)}&created_before=${ago(1)}`, 'b'],
    [`?updated_after=${ago(0.5)}`, 'cb'],
    [`?updated_after=${ago(0.5) + 1}`, 'c'],
    [`?updated_before=${ago(1)}`, 'a'],
    [`?updated_before=${ago(1) - 1}`, ''],
    [`?updated_after=${ago(1)}&created_before=${ago(1)}`, 'ba'],
    ['?created_after=99999999999999999999999', ''],
  ] as const) {
    t.equal(await ids(fake, query), expected, query)
  }
})

t.test(
  'GET /v3/organizations/{org_id}/sessions finds what clients have changed by updated_after',
  async (t) => {
    const fake = await startV3(t)
    const { org, call } = fake
    const asleep = [{ at: NOW, effect: {}, sleep: true }] as const
    await store(fake, {
      a: { scenario: { steps: [] }, events: asleep },
      b: { scenario: { steps: [] }, events: asleep },
      c: { scenario: { steps: [] }, events: asleep },
    })
    fake.advance(10)

    t.match((await org('POST', '/sessions/a/archive')).json(), { updated_at: NOW_SECONDS + 10 })
    t.same((await org('PUT', '/sessions/b/tags', { tags: ['x'] })).json(), { tags: ['x'] })
    t.equal(await ids(fake, `?updated_after=${NOW_SECONDS + 10}`), 'ba')

    fake.advance(10)
    await org('POST', '/sessions/b/tags', { tags: ['y'] })
    t.equal(await ids(fake, `?updated_after=${NOW_SECONDS + 11}`), 'b')
    t.match((await org('GET', '/sessions/b')).json(), { updated_at: NOW_SECONDS + 20, status: 'suspended' })

    const state = (await call('GET', '/_fake/state')).body
    const headers = { 'content-type': 'application/json' }
    t.equal((await call('PUT', '/_fake/state', { payload: state, headers })).statusCode, 204)
    t.equal((await call('GET', '/_fake/state')).body, state)
    t.equal(await ids(fake, `?updated_after=${NOW_SECONDS + 11}`), 'b')
  },
)

t.test('GET /v3/organizations/{org_id}/sessions filters by the category of the moment', async (t) => {
  const fake = await startV3(t)
  await store(fake, {
    a: { scenario: { steps: [{ after_seconds: 60, category: 'bug_fixing' }] }, tags: ['x'] },
    b: { scenario: { steps: [{ category: 'other' }] }, tags: ['x'] },
    c: { scenario: { steps: [{ category: 'other' }] } },
  })

  t.equal(await ids(fake, '?category=bug_fixing'), '')
  t.equal(await ids(fake, '?category=other'), 'cb')
  t.equal(await ids(fake, '?category=other&tags=x'), 'b')
  fake.advance(60)
  t.equal(await ids(fake, '?category=bug_fixing'), 'a')
  t.equal((await fake.org('GET', '/sessions?category=other')).json().total, 2)
})

t.test('GET /v3/organizations/{org_id}/sessions filters thousands of sessions by their states', async (t) => {
  const fake = await startV3(t)
  const sessions = Array.from({ length: 1_500 }, (_, index): [string, Partial<SessionRecord>] => [
    String(index),
    { scenario: { steps: [{ category: index % 3 === 0 ? 'other' : 'bug_fixing' }] } },
  ])
  await store(fake, Object.fromEntries(sessions))

  const page = (await fake.org('GET', '/sessions?category=other&first=2')).json()
  t.match(page, { items: [{ session_id: '1497' }, { session_id: '1494' }], has_next_page: true, total: 500 })
})

t.test(
  'property: pages list each session that exists throughout exactly once, whatever is created',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        async (tagged, first) => {
          const fake = await startV3(t)
          const tags = (isTagged = true) => (isTagged ? ['x'] : [])
          for (const [index, isTagged] of tagged.entries()) {
            await store(fake, { [`s${index}`]: { tags: tags(isTagged) } })
          }
          const expected = tagged.flatMap((isTagged, index) => (isTagged ? [`s${index}`] : [])).toReversed()
          const seen: string[] = []
          let after = ''
          for (let page = 0; ; page++) {
            const { items, end_cursor: end } = (
              await fake.org('GET', `/sessions?tags=x&first=${first}${after}`)
            ).json()
            seen.push(...items.map(({ session_id: id }: { session_id: string }) => id))
            if (end === null) break
            await store(fake, { [`new${page}`]: { tags: tags() } })
            after = `&after=${encodeURIComponent(end)}`
          }
          return JSON.stringify(seen) === JSON.stringify(expected)
        },
      ),
      { numRuns: 25 },
    )
  },
)
