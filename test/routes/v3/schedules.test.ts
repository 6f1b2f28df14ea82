import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { CLOCK_MAX, formatInstant, unixSeconds } from '../../../src/base/clock.ts'
import { randomIds } from '../../../src/base/ids.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { RUNS_MAX } from '../../../src/organization/schedule-runs.ts'
import { runDueSchedules } from '../../../src/organization/schedules.ts'
import { SESSION_ITEMS_MAX } from '../../../src/simulation/session-limits.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import type { StoreLimits } from '../../../src/store/types.ts'
import { frozenClock, NOW, OTHER_ORG_KEY } from '../../fake.ts'
import { startV3, type V3Fake } from '../../v3.ts'

const OTHER_ORG = `/v3/organizations/org-${'b2'.repeat(16)}`

/** The start of the hour of `NOW`, 2026-01-02T03:00:00Z, and an hour. */
const HOUR = NOW - (NOW % 3_600_000_000)
const AN_HOUR = 3_600_000_000

const daily = { name: 'Daily', prompt: 'Check the build', frequency: '0 9 * * *' }
const hourly = { name: 'Hourly', prompt: 'Check the queue', frequency: '0 * * * *' }
const once = { name: 'Once', prompt: 'Upgrade', schedule_type: 'one_time' }

async function create(fake: V3Fake, body: object): Promise<string> {
  return (await fake.org('POST', '/schedules', body)).json().scheduled_session_id
}

const get = async (fake: V3Fake, id: string) => (await fake.org('GET', `/schedules/${id}`)).json()

/** Returns the sessions that v1 lists, oldest first: times and titles. */
async function sessionsOf({ call }: V3Fake): Promise<[string, string][]> {
  const { sessions } = (await call('GET', '/v1/sessions?limit=1000')).json()
  return sessions
    .map(({ created_at, title }: { created_at: string; title: string }) => [created_at, title])
    .reverse()
}

t.test('POST /v3/organizations/{org_id}/schedules creates a recurring schedule', async (t) => {
  const { org } = await startV3(t)

  const created = await org('POST', '/schedules', { ...daily, tags: ['ci'], playbook_id: 'playbook-1' })

  t.equal(created.statusCode, 200)
  const at = formatInstant(NOW)
  t.match(created.json().scheduled_session_id, /^sched-[0-9a-f]{32}$/)
  t.same(Object.entries(created.json()).slice(1), [
    ['org_id', DEFAULT_ORG_ID],
    ['created_by', 'service-user-fa4ede71000000000000000000000001'],
    ['name', 'Daily'],
    ['prompt', 'Check the build'],
    ['playbook', { playbook_id: 'playbook-1', title: null }],
    ['frequency', '0 9 * * *'],
    ['enabled', true],
    ['last_executed_at', null],
    ['created_at', at],
    ['updated_at', at],
    ['last_error_at', null],
    ['last_error_message', null],
    ['consecutive_failures', 0],
    ['notify_on', 'failure'],
    ['agent', 'devin'],
    ['bypass_approval', false],
    ['interval_count', 1],
    ['last_edited_by', null],
    ['platform', null],
    ['schedule_type', 'recurring'],
    ['scheduled_at', null],
    ['slack_channel_id', null],
    ['slack_team_id', null],
    ['tags', ['ci']],
    ['target_devin_id', null],
  ])
})

t.test('POST /v3/organizations/{org_id}/schedules stores every member', async (t) => {
  const { org } = await startV3(t)
  const body = {
    ...once,
    scheduled_at: '2026-02-01T01:00:00+02:00',
    agent: 'data_analyst',
    bypass_approval: true,
    notify_on: 'always',
    platform: 'Windows',
    slack_channel_id: 'C1',
    slack_team_id: 'T1',
    interval_count: 2,
  }

  const created = (await org('POST', '/schedules', body)).json()

  t.match(created, { ...body, scheduled_at: '2026-01-31T23:00:00.000000Z', platform: 'windows' })
})

t.test('POST /v3/organizations/{org_id}/schedules replaces lone surrogates', async (t) => {
  const { org } = await startV3(t)

  const created = await org('POST', '/schedules', { ...daily, name: 'a\ud800', tags: ['\udc00'] })

  t.match(created.json(), { name: 'a\ufffd', tags: ['\ufffd'] })
})

t.test('POST /v3/organizations/{org_id}/schedules answers 400 for invalid times', async (t) => {
  const { org } = await startV3(t)
  const flaws = [
    [{ name: 'n', prompt: 'p' }, 'frequency is required for recurring schedules'],
    [once, 'scheduled_at is required for one-time schedules'],
    [{ ...once, scheduled_at: formatInstant(NOW) }, 'scheduled_at must be in the future'],
    [{ ...once, scheduled_at: '2030-01-02T03:04:05' }, 'scheduled_at must have a time zone'],
    [{ ...once, scheduled_at: '2030-01-02' }, 'scheduled_at must have a time zone'],
    [{ ...once, scheduled_at: '2256-01-01T00:00:00Z' }, 'scheduled_at is too late'],
    [{ ...daily, frequency: '61 * * * *' }, 'Invalid frequency: "61" is not a minute of a cron expression'],
    [{ ...daily, interval_count: 0 }, 'interval_count must be from 1 to 100'],
    [{ ...daily, interval_count: 1e20 }, 'interval_count must be from 1 to 100'],
    [{ ...daily, platform: 'beos' }, 'Unknown platform. Available platforms: linux, windows'],
  ] as const

  for (const [body, detail] of flaws) {
    const response = await org('POST', '/schedules', body)
    t.same([response.statusCode, response.json().detail], [400, detail])
  }
  t.equal((await org('GET', '/schedules')).json().total, 0)
})

t.test(
  'POST /v3/organizations/{org_id}/schedules shows the title of the playbook while it exists',
  async (t) => {
    const fake = await startV3(t)
    const playbook = { title: 'Build', body: 'Do it' }
    const playbookId = (await fake.send('POST', '/v1/playbooks', playbook)).json().playbook_id
    const id = await create(fake, { ...daily, playbook_id: playbookId })

    t.same((await get(fake, id)).playbook, { playbook_id: playbookId, title: 'Build' })
    await fake.call('DELETE', `/v1/playbooks/${playbookId}`)
    t.same((await get(fake, id)).playbook, { playbook_id: playbookId, title: null })
  },
)

t.test('GET /v3/organizations/{org_id}/schedules pages by limit and offset, oldest first', async (t) => {
  const fake = await startV3(t)
  for (const name of ['a', 'b', 'c']) await create(fake, { ...daily, name })
  const page = async (query: string) => {
    const { items, has_next_page, total, end_cursor } = (await fake.org('GET', `/schedules${query}`)).json()
    t.equal(end_cursor, null)
    return [items.map(({ name }: { name: string }) => name).join(''), has_next_page, total]
  }

  t.same(await page(''), ['abc', false, 3])
  t.same(await page('?limit=2'), ['ab', true, 3])
  t.same(await page('?limit=2&offset=1'), ['bc', false, 3])
  t.same(await page('?offset=3'), ['', false, 3])
  t.same(await page('?limit=0&offset=-5'), ['a', true, 3])
  t.same(await page('?limit=100000000000000000000'), ['abc', false, 3])
})

t.test('GET /v3/organizations/{org_id}/schedules has at most 200 on a page', async (t) => {
  const fake = await startV3(t)
  for (let count = 0; count < 201; count++) await create(fake, daily)

  const { items, has_next_page } = (await fake.org('GET', '/schedules?limit=1000')).json()

  t.same([items.length, has_next_page], [200, true])
})

t.test('a schedule of another organization does not exist', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake, daily)

  for (const [method, body] of [['GET'], ['PATCH', {}], ['DELETE']] as const) {
    const response = await fake.v3(method, `${OTHER_ORG}/schedules/${id}`, body)
    t.same([response.statusCode, response.json().detail], [404, 'Schedule not found'], method)
  }
  t.same((await fake.v3('GET', `${OTHER_ORG}/schedules`)).json().items, [])
  t.equal((await get(fake, id)).enabled, true)
})

t.test(
  'DELETE /v3/organizations/{org_id}/schedules/{schedule_id} returns the schedule, and then 404',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake, hourly)
    const before = await get(fake, id)

    t.same((await fake.org('DELETE', `/schedules/${id}`)).json(), before)
    for (const method of ['DELETE', 'GET']) {
      t.equal((await fake.org(method, `/schedules/${id}`)).statusCode, 404)
    }
    t.equal((await fake.org('PATCH', `/schedules/${id}`, { name: 'x' })).statusCode, 404)
    fake.advance(7_200)
    t.same(await sessionsOf(fake), [])
  },
)

t.test(
  'PATCH /v3/organizations/{org_id}/schedules/{schedule_id} changes the members that are sent',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake, { ...daily, tags: ['ci'], platform: 'linux' })
    const before = await get(fake, id)
    fake.advance(1)

    const changed = (
      await fake.org('PATCH', `/schedules/${id}`, { name: 'Nightly', notify_on: 'never' })
    ).json()

    t.same(changed, {
      ...before,
      name: 'Nightly',
      notify_on: 'never',
      updated_at: formatInstant(NOW + 1_000_000),
      last_edited_by: 'service-user-fa4ede71000000000000000000000001',
    })
    t.same(await get(fake, id), changed)
  },
)

t.test(
  'PATCH /v3/organizations/{org_id}/schedules/{schedule_id} clears a nullable member by null',
  async (t) => {
    const fake = await startV3(t)
    const session = (await fake.send('POST', '/v1/sessions', { prompt: 'x' })).json().session_id
    const id = await create(fake, {
      ...daily,
      tags: ['ci'],
      platform: 'linux',
      playbook_id: 'p',
      slack_channel_id: 'C',
      slack_team_id: 'T',
      scheduled_at: '2030-01-01T00:00:00Z',
      target_devin_id: session,
    })
    const nullable = {
      tags: null,
      platform: null,
      playbook_id: null,
      slack_channel_id: null,
      slack_team_id: null,
      scheduled_at: null,
      target_devin_id: null,
    }

    const cleared = await fake.org('PATCH', `/schedules/${id}`, nullable)
    const { playbook_id: _, ...shown } = nullable
    t.match(cleared.json(), { ...shown, playbook: null })

    const others = { name: null, prompt: null, enabled: null, schedule_type: null, interval_count: null }
    const kept = await fake.org('PATCH', `/schedules/${id}`, {
      ...others,
      agent: null,
      bypass_approval: null,
      notify_on: null,
    })
    t.same(kept.json(), cleared.json())
  },
)

t.test('PATCH /v3/organizations/{org_id}/schedules/{schedule_id} changes every member', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake, daily)
  const changes = {
    prompt: 'q',
    enabled: false,
    schedule_type: 'one_time',
    frequency: '0 8 * * *',
    interval_count: 3,
    scheduled_at: '2026-05-01T00:00:00Z',
    agent: 'data_analyst',
    bypass_approval: true,
    platform: 'WINDOWS',
    slack_channel_id: 'C',
    slack_team_id: 'T',
    tags: ['a', 'b'],
  }

  const changed = await fake.org('PATCH', `/schedules/${id}`, { ...changes, playbook_id: 'p' })

  t.match(changed.json(), {
    ...changes,
    scheduled_at: '2026-05-01T00:00:00.000000Z',
    platform: 'windows',
    playbook: { playbook_id: 'p', title: null },
  })
})

t.test(
  'PATCH /v3/organizations/{org_id}/schedules/{schedule_id} answers 400 and changes nothing',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake, daily)
    const before = await get(fake, id)
    const flaws = [
      [{ frequency: null }, 'frequency is required for recurring schedules'],
      [{ frequency: 'daily' }, /^Invalid frequency: /],
      [{ schedule_type: 'one_time' }, 'scheduled_at is required for one-time schedules'],
      [
        { schedule_type: 'one_time', scheduled_at: '2020-01-01T00:00:00Z' },
        'scheduled_at must be in the future',
      ],
      [{ interval_count: 101 }, 'interval_count must be from 1 to 100'],
      [{ platform: 'x' }, /^Unknown platform/],
    ] as const

    for (const [body, detail] of flaws) {
      const response = await fake.org('PATCH', `/schedules/${id}`, body)
      t.equal(response.statusCode, 400)
      t.match(response.json().detail, detail)
    }
    t.same(await get(fake, id), before)
  },
)

t.test(
  'a recurring schedule starts a session at each of its moments, which both generations see',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake, { ...hourly, tags: ['ci'] })
    t.same(await sessionsOf(fake), [])

    fake.advance(2 * 3_600)

    t.same(await sessionsOf(fake), [
      [formatInstant(HOUR + AN_HOUR), 'Hourly'],
      [formatInstant(HOUR + 2 * AN_HOUR), 'Hourly'],
    ])
    t.match(await get(fake, id), {
      enabled: true,
      last_executed_at: formatInstant(HOUR + 2 * AN_HOUR),
      consecutive_failures: 0,
    })
    t.match(await fake.organization.sessions.list(), [
      {
        prompt: 'Check the queue',
        tags: ['ci'],
        origin: 'automation',
        scheduleId: id,
        createdBy: { id: 'service-user-fa4ede71000000000000000000000001' },
      },
      {},
    ])
    const { items } = (await fake.org('GET', `/sessions?schedule_id=${id}`)).json()
    t.match(items, [
      { origin: 'automation', created_at: unixSeconds(HOUR + 2 * AN_HOUR) },
      { tags: ['ci'], created_at: unixSeconds(HOUR + AN_HOUR) },
    ])
  },
)

t.test('the first request after the moment shows the session, whichever it is', async (t) => {
  const looks = ['/sessions', '/metrics/sessions?time_after=0&time_before=9000000000', '/consumption/daily']
  for (const look of looks) {
    const fake = await startV3(t)
    await create(fake, hourly)
    fake.advance(3_600)

    t.equal((await fake.org('GET', look)).statusCode, 200)

    t.equal((await fake.organization.sessions.list()).length, 1, look)
  }
})

t.test('the age of a session of a schedule counts from the scheduled time', async (t) => {
  const fake = await startV3(t)
  await create(fake, hourly)

  fake.advance(3_600 + 1_800)

  const [session] = (await fake.call('GET', '/v1/sessions')).json().sessions
  t.equal(session.status_enum, 'finished')
})

t.test('a schedule runs at the first of its moments, and then at every `interval_count`th', async (t) => {
  const fake = await startV3(t)
  await create(fake, { ...hourly, interval_count: 3 })

  fake.advance(8 * 3_600)

  t.same(
    await sessionsOf(fake),
    [1, 4, 7].map((hours) => [formatInstant(HOUR + hours * AN_HOUR), 'Hourly']),
  )
})

t.test('a one-time schedule runs once, and is disabled then', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake, { ...once, scheduled_at: '2026-01-03T00:00:00.5Z' })
  t.match(await get(fake, id), { enabled: true, frequency: null })

  fake.advance(3 * 86_400)

  t.same(await sessionsOf(fake), [['2026-01-03T00:00:00.500000Z', 'Once']])
  t.match(await get(fake, id), { enabled: false, last_executed_at: '2026-01-03T00:00:00.500000Z' })
  for (const change of [{ enabled: true }, { scheduled_at: '2026-01-03T00:00:00.5Z' }]) {
    const refused = await fake.org('PATCH', `/schedules/${id}`, change)
    t.same([refused.statusCode, refused.json().detail], [400, 'scheduled_at must be in the future'])
  }

  const moved = { enabled: true, scheduled_at: '2026-01-06T00:00:00Z' }
  t.equal((await fake.org('PATCH', `/schedules/${id}`, moved)).statusCode, 200)
  fake.advance(86_400)
  t.equal((await sessionsOf(fake)).length, 2)
})

t.test('a disabled schedule does not run, and does not catch up after it is enabled', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake, hourly)
  await fake.org('PATCH', `/schedules/${id}`, { enabled: false })
  fake.advance(5 * 3_600)
  t.same(await sessionsOf(fake), [])

  await fake.org('PATCH', `/schedules/${id}`, { enabled: true })
  t.same(await sessionsOf(fake), [])
  fake.advance(3_600)

  t.same(await sessionsOf(fake), [[formatInstant(HOUR + 6 * AN_HOUR), 'Hourly']])
})

t.test(
  'a changed frequency applies from the change on, and another change does not touch the runs',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake, { ...hourly, interval_count: 2 })
    fake.advance(3_600)
    await fake.org('PATCH', `/schedules/${id}`, { name: 'Renamed', frequency: hourly.frequency })
    fake.advance(3_600)
    t.equal((await sessionsOf(fake)).length, 1)

    await fake.org('PATCH', `/schedules/${id}`, { frequency: '*/30 * * * *', interval_count: 1 })
    fake.advance(3_600)

    t.same((await sessionsOf(fake)).slice(1), [
      [formatInstant(HOUR + 2 * AN_HOUR + AN_HOUR / 2), 'Renamed'],
      [formatInstant(HOUR + 3 * AN_HOUR), 'Renamed'],
    ])
  },
)

t.test('an expression without any moment is accepted, and never runs', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake, { ...daily, frequency: '0 0 31 2 *' })

  fake.organization.clock.adjust({ now: CLOCK_MAX })

  t.same(await sessionsOf(fake), [])
  t.equal((await get(fake, id)).enabled, true)
})

t.test('a schedule has no run after the last moment of the clock', async (t) => {
  const fake = await startV3(t)
  await create(fake, { ...daily, frequency: '0 0 1 1 *', interval_count: 100 })

  fake.organization.clock.adjust({ now: CLOCK_MAX })

  t.same(
    await sessionsOf(fake),
    ['2027', '2127', '2227'].map((year) => [`${year}-01-01T00:00:00.000000Z`, 'Daily']),
  )
})

t.test('the runs of several schedules are in the order of their times', async (t) => {
  const fake = await startV3(t)
  await create(fake, { ...hourly, name: 'b', frequency: '30 * * * *' })
  await create(fake, { ...hourly, name: 'a' })
  await create(fake, { ...once, name: 'c', scheduled_at: '2026-01-02T04:15:00Z' })
  await create(fake, { ...hourly, name: 'd' })

  fake.advance(2 * 3_600)

  const sessions = await sessionsOf(fake)
  t.equal(sessions.map(([, title]) => title).join(''), 'badcbad')
  t.same(sessions, [...sessions].sort())
})

t.test('hundreds of schedules that are due at once all run', async (t) => {
  const fake = await startV3(t)
  for (let count = 0; count < 201; count++) await create(fake, { ...hourly, name: `${count}` })

  fake.advance(3_600)

  const titles = (await sessionsOf(fake)).map(([, title]) => title)
  t.same(titles, [...Array(201).keys()].map(String))
})

t.test('each moment makes one session, however many requests come at once', async (t) => {
  const fake = await startV3(t)
  await create(fake, hourly)
  await create(fake, { ...hourly, name: 'Other' })
  fake.advance(24 * 3_600)

  const requests = Array.from({ length: 20 }, (_, index) =>
    index % 2 === 0 ? fake.call('GET', '/v1/sessions?limit=1000') : fake.org('GET', '/schedules'),
  )
  const responses = await Promise.all(requests)

  for (const response of responses.filter((_, index) => index % 2 === 0)) {
    t.equal(response.json().sessions.length, 48)
  }
  t.equal((await sessionsOf(fake)).length, 48)
})

t.test('a moment is not repeated after the clock was set back', async (t) => {
  const fake = await startV3(t)
  await create(fake, hourly)
  fake.advance(3 * 3_600)
  t.equal((await sessionsOf(fake)).length, 3)

  fake.organization.clock.adjust({ now: NOW })
  t.equal((await sessionsOf(fake)).length, 3)
  fake.advance(2 * 3_600)
  t.equal((await sessionsOf(fake)).length, 3)
  fake.advance(2 * 3_600)
  t.equal((await sessionsOf(fake)).length, 4)
})

t.test('a restored state continues with its outstanding runs', async (t) => {
  const fake = await startV3(t)
  await create(fake, hourly)
  fake.advance(2 * 3_600)
  await sessionsOf(fake)
  const control = (method: string, path: string, body?: unknown) =>
    fake.app.inject({
      method: method as 'GET',
      url: `/_fake/${path}`,
      ...(body !== undefined && { payload: body as object }),
    })
  t.equal((await control('POST', 'snapshots', { name: 'two' })).statusCode, 201)
  await control('POST', 'clock/advance', { seconds: 7_200 })
  t.equal((await sessionsOf(fake)).length, 4)

  t.equal((await control('POST', 'snapshots/two/restore')).statusCode, 204)
  t.equal((await sessionsOf(fake)).length, 2)
  await control('POST', 'clock/advance', { seconds: 3_600 })
  t.equal((await sessionsOf(fake)).length, 3)

  const state = (await control('GET', 'state')).json()
  t.equal((await control('PUT', 'state', state)).statusCode, 204)
  t.same((await control('GET', 'state')).json(), state)
  await control('POST', 'clock/advance', { seconds: 3_600 })
  t.equal((await sessionsOf(fake)).length, 4)
})

t.test(
  'a request starts a limited number of missed runs, and the following ones start the others',
  async (t) => {
    const fake = await startV3(t)
    await create(fake, { ...daily, frequency: '* * * * *' })
    fake.advance(2 * RUNS_MAX * 60 + 60)

    t.equal((await sessionsOf(fake)).length, RUNS_MAX)
    t.equal((await sessionsOf(fake)).length, 2 * RUNS_MAX)
    t.equal((await sessionsOf(fake)).length, 2 * RUNS_MAX + 1)
    t.equal((await sessionsOf(fake)).length, 2 * RUNS_MAX + 1)
  },
)

t.test('a run whose scenario refuses the session counts as a failure', async (t) => {
  const fake = await startV3(t)
  const refusing = { scenario: { steps: [], create_error: { status: 403, detail: 'out_of_quota' } } }
  const rule = await fake.app.inject({ method: 'POST', url: '/_fake/scenarios', payload: refusing })
  t.equal(rule.statusCode, 201)
  const id = await create(fake, hourly)
  fake.advance(2 * 3_600)

  t.match(await get(fake, id), {
    consecutive_failures: 2,
    last_error_at: formatInstant(HOUR + 2 * AN_HOUR),
    last_error_message: 'out_of_quota',
    last_executed_at: formatInstant(HOUR + 2 * AN_HOUR),
    enabled: true,
  })
  t.same(await sessionsOf(fake), [])

  await fake.app.inject({ method: 'DELETE', url: `/_fake/scenarios/${rule.json().id}` })
  fake.advance(3_600)
  t.match(await get(fake, id), { consecutive_failures: 0, last_error_message: 'out_of_quota' })
})

t.test('a run with an unknown scenario in its prompt counts as a failure', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake, { ...hourly, prompt: '[fake:nonesuch]' })
  fake.advance(3_600)

  t.match(await get(fake, id), { consecutive_failures: 1, last_error_message: /nonesuch/ })
})

t.test('a run that exceeds the limit of the store counts as a failure', async (t) => {
  const start = async (limits: StoreLimits) => {
    const store = memoryStore(limits)
    const organizations = new Organizations({ store, clock: frozenClock, ids: randomIds })
    const fake = await startV3(t, { organizations })
    return { fake, store, id: await create(fake, hourly) }
  }
  const failureWith = async (limits: StoreLimits) => {
    const { fake, id } = await start(limits)
    fake.advance(2 * 3_600)
    const { consecutive_failures, last_error_message } = await get(fake, id)
    t.equal(consecutive_failures, 2)
    t.same(await sessionsOf(fake), [])
    return last_error_message
  }

  t.equal(await failureWith({ records: 1 }), 'the store is full: records')
  const bytes = (await start({})).store.bytesOf(DEFAULT_ORG_ID)
  t.equal(await failureWith({ bytes: bytes + 100 }), 'the store is full: bytes')
  // There is no room for the message, either.
  t.equal(await failureWith({ bytes: bytes + 5 }), null)
})

t.test('a schedule with a target sends its prompt to that session', async (t) => {
  const fake = await startV3(t)
  const session = (await fake.send('POST', '/v1/sessions', { prompt: 'x' })).json().session_id
  const id = await create(fake, { ...hourly, target_devin_id: session })
  fake.advance(3_600)

  const { messages } = (await fake.call('GET', `/v1/sessions/${session}`)).json()
  t.ok(messages.some(({ message }: { message: string }) => message === 'Check the queue'))
  t.equal((await sessionsOf(fake)).length, 1)

  const event = { at: NOW, messages: 0, effect: {} }
  await fake.organization.sessions.update(session, (before) => ({
    ...before,
    events: Array(SESSION_ITEMS_MAX).fill(event),
  }))
  fake.advance(3_600)
  t.match(await get(fake, id), {
    consecutive_failures: 1,
    last_error_message: 'the session is full: items',
  })
  await fake.call('DELETE', `/v1/sessions/${session}`)
  fake.advance(3_600)
  t.match(await get(fake, id), { consecutive_failures: 2, last_error_message: /exited|ended/ })
})

t.test('a schedule with an unknown target is refused', async (t) => {
  const fake = await startV3(t)
  const other = await fake.call('POST', '/v1/sessions', {
    payload: { prompt: 'x' },
    headers: { authorization: `Bearer ${OTHER_ORG_KEY}` },
  })
  const id = await create(fake, hourly)
  const target = { target_devin_id: other.json().session_id }

  for (const response of [
    await fake.org('POST', '/schedules', { ...hourly, ...target }),
    await fake.org('PATCH', `/schedules/${id}`, target),
  ]) {
    t.same([response.statusCode, response.json().detail], [404, 'Session not found'])
  }
})

t.test('a schedule runs as the user for whom it was created, or to whom it was given', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake, { ...hourly, create_as_user_id: 'email|abc' })
  t.equal((await get(fake, id)).created_by, 'email|abc')
  const creators = async () => {
    await sessionsOf(fake)
    const sessions = await fake.organization.sessions.list()
    return sessions.map(({ createdBy }) => createdBy?.id)
  }

  fake.advance(3_600)
  await creators()
  await fake.org('PATCH', `/schedules/${id}`, { run_as_user_id: 'email|def' })
  fake.advance(3_600)
  await creators()
  await fake.org('PATCH', `/schedules/${id}`, { run_as_user_id: null })
  fake.advance(3_600)

  t.same(await creators(), ['email|abc', 'email|def', 'service-user-fa4ede71000000000000000000000001'])
  t.equal((await get(fake, id)).last_edited_by, 'service-user-fa4ede71000000000000000000000001')
})

t.test('a schedule needs a permission, and another one to run as somebody else', async (t) => {
  const key = (name: string, permissions: string[]) => ({ key: `cog_${name}`, permissions })
  const keys = new KeyRegistry({
    keys: [key('none', []), key('schedules', ['ManageOrgSchedules'])],
  })
  const fake = await startV3(t, { keys })
  const as = (name: string) => ({ authorization: `Bearer cog_${name}` })

  t.equal((await fake.org('POST', '/schedules', daily, as('none'))).statusCode, 403)
  t.equal((await fake.org('GET', '/schedules', undefined, as('none'))).statusCode, 403)
  const impersonating = { ...daily, create_as_user_id: 'email|abc' }
  t.equal((await fake.org('POST', '/schedules', impersonating, as('schedules'))).statusCode, 403)
  const own = await fake.org('POST', '/schedules', daily, as('schedules'))
  t.equal(own.statusCode, 200)
  const path = `/schedules/${own.json().scheduled_session_id}`
  t.equal((await fake.org('PATCH', path, { run_as_user_id: 'u' }, as('schedules'))).statusCode, 403)
  t.equal((await fake.org('PATCH', path, { run_as_user_id: null }, as('schedules'))).statusCode, 200)
  t.equal((await fake.org('GET', '/schedules')).json().total, 1)
})

t.test('a session of a schedule fills the structured output of the playbook', async (t) => {
  const fake = await startV3(t)
  const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] }
  const playbook = { title: 't', body: 'b', structured_output_schema: schema }
  const playbookId = (await fake.org('POST', '/playbooks', playbook)).json().playbook_id
  await create(fake, { ...hourly, playbook_id: playbookId })
  fake.advance(3_600)
  await sessionsOf(fake)

  const [session] = await fake.organization.sessions.list()
  t.match(session, { playbookId, structuredOutputSchema: schema })
})

t.test('a change or deletion of a schedule during its runs takes effect at once', async (t) => {
  const fake = await startV3(t)
  const changed = await create(fake, { ...hourly, name: 'changed' })
  const deleted = await create(fake, { ...hourly, name: 'deleted' })
  const stopped = await create(fake, { ...hourly, name: 'stopped' })
  fake.advance(2 * 3_600)
  const { organization } = fake
  const { schedules } = organization
  let lists = 0
  Object.defineProperty(organization, 'schedules', {
    value: {
      get: (id: string) => schedules.get(id),
      update: (...changed: Parameters<typeof schedules.update>) => schedules.update(...changed),
      list: async (query: Parameters<typeof schedules.list>[0]) => {
        const listed = await schedules.list(query)
        if (++lists === 2) {
          await schedules.update(changed, (before) => ({ ...before, name: 'renamed' }))
          await schedules.update(stopped, (before) => ({ ...before, enabled: false }))
          await schedules.delete(deleted)
        }
        return listed
      },
    },
  })

  await runDueSchedules(organization)

  t.same(
    (await organization.sessions.list()).map(({ title }) => title),
    ['renamed', 'renamed'],
  )
})

t.test('the sessions of a schedule have its platform, and bypass approvals as it says', async (t) => {
  const fake = await startV3(t)
  await create(fake, { ...hourly, platform: 'windows', bypass_approval: true })
  await create(fake, hourly)
  fake.advance(3_600)

  await sessionsOf(fake)

  t.match(await fake.organization.sessions.list(), [
    { platform: 'windows', bypassApproval: true, structuredOutputRequired: true },
    { platform: 'linux', bypassApproval: false },
  ])
})

t.test('a failure of the server does not end the schedules', async (t) => {
  const fake = await startV3(t)
  await create(fake, hourly)
  fake.advance(3_600)
  const { choose } = fake.organization.scenarios
  fake.organization.scenarios.choose = async () => {
    throw new Error('broken')
  }
  t.equal((await fake.call('GET', '/v1/sessions')).statusCode, 500)

  fake.organization.scenarios.choose = choose
  fake.advance(3_600)

  // The moment of the failure is not repeated.
  t.same(await sessionsOf(fake), [[formatInstant(HOUR + 2 * AN_HOUR), 'Hourly']])
})

t.test('a seeded schedule runs from the start of the server on', async (t) => {
  const fake = await startV3(t)
  const seed = (schedules: unknown) =>
    fake.app.inject({
      method: 'PUT',
      url: '/_fake/state',
      payload: { organizations: [{ org_id: DEFAULT_ORG_ID, schedules }] },
    })
  const schedule = { name: 'Seeded', prompt: 'p', created_at: '2025-01-01T00:00:00Z' }
  const seeded = await seed([
    { ...schedule, frequency: '0 * * * *' },
    { ...schedule, schedule_type: 'one_time', scheduled_at: '2026-01-01T00:00:00Z' },
    {
      ...schedule,
      schedule_type: 'one_time',
      scheduled_at: '2026-01-02T04:00:00Z',
      runs_after: '2026-01-01',
    },
    { ...schedule, frequency: '0 * * * *', enabled: false },
  ])
  t.equal(seeded.statusCode, 204, seeded.body)
  await fake.app.inject({ method: 'POST', url: '/_fake/clock/advance', payload: { seconds: 3_600 } })

  t.equal((await sessionsOf(fake)).length, 2)
  const { items } = (await fake.org('GET', '/schedules')).json()
  t.match(items[0], { scheduled_session_id: /^sched-/, created_by: null, notify_on: 'failure' })

  const invalid = await seed([
    { ...schedule, frequency: 'daily' },
    schedule,
    { ...schedule, schedule_type: 'one_time' },
  ])
  t.equal(invalid.statusCode, 422)
  t.same(
    invalid
      .json()
      .detail.map(({ loc, msg }: { loc: string[]; msg: string }) => [loc.slice(-2).join('.'), msg]),
    [
      [
        '0.frequency',
        'Value error, A cron expression has five fields: minute, hour, day of the month, month, day of the week',
      ],
      ['1.frequency', 'Value error, required if it is recurring'],
      ['2.scheduled_at', 'Value error, required if it runs one time'],
    ],
  )
})
