import t from 'tap'
import { DEFAULT_ORG_ID, DEFAULT_SERVICE_USER, DEFAULT_USER } from '../../../src/auth/principal.ts'
import { parseInstant } from '../../../src/base/clock.ts'
import { startEnterprise, statusesWith } from '../../enterprise.ts'
import { aSession } from '../../records.ts'

const OTHER = 'org-other'

/** 2026-01-01T08:00:00Z, the billing day of the clock of tests, in Unix seconds. */
const DAY = 1_767_254_400
const DAILY = '/consumption/daily'

const at = (text: string) => parseInstant(text) as number
const seconds = (text: string) => at(text) / 1_000_000

/** Starts an application with a session of a user in the default organization, and one of a service user in another. */
async function start(t: Parameters<typeof startEnterprise>[0]) {
  const fake = await startEnterprise(t)
  const scenario = { steps: [{ acus: 1.5 }] }
  const fields = { scenario, createdAt: DAY * 1_000_000 }
  const { organizations } = fake
  await organizations
    .get(DEFAULT_ORG_ID)
    .sessions.insert(aSession({ ...fields, id: 'devin-a', createdBy: DEFAULT_USER }))
  await organizations
    .get(OTHER)
    .sessions.insert(aSession({ ...fields, id: 'devin-b', createdBy: DEFAULT_SERVICE_USER }))
  const total = async (path: string) => (await fake.enterprise('GET', path)).json().total_acus
  const cycles = async (query = '') => (await fake.enterprise('GET', `/consumption/cycles${query}`)).json()
  return { ...fake, total, cycles }
}

t.test('GET /v3/enterprise/consumption/daily sums the ACUs of all organizations', async (t) => {
  const { enterprise, total } = await start(t)

  const response = (await enterprise('GET', DAILY)).json()

  t.match(response, { consumption_by_date: [{ acus: 3, date: DAY }], total_acus: 3 })
  t.equal(response.consumption_by_date.length, 1)
  t.equal(await total(`${DAILY}?time_before=${DAY}`), 0)
})

t.test(
  'GET /v3/enterprise/consumption/daily/… is that of an organization, a user or a service user',
  async (t) => {
    const { enterprise, total } = await start(t)

    t.equal(await total(`${DAILY}/organizations/${OTHER}`), 1.5)
    t.equal(await total(`${DAILY}/organizations/${OTHER}?time_before=${DAY}`), 0)
    t.equal(await total(`${DAILY}/users/${encodeURIComponent(DEFAULT_USER.id)}`), 1.5)
    t.equal(await total(`${DAILY}/users/bot_apk`), 1.5)
    t.equal(await total(`${DAILY}/users/${DEFAULT_SERVICE_USER.id}`), 0)
    t.equal(await total(`${DAILY}/users/unknown`), 0)
    t.equal(await total(`${DAILY}/service-users/${DEFAULT_SERVICE_USER.id}`), 1.5)
    t.equal(await total(`${DAILY}/service-users/unknown`), 0)
    const unknown = await enterprise('GET', `${DAILY}/organizations/org-unknown`)
    t.same([unknown.statusCode, unknown.json().detail], [404, 'Organization not found'])
  },
)

t.test(
  'GET /v3/enterprise/consumption/cycles has the months since the first organization, newest first',
  async (t) => {
    const { enterprise, organizations, cycles } = await start(t)
    const [january, february] = [seconds('2026-01-01T08:00:00Z'), seconds('2026-02-01T08:00:00Z')]
    t.same(await cycles(), {
      items: [{ after: january, before: february, start: january, end: february }],
      end_cursor: null,
      has_next_page: false,
      total: 1,
    })

    const { clock } = organizations.enterprise
    clock.adjust({ now: at('2026-04-01T07:59:59Z') })
    const first = await cycles('?first=2')
    t.match(first, {
      items: [
        { after: seconds('2026-03-01T08:00:00Z'), before: seconds('2026-04-01T08:00:00Z') },
        { after: seconds('2026-02-01T08:00:00Z'), before: seconds('2026-03-01T08:00:00Z') },
      ],
      has_next_page: true,
      total: 3,
    })

    clock.adjust({ now: at('2026-04-01T08:00:00Z') })
    const rest = await cycles(`?after=${encodeURIComponent(first.end_cursor)}`)
    t.match(rest, { items: [{ after: seconds('2026-01-01T08:00:00Z') }], has_next_page: false, total: 4 })
    t.equal(rest.items.length, 1)
    t.equal((await enterprise('GET', '/consumption/cycles?after=x')).statusCode, 400)
  },
)

t.test(
  'GET /v3/enterprise/consumption/cycles has the current one even if the clock was set back',
  async (t) => {
    const { organizations, cycles } = await start(t)
    organizations.enterprise.clock.adjust({ now: at('2025-12-24T00:00:00Z') })

    t.match((await cycles()).items, [{ after: seconds('2025-12-01T08:00:00Z') }])
  },
)

t.test('consumption of the enterprise needs ViewAccountConsumption or ManageBilling', async (t) => {
  const daily = ['', `/organizations/${DEFAULT_ORG_ID}`, '/users/x', '/service-users/x'].map(
    (path) => ['GET', `${DAILY}${path}`] as const,
  )
  const requests = [...daily, ['GET', '/consumption/cycles'] as const]

  t.same(await statusesWith(t, 'ViewAccountConsumption', requests), [200, 200, 200, 200, 403])
  t.same(await statusesWith(t, 'ManageBilling', requests), [200, 200, 200, 200, 200])
  t.same(await statusesWith(t, 'ViewOrgConsumption', requests), [403, 403, 403, 403, 403])
})
