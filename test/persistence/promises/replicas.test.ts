import t from 'tap'
import { testDatabase } from '../../postgres.ts'
import { type Answer, range, secretNamed, secretNames, startReplica, startTwo } from './replica-process.ts'

/** How many requests with a status there are. */
const count = (answers: readonly Answer[], wanted: number) =>
  answers.filter(({ status }) => status === wanted).length

t.test('a replica shows at once what another one creates, changes or deletes', async (t) => {
  const [one, other] = await startTwo(t, await testDatabase(t))

  for (const [writer, reader] of [
    [one, other],
    [other, one],
  ] as const) {
    for (const n of range(20)) {
      const { body } = await writer.ask('POST', '/v1/secrets', secretNamed(`S${n}`))
      t.same(await secretNames(reader), [`S${n}`])
      t.equal((await reader.ask('DELETE', `/v1/secrets/${body.id}`)).status, 200)
      t.equal((await writer.ask('DELETE', `/v1/secrets/${body.id}`)).status, 404)
      t.same(await secretNames(writer), [])
    }
  }
  t.equal(one.output() + other.output(), '')
})

t.test('a message that one replica receives is in the session on the other', async (t) => {
  const [one, other] = await startTwo(t, await testDatabase(t))
  const { body } = await one.ask('POST', '/v1/sessions', { prompt: 'Fix it [fake:never]' })
  const path = `/v1/sessions/${body.session_id}`

  for (const n of range(10)) {
    const [sender, reader] = n % 2 === 0 ? [one, other] : [other, one]
    await sender.ask('POST', `${path}/message`, { message: `number ${n}` })
    await reader.ask('PUT', `${path}/tags`, { tags: [`tag-${n}`] })

    for (const { ask } of [one, other]) {
      const session = await ask('GET', path)
      t.equal(session.body.messages.at(-1).message, `number ${n}`)
      t.same(session.body.tags, [`tag-${n}`])
    }
  }
})

t.test('one of many requests to both replicas for the same name of a secret succeeds', async (t) => {
  const both = await startTwo(t, await testDatabase(t))

  for (const round of range(5)) {
    const asked = range(40).map((n) => both[n % 2]?.ask('POST', '/v1/secrets', secretNamed(`S${round}`)))
    const answers = (await Promise.all(asked)) as Answer[]

    t.same([count(answers, 200), count(answers, 409)], [1, 39])
  }
  for (const server of both) t.same(await secretNames(server), ['S0', 'S1', 'S2', 'S3', 'S4'])
})

t.test('one of many requests to both replicas to delete a secret succeeds', async (t) => {
  const both = await startTwo(t, await testDatabase(t))
  const { body } = await both[0].ask('POST', '/v1/secrets', secretNamed('ONE'))

  const asked = range(40).map((n) => both[n % 2]?.ask('DELETE', `/v1/secrets/${body.id}`))
  const answers = (await Promise.all(asked)) as Answer[]

  t.same([count(answers, 200), count(answers, 404)], [1, 39])
})

t.test('many idempotent requests with one prompt across both replicas create one session', async (t) => {
  const both = await startTwo(t, await testDatabase(t))

  for (const prompt of ['Fix it', 'Fix it again', 'Fix it once more']) {
    const asked = range(40).map((n) => both[n % 2]?.ask('POST', '/v1/sessions', { prompt, idempotent: true }))
    const answers = (await Promise.all(asked)) as Answer[]

    t.equal(new Set(answers.map(({ body }) => body.session_id)).size, 1)
    t.equal(answers.filter(({ body }) => body.is_new_session).length, 1)
  }
  for (const { ask } of both) t.equal((await ask('GET', '/v1/sessions')).body.sessions.length, 3)
})

t.test('replicas that start at the same time on an empty database fill it once', async (t) => {
  const store = await testDatabase(t)

  const servers = await Promise.all(range(3).map(() => startReplica(t, store, ['--seed-ids', '1'])))

  const created = servers.map(({ ask }, n) => ask('POST', '/v1/secrets', secretNamed(`S${n}`)))
  const ids = (await Promise.all(created)).map(({ body }) => body.id)
  t.equal(new Set(ids).size, 3)
  for (const server of servers) t.same(await secretNames(server), ['S0', 'S1', 'S2'])
})

t.test(
  'with --seed-ids, concurrent requests across both replicas and restarts never reuse an id',
  async (t) => {
    const store = await testDatabase(t)
    const ids = new Set<string>()
    for (const round of range(2)) {
      const both = await startTwo(t, store, ['--seed-ids', '1'])
      const created = range(40).map((n) =>
        both[n % 2]?.ask('POST', '/v1/secrets', secretNamed(`${round}-${n}`)),
      )
      for (const answer of await Promise.all(created)) ids.add(answer?.body.id)
      await Promise.all([both[0].kill(), both[1].stop()])
    }

    t.equal(ids.size, 80)
  },
)

t.test(
  'with --seed-ids, alternating requests to two replicas get the same ids as from one server in memory',
  async (t) => {
    const flags = ['--seed-ids', '7', '--clock', '2026-01-02T03:04:05Z']
    const both = await startTwo(t, await testDatabase(t), flags)
    const single = await startReplica(t, 'memory', flags)

    for (const n of range(12)) {
      const server = both[n % 2] as (typeof both)[0]
      const answers = [server, single].map(async ({ ask }) => [
        (await ask('POST', '/v1/secrets', secretNamed(`S${n}`))).body,
        (await ask('POST', '/v1/sessions', { prompt: 'Fix it' })).body,
        (await ask('GET', '/v3/organizations/org-test/sessions')).body,
        (await ask('POST', '/_fake/organizations', { name: `O${n}` })).body,
      ])
      const [found, wanted] = await Promise.all(answers)
      t.same(found, wanted)
    }
  },
)
