import t from 'tap'
import { startFake } from '../../fake.ts'

const OTHER = 'org-other'

t.test('GET /_fake/clock shows the time and how it passes', async (t) => {
  const { app } = await startFake(t)

  t.same((await app.inject('/_fake/clock')).json(), {
    now: '2026-01-02T03:04:05.678901Z',
    frozen: false,
    speed: 1,
  })
})

t.test('PUT /_fake/clock sets what is given and leaves the rest, for all', async (t) => {
  const { send, organization } = await startFake(t)

  await send('PUT', '/_fake/clock', { now: '1970-01-01T00:00:01Z', frozen: true, speed: 60 })
  const res = await send('PUT', '/_fake/clock', { frozen: false })

  t.same(res.json(), { now: '1970-01-01T00:00:01.000000Z', frozen: false, speed: 60 })
  t.same([organization.clock.now(), organization.clock.speed], [1_000_000, 60])
})

t.test('PUT /_fake/clock takes instant, and a number ends it', async (t) => {
  const { send, organization } = await startFake(t)

  t.equal((await send('PUT', '/_fake/clock', { speed: 'instant' })).json().speed, 'instant')
  t.equal(organization.clock.instant, true)
  t.equal((await send('PUT', '/_fake/clock', { speed: 2 })).json().speed, 2)
  t.equal(organization.clock.instant, false)
})

t.test('PUT /_fake/clock refuses a time that the clock cannot show, and changes nothing', async (t) => {
  const { send, organization } = await startFake(t)
  const before = organization.clock.now()

  for (const now of ['1969-12-31T00:00:00Z', 'noon']) {
    t.equal((await send('PUT', '/_fake/clock', { now, frozen: true })).statusCode, 422, now)
  }
  t.same([organization.clock.now(), organization.clock.frozen], [before, false])
})

t.test(
  'POST /_fake/clock/advance lets time pass, for one organization alone where it is named',
  async (t) => {
    const { app, send, organization } = await startFake(t)
    const before = organization.clock.now()

    const res = await send('POST', '/_fake/clock/advance', { seconds: 90, org_id: OTHER })

    t.equal(res.json().now, '2026-01-02T03:05:35.678901Z')
    t.equal(organization.clock.now(), before)
    t.equal((await app.inject(`/_fake/clock?org_id=${OTHER}`)).json().now, '2026-01-02T03:05:35.678901Z')
    await send('POST', '/_fake/clock/advance', { seconds: 1 })
    t.equal(organization.clock.now(), before + 1_000_000)
  },
)
