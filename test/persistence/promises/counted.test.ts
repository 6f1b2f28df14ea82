import t from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { testDatabase } from '../../postgres.ts'
import { type Answer, type ReplicaProcess, range, startReplica, startTwo } from './replica-process.ts'

/** The status of the faults, which no server gives by itself. */
const STRUCK = 418

/** Sends a GET to servers in turn, all at the same time. */
function ofAll(servers: readonly ReplicaProcess[], times: number, path: string): Promise<Answer[]> {
  return Promise.all(
    range(times).map((n) => (servers[n % servers.length] as ReplicaProcess).ask('GET', path)),
  )
}

/** Sends a GET to servers in turn, one after the other. */
async function oneByOne(servers: readonly ReplicaProcess[], times: number, path: string): Promise<number[]> {
  const statuses: number[] = []
  for (const n of range(times)) {
    const server = servers[n % servers.length] as ReplicaProcess
    statuses.push((await server.ask('GET', path)).status)
  }
  return statuses
}

const struckIn = (answers: readonly Answer[]) => answers.filter(({ status }) => status === STRUCK).length

t.test(
  'a fault with `times` strikes exactly that many concurrent requests across both replicas',
  async (t) => {
    const both = await startTwo(t, await testDatabase(t))

    for (const [n, times] of [1, 3, 10].entries()) {
      const server = both[n % 2] as ReplicaProcess
      await server.ask('POST', '/_fake/faults', { path: '/v1/secrets', status: STRUCK, times })
      t.equal(struckIn(await ofAll(both, 40, '/v1/secrets')), times)
      for (const { ask } of both) t.same((await ask('GET', '/_fake/faults')).body, { faults: [] })
    }
  },
)

t.test('a fault with `after` spares exactly that many requests across both replicas', async (t) => {
  const both = await startTwo(t, await testDatabase(t))
  const fault = { path: '/v1/secrets', status: STRUCK, after: 5, times: 3 }

  await both[0].ask('POST', '/_fake/faults', fault)
  const statuses = await oneByOne(both, 10, '/v1/secrets')
  t.same(statuses, [200, 200, 200, 200, 200, STRUCK, STRUCK, STRUCK, 200, 200])

  const { body } = await both[1].ask('POST', '/_fake/faults', { ...fault, after: 30, times: 100 })
  t.equal(struckIn(await ofAll(both, 40, '/v1/secrets')), 10)
  for (const { ask } of both) {
    const { matched, struck, left } = (await ask('GET', `/_fake/faults/${body.id}`)).body
    t.same({ matched, struck, left }, { matched: 40, struck: 10, left: 90 })
  }
})

t.test(
  'with --seed-ids, a fault with a probability strikes the same requests as on one server',
  async (t) => {
    const flags = ['--seed-ids', '3']
    const both = await startTwo(t, await testDatabase(t), flags)
    const single = await startReplica(t, 'memory', flags)
    const fault = { path: '/v1/secrets', status: STRUCK, probability: 0.5 }
    for (const { ask } of [both[0], single]) await ask('POST', '/_fake/faults', fault)

    const statuses = await oneByOne(both, 30, '/v1/secrets')

    t.same(statuses, await oneByOne([single], 30, '/v1/secrets'))
    t.ok(statuses.includes(200) && statuses.includes(STRUCK))
  },
)

t.test('a fault that one replica deletes strikes no request to the other', async (t) => {
  const [one, other] = await startTwo(t, await testDatabase(t))
  for (const _ of range(5)) {
    const { body } = await one.ask('POST', '/_fake/faults', { status: STRUCK })
    t.equal((await other.ask('GET', '/v1/secrets')).status, STRUCK)
    await one.ask('DELETE', `/_fake/faults/${body.id}`)
    t.equal((await other.ask('GET', '/v1/secrets')).status, 200)
  }
})

t.test('a step with `after_reads` counts each read through either replica once', async (t) => {
  const both = await startTwo(t, await testDatabase(t))
  const steps = [{ status_enum: 'working' }, { after_reads: 10, status_enum: 'finished' }]
  await both[0].ask('POST', '/_fake/scenarios', { scenario: { steps } })

  for (const n of range(3)) {
    const { body } = await (both[n % 2] as ReplicaProcess).ask('POST', '/v1/sessions', { prompt: 'Fix it' })
    const reads = await ofAll(both, 30, `/v1/sessions/${body.session_id}`)
    const shown = reads.map(({ body }) => body.status_enum)
    t.equal(shown.filter((status) => status === 'working').length, 9)
    t.equal(shown.filter((status) => status === 'finished').length, 21)
  }
})

t.test(
  'a schedule that is due starts each of its sessions once, regardless of the replicas that receive requests',
  async (t) => {
    const flags = ['--clock', '2026-01-02T03:04:05Z']
    const both = await startTwo(t, await testDatabase(t), flags)
    const single = await startReplica(t, 'memory', flags)
    const path = `/v3/organizations/${DEFAULT_ORG_ID}`
    const schedule = { name: 'Hourly', prompt: 'Check the queue', frequency: '0 * * * *' }
    // Both have looked for schedules before there is one.
    for (const { ask } of both) t.same((await ask('GET', `${path}/sessions`)).body.items, [])
    for (const { ask } of [both[0], single]) await ask('POST', `${path}/schedules`, schedule)

    for (const n of range(3)) {
      for (const { ask } of [both[n % 2] as ReplicaProcess, single])
        await ask('POST', '/_fake/clock/advance', { seconds: 7_200 })
      const startedAt = ({ body }: Answer) => body.items.map((one: { created_at: number }) => one.created_at)
      const wanted = startedAt(await single.ask('GET', `${path}/sessions`))
      // First the one that has not created it.
      const lists = await ofAll([both[1], both[0]], 12, `${path}/sessions`)
      t.equal(wanted.length, 2 * (n + 1))
      for (const list of lists) t.same(startedAt(list), wanted)
    }
  },
)
