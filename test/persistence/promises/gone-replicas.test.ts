import t from 'tap'
import { testDatabase } from '../../postgres.ts'
import {
  createSecrets,
  type ReplicaProcess,
  range,
  secretNamed,
  secretNames,
  startReplica,
  startTwo,
  until,
} from './replica-process.ts'

/** How long the database may take to notice that a replica is gone, in milliseconds, on a busy machine. */
const NOTICED_MS = 10_000

t.test('a replica that is killed while it handles requests does not block the other one', async (t) => {
  const store = await testDatabase(t)
  const survivor = await startReplica(t, store)
  const acknowledged: string[] = []
  for (const round of range(3)) {
    const victim = await startReplica(t, store)
    let answers = 0
    const attempt: ReplicaProcess['attempt'] = async (...request) => {
      const answer = await victim.attempt(...request)
      answers += 1
      return answer
    }
    const clients = range(10).map((client) => createSecrets({ ...victim, attempt }, `${round}-${client}`))
    await until('there are enough answers', () => answers >= 40)
    await victim.kill()

    const start = performance.now()
    t.equal((await survivor.ask('POST', '/v1/secrets', secretNamed(`after-${round}`))).status, 200)
    t.ok(performance.now() - start < NOTICED_MS)
    acknowledged.push(...(await Promise.all(clients)).flat())
    const found = new Set(await secretNames(survivor))
    t.same(
      acknowledged.filter((name) => !found.has(name)),
      [],
    )
  }
})

t.test('a replica that is stopped with a signal loses no acknowledged write', async (t) => {
  const store = await testDatabase(t)
  const [one, other] = await startTwo(t, store)
  const asked = range(30).map((n) => one.attempt('POST', '/v1/secrets', secretNamed(`S${n}`)))
  await Promise.race(asked)

  const code = await one.stop()

  const answers = await Promise.all(asked)
  const created = answers.flatMap(({ status }, n) => (status === 200 ? [`S${n}`] : []))
  t.equal(code, 0)
  const found = new Set(await secretNames(other))
  t.same(
    created.filter((name) => !found.has(name)),
    [],
  )
  t.same(
    answers.filter(({ status }) => ![0, 200].includes(status)),
    [],
  )
})

t.test('a replica without requests during more than a thousand commits shows their result', async (t) => {
  const [busy, idle] = await startTwo(t, await testDatabase(t))
  const { body } = await idle.ask('POST', '/v1/secrets', secretNamed('FIRST'))
  for (const n of range(5)) await busy.ask('POST', '/v1/secrets', secretNamed(`S${n}`))
  await busy.ask('DELETE', `/v1/secrets/${body.id}`)
  // One after the other, so that each is a commit. The database keeps a thousand of them.
  for (const _ of range(1_150)) await busy.ask('POST', '/_fake/clock/advance', { seconds: 1 })

  t.same(await secretNames(idle), ['S0', 'S1', 'S2', 'S3', 'S4'])
  t.equal((await idle.ask('GET', '/_fake/requests')).body.total, 8)
})
