import t from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { parseInstant } from '../../../src/base/clock.ts'
import { newLocation } from '../../engine.ts'
import { testDatabase } from '../../postgres.ts'
import { type ReplicaProcess, range, startReplica, startTwo, until } from './replica-process.ts'

const FROZEN = ['--clock', '2026-01-02T03:04:05Z']

/** How far a running clock may be behind another one, in microseconds. */
const SECOND = 1_000_000

async function timeOf({ ask }: ReplicaProcess): Promise<string> {
  return (await ask('GET', '/_fake/clock')).body.now
}

/** Resolves with the time of a server, in microseconds since the epoch. */
async function microsOf(server: ReplicaProcess): Promise<number> {
  return parseInstant(await timeOf(server)) as number
}

async function statusOf({ ask }: ReplicaProcess, sessionId: string): Promise<string> {
  return (await ask('GET', `/v1/sessions/${sessionId}`)).body.status_enum
}

t.test('frozen clocks show the same time on both replicas, regardless of which one moves them', async (t) => {
  const [one, other] = await startTwo(t, await testDatabase(t), FROZEN)
  for (const n of range(6)) {
    const [mover, onlooker] = n % 2 === 0 ? [one, other] : [other, one]
    await mover.ask('POST', '/_fake/clock/advance', { seconds: 61 })
    t.equal(await timeOf(onlooker), await timeOf(mover))
  }
  t.equal(await timeOf(one), '2026-01-02T03:10:11.000000Z')
  await other.ask('PUT', '/_fake/clock', { now: '2030-01-01T00:00:00Z' })
  t.equal(await timeOf(one), '2030-01-01T00:00:00.000000Z')
})

t.test(
  'an answer that is chosen through one replica applies on the other, and after a restart',
  async (t) => {
    const store = await testDatabase(t)
    const [one, other] = await startTwo(t, store)
    const deletion = async ({ ask }: ReplicaProcess) =>
      (await ask('DELETE', '/v1/secrets/secret-none')).status
    t.equal(await deletion(other), 404)

    await one.ask('PUT', '/_fake/answers', { answers: { 'v1-unknown-secret': '403' } })
    t.equal(await deletion(other), 403)
    await other.ask('PUT', '/_fake/answers', {
      org_id: DEFAULT_ORG_ID,
      answers: { 'v1-unknown-secret': '404' },
    })
    t.equal(await deletion(one), 404)
    await one.ask('DELETE', `/_fake/answers?org_id=${DEFAULT_ORG_ID}`)
    t.equal(await deletion(other), 403)

    t.equal(await deletion(await startReplica(t, store)), 403)
  },
)

t.test('many concurrent advances of a clock across both replicas all count', async (t) => {
  const both = await startTwo(t, await testDatabase(t), FROZEN)

  await Promise.all(range(50).map((n) => both[n % 2]?.ask('POST', '/_fake/clock/advance', { seconds: 1 })))

  for (const server of both) t.equal(await timeOf(server), '2026-01-02T03:04:55.000000Z')
})

t.test(
  'running clocks are never more than a second apart, regardless of which replica sets them',
  async (t) => {
    const [one, other] = await startTwo(t, await testDatabase(t))
    for (const settings of [{}, { now: '2030-01-01T00:00:00Z' }, { speed: 2 }]) {
      await other.ask('PUT', '/_fake/clock', settings)
      for (const _ of range(5)) {
        // However long a request takes, the time of the second one is between those of the others.
        const times = [await microsOf(one), await microsOf(other), await microsOf(one)]
        const [before = 0, between = 0, after = 0] = times
        t.ok(before - SECOND <= between && between <= after + SECOND, `${times}`)
      }
    }
  },
)

for (const engine of ['sqlite', 'postgres']) {
  t.test(`${engine}: a session continues after its server was killed and restarted`, async (t) => {
    const store = await newLocation(t, engine)
    const first = await startReplica(t, store, FROZEN)
    const { body } = await first.ask('POST', '/v1/sessions', { prompt: 'Fix it' })
    t.equal(await statusOf(first, body.session_id), 'working')
    await first.kill()

    // The flag is for a new store: this one has a clock.
    const second = await startReplica(t, store, ['--clock', '2040-01-01T00:00:00Z'])
    t.equal(await timeOf(second), '2026-01-02T03:04:05.000000Z')
    t.equal(await statusOf(second, body.session_id), 'working')
    await second.ask('POST', '/_fake/clock/advance', { seconds: 60 })
    t.equal(await statusOf(second, body.session_id), 'finished')
    await second.stop()

    const third = await startReplica(t, store, FROZEN)
    t.equal(await statusOf(third, body.session_id), 'finished')
    t.equal(await timeOf(third), '2026-01-02T03:05:05.000000Z')
  })

  t.test(`${engine}: a running clock continues while its server is down, and so do sessions`, async (t) => {
    const store = await newLocation(t, engine)
    const first = await startReplica(t, store, ['--speed', '60'])
    const { body } = await first.ask('POST', '/v1/sessions', { prompt: 'Fix it' })
    const [before, real] = [await microsOf(first), performance.now()]
    await first.kill()

    const second = await startReplica(t, store)
    const [after, passed] = [await microsOf(second), (performance.now() - real) * 1_000]
    const difference = after - before
    t.ok(difference > 0 && difference <= 60 * passed + 60 * SECOND, `${difference} in ${passed}`)
    t.equal((await second.ask('GET', '/_fake/clock')).body.speed, 60)
    await until('it is finished', async () => (await statusOf(second, body.session_id)) === 'finished')
  })
}

t.test('a step of a session is visible through both replicas at the same time', async (t) => {
  const [one, other] = await startTwo(t, await testDatabase(t), FROZEN)
  const steps = range(5).map((n) => ({ after_seconds: n * 10, message: `step ${n}`, status_enum: 'working' }))
  await one.ask('POST', '/_fake/scenarios', { scenario: { steps } })
  const { body } = await other.ask('POST', '/v1/sessions', { prompt: 'Fix it' })
  for (const n of range(5)) {
    const [first, second] = n % 2 === 0 ? [one, other] : [other, one]
    const shown = await first.ask('GET', `/v1/sessions/${body.session_id}`)
    t.equal(shown.body.messages.at(-1).message, `step ${n}`)
    t.same((await second.ask('GET', `/v1/sessions/${body.session_id}`)).body, shown.body)
    await second.ask('POST', '/_fake/clock/advance', { seconds: 10 })
  }
})
