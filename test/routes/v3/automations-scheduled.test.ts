// Automations that run by a schedule: src/organization/scheduled-automations.ts.
import t from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { CLOCK_MAX, unixSeconds } from '../../../src/base/clock.ts'
import { nextTurn } from '../../../src/fastapi/turns.ts'
import { receiveEvent } from '../../../src/organization/automation-runs.ts'
import { getAutomation } from '../../../src/organization/automations.ts'
import { runDueSchedules } from '../../../src/organization/schedules.ts'
import { NOW } from '../../fake.ts'
import { startV3, V3_KEY, type V3Fake } from '../../v3.ts'

/** The start of the hour of `NOW`, 2026-01-02T03:00:00Z, in Unix seconds. */
const HOUR = unixSeconds(NOW - (NOW % 3_600_000_000))

const scheduled = (rule: string, operator = 'matches') => ({
  event_type: 'schedule:recurring',
  conditions: { any: [{ all: [{ field: 'rrule', operator, value: rule }] }] },
})

const hourly = {
  name: 'Sweep',
  triggers: [scheduled('FREQ=HOURLY')],
  actions: [{ type: 'start_session', prompt: 'Sweep the queue' }],
  run_as: { type: 'organization' },
}

async function create(fake: V3Fake, changes: object = {}): Promise<string> {
  const created = await fake.org('POST', '/automations', { ...hourly, ...changes })
  t.equal(created.statusCode, 200, created.body)
  return created.json().automation_id
}

/** Returns the times and titles of the sessions, oldest first. */
async function sessionsOf({ org }: V3Fake): Promise<[number, string][]> {
  const { items } = (await org('GET', '/sessions')).json()
  return items
    .map(({ created_at, title }: { created_at: number; title: string }) => [created_at, title])
    .reverse()
}

t.test('an automation with a schedule starts its sessions at each moment, once', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake)
  t.same(await sessionsOf(fake), [])

  fake.advance(2 * 3_600)

  const sessions = [
    [HOUR + 3_600, 'Sweep'],
    [HOUR + 7_200, 'Sweep'],
  ]
  t.same(await sessionsOf(fake), sessions)
  t.same(await sessionsOf(fake), sessions)
  t.match(await fake.organization.sessions.list(), [
    { automationId: id, origin: 'automation', prompt: 'Sweep the queue' },
    { automationId: id },
  ])
  t.match((await fake.org('GET', `/automations/${id}`)).json(), {
    last_invocation: { status: 'succeeded', fired_at: HOUR + 7_200 },
  })
})

t.test('an event and a schedule do not exceed the limit of concurrent runs together', async (t) => {
  const fake = await startV3(t)
  const { organization } = fake
  const triggers = [...hourly.triggers, { event_type: 'github:issues', conditions: null }]
  const id = await create(fake, { triggers, concurrency: { max_concurrent_runs: 1 } })
  fake.advance(HOUR + 3_599 - unixSeconds(NOW))
  const { sessions } = organization
  const list = sessions.list.bind(sessions)
  let scheduled: Promise<void> | undefined
  // While the runs are counted for the event, a run becomes due.
  sessions.list = async (query) => {
    const counted = await list(query)
    if (scheduled === undefined) {
      fake.advance(1)
      scheduled = runDueSchedules(organization)
      for (let turns = 0; turns < 10; turns++) await nextTurn()
    }
    return counted
  }

  const automation = await getAutomation(organization, id)
  const started = await receiveEvent({ organization, automation }, { type: 'github:issues', data: null })
  await scheduled

  t.match(started, [{ automationId: id }])
  t.equal((await sessionsOf(fake)).length, 1)
})

t.test('a rule with the operator matches counts, and the earliest of several', async (t) => {
  const fake = await startV3(t)
  const daily = scheduled('FREQ=DAILY;BYHOUR=3;BYMINUTE=30', 'matches')
  await create(fake, { triggers: [scheduled('FREQ=HOURLY'), daily] })

  fake.advance(3_600)

  t.same(await sessionsOf(fake), [
    [HOUR + 1_800, 'Sweep'],
    [HOUR + 3_600, 'Sweep'],
  ])
})

t.test('a rule with the operator recurrence, which the contract lacks, counts as well', async (t) => {
  const fake = await startV3(t)
  const created = await fake.call('POST', `/v3/organizations/${DEFAULT_ORG_ID}/automations`, {
    headers: { authorization: `Bearer ${V3_KEY}` },
    payload: { ...hourly, triggers: [scheduled('FREQ=HOURLY', 'recurrence')] },
  })
  t.equal(created.statusCode, 200)

  fake.advance(3_600)

  t.same(await sessionsOf(fake), [[HOUR + 3_600, 'Sweep']])
})

t.test('an automation with as many rules as it may have runs by each of them', async (t) => {
  const fake = await startV3(t)
  const minutes = Array.from({ length: 50 }, (_, minute) => minute)
  await create(fake, { triggers: minutes.map((minute) => scheduled(`FREQ=HOURLY;BYMINUTE=${minute}`)) })

  fake.advance(3_600)

  t.same(
    (await sessionsOf(fake)).map(([time]) => (time - HOUR) / 60),
    [...minutes.slice(5), ...minutes.slice(0, 5).map((minute) => minute + 60)],
  )
})

t.test('schedules and automations run in the order of their times', async (t) => {
  const fake = await startV3(t)
  await create(fake, { triggers: [scheduled('FREQ=HOURLY;BYMINUTE=30')] })
  await fake.org('POST', '/schedules', { name: 'Hourly', prompt: 'p', frequency: '0 * * * *' })

  fake.advance(2 * 3_600)

  const titles = (await sessionsOf(fake)).map(([, title]) => title)
  t.same(titles, ['Sweep', 'Hourly', 'Sweep', 'Hourly'])
})

t.test('an automation without a supported rule never runs by itself', async (t) => {
  const fake = await startV3(t)
  await create(fake, { triggers: [scheduled('FREQ=DAILY;COUNT=3')] })
  await create(fake, { triggers: [{ event_type: 'schedule:recurring', conditions: null }] })
  await create(fake, { triggers: [{ event_type: 'github:issues', conditions: null }] })

  fake.advance(10 * 86_400)

  t.same(await sessionsOf(fake), [])
})

t.test(
  'a disabled or deleted automation does not run, and one that is enabled runs from then on',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake, { enabled: false })
    const deleted = await create(fake)
    await fake.org('DELETE', `/automations/${deleted}`)
    fake.advance(3_600)
    t.same(await sessionsOf(fake), [])

    await fake.org('PATCH', `/automations/${id}`, { enabled: true })
    t.same(await sessionsOf(fake), [])
    fake.advance(3_600)

    t.same(await sessionsOf(fake), [[HOUR + 7_200, 'Sweep']])
  },
)

t.test('an automation does not run after the last moment of the clock', async (t) => {
  const fake = await startV3(t)
  fake.organization.clock.adjust({ now: CLOCK_MAX })
  await create(fake)

  t.same(await sessionsOf(fake), [])
})

t.test('a change of another member does not skip a moment', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake)
  fake.advance(1_800)
  await fake.org('PATCH', `/automations/${id}`, { name: 'Renamed' })

  fake.advance(1_800)

  t.same(await sessionsOf(fake), [[HOUR + 3_600, 'Renamed']])
})

t.test('a run beyond a limit starts nothing, and a failed one is noted', async (t) => {
  const fake = await startV3(t)
  const limits = { invocations: { max_per_window: 1, window_seconds: 86_400 } }
  await create(fake, { limits })
  const failing = await create(fake, {
    name: 'Failing',
    actions: [{ type: 'start_session', prompt: '[fake:nonesuch]' }],
  })

  fake.advance(2 * 3_600)

  t.same(await sessionsOf(fake), [[HOUR + 3_600, 'Sweep']])
  t.match((await fake.org('GET', `/automations/${failing}`)).json(), {
    last_invocation: { status: 'failed', fired_at: HOUR + 7_200 },
  })
})

t.test('a change or deletion of an automation during its runs takes effect at once', async (t) => {
  const fake = await startV3(t)
  const [changed, deleted, stopped] = [await create(fake), await create(fake), await create(fake)]
  fake.advance(3_600)
  const { organization } = fake
  const { automations } = organization
  let lists = 0
  Object.defineProperty(organization, 'automations', {
    value: {
      get: (id: string) => automations.get(id),
      update: (...changed: Parameters<typeof automations.update>) => automations.update(...changed),
      list: async (query: Parameters<typeof automations.list>[0]) => {
        const listed = await automations.list(query)
        if (++lists === 2) {
          const rename = (name: string, enabled: boolean) => (before: (typeof listed)[number]) => ({
            ...before,
            settings: { ...before.settings, name, enabled },
          })
          await automations.update(changed, rename('Renamed', true))
          await automations.update(stopped, rename('Stopped', false))
          await automations.delete(deleted)
        }
        return listed
      },
    },
  })

  await runDueSchedules(organization)

  t.same(
    (await organization.sessions.list()).map(({ title }) => title),
    ['Renamed'],
  )
})

t.test('a failure of the server is not recorded as a failure of the automation', async (t) => {
  const fake = await startV3(t)
  await create(fake)
  fake.advance(3_600)
  fake.organization.scenarios.choose = async () => {
    throw new Error('broken')
  }

  t.equal((await fake.call('GET', '/v1/sessions')).statusCode, 500)
})

t.test(
  'a seeded automation runs from the start of the server on, and a state keeps the next run',
  async (t) => {
    const fake = await startV3(t)
    const { run_as, ...seeded } = hourly
    const put = (payload: object) => fake.app.inject({ method: 'PUT', url: '/_fake/state', payload })
    const advance = () => fake.send('POST', '/_fake/clock/advance', { seconds: 3_600 })
    await put({ organizations: [{ org_id: DEFAULT_ORG_ID, automations: [seeded] }] })
    const state = (await fake.app.inject('/_fake/state?reveal=true')).json()
    await advance()
    t.same(await sessionsOf(fake), [[HOUR + 3_600, 'Sweep']])

    await put(state)
    await advance()

    t.same(await sessionsOf(fake), [[HOUR + 3_600, 'Sweep']])
  },
)
