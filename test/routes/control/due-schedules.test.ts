// What the control plane shows once schedules are due: src/state/service.ts, src/routes/control/sessions.ts.
import t from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { seededIds } from '../../../src/base/ids.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { frozenClock } from '../../fake.ts'
import { startV3, type V3Fake } from '../../v3.ts'

const hourly = { name: 'Hourly', prompt: 'Check the queue', frequency: '0 * * * *' }

/** Creates a schedule and lets it become due. */
async function becomeDue(fake: V3Fake): Promise<void> {
  await fake.org('POST', '/schedules', hourly)
  fake.advance(3_600)
}

/** Returns the titles of the sessions in a state document. */
const titlesIn = (state: { organizations: { sessions: { title: string }[] }[] }) =>
  state.organizations.flatMap(({ sessions }) => sessions.map(({ title }) => title))

for (const query of ['', `?org_id=${DEFAULT_ORG_ID}`]) {
  t.test(`GET /_fake/state${query} has the sessions of schedules that are due`, async (t) => {
    const fake = await startV3(t)
    await becomeDue(fake)

    t.same(titlesIn((await fake.app.inject(`/_fake/state${query}`)).json()), ['Hourly'])
  })

  t.test(`GET /_fake/sessions${query} has the sessions of schedules that are due`, async (t) => {
    const fake = await startV3(t)
    await becomeDue(fake)

    t.match((await fake.app.inject(`/_fake/sessions${query}`)).json(), {
      total: 1,
      sessions: [{ title: 'Hourly' }],
    })
  })

  t.test(`snapshots have the sessions of schedules that are due${query}`, async (t) => {
    const fake = await startV3(t)
    const org_id = query === '' ? undefined : DEFAULT_ORG_ID
    await becomeDue(fake)
    await fake.send('POST', '/_fake/snapshots', { name: 's', org_id })
    await fake.call('GET', '/v1/sessions')
    const diff = async () => (await fake.app.inject(`/_fake/snapshots/s/diff${query}`)).json()
    t.equal((await diff()).changed, false)

    fake.advance(3_600)

    t.match((await diff()).organizations, [{ records: { sessions: { added: [{ title: 'Hourly' }] } } }])
  })
}

t.test('the state of one organization does not run the schedules of another', async (t) => {
  const fake = await startV3(t)
  await becomeDue(fake)

  await fake.app.inject('/_fake/state?org_id=org-other')

  t.same(await fake.organization.sessions.list(), [])
})

t.test('POST /_fake/sessions/{session_id}/events finds the session of a schedule that is due', async (t) => {
  const start = () =>
    startV3(t, {
      organizations: new Organizations({
        store: memoryStore(),
        clock: frozenClock,
        ids: (owner) => seededIds(1, owner),
      }),
    })
  const [one, other] = [await start(), await start()]
  await becomeDue(one)
  await becomeDue(other)
  const { items } = (await one.org('GET', '/sessions')).json()

  const res = await other.send('POST', `/_fake/sessions/${items[0].session_id}/events`, { message: 'Hello' })

  t.equal(res.statusCode, 201)
})
