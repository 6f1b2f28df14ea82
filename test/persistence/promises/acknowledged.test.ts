import t from 'tap'
import { newLocation } from '../../engine.ts'
import { type ReplicaProcess, range, secretNamed, startReplica, until } from './replica-process.ts'

/** How many clients send requests at the same time. */
const CLIENTS = 12

/** What clients have been told about secrets, and their requests that were answered. */
interface Told {
  readonly created: Map<string, string>
  readonly deleted: Set<string>
  /** The ids of secrets whose deletion was sent but not answered. */
  readonly unsure: Set<string>
  answers: number
}

/** Creates secrets, and deletes some of them, until the connection is lost. */
async function write({ attempt }: ReplicaProcess, told: Told, prefix: string): Promise<void> {
  for (let n = 0; ; n += 1) {
    const name = `${prefix}-${n}`
    const created = await attempt('POST', '/v1/secrets', secretNamed(name))
    if (created.status === 0) return
    if (created.status !== 200) throw new Error(`${created.status} ${created.text}`)
    told.answers += 1
    told.created.set(created.body.id, name)
    if (n % 3 !== 0) continue
    told.unsure.add(created.body.id)
    const deleted = await attempt('DELETE', `/v1/secrets/${created.body.id}`)
    if (deleted.status === 0) return
    if (deleted.status !== 200) throw new Error(`${deleted.status} ${deleted.text}`)
    told.answers += 1
    told.unsure.delete(created.body.id)
    told.deleted.add(created.body.id)
  }
}

for (const engine of ['sqlite', 'postgres']) {
  t.test(`${engine}: a server that is killed while it writes loses no acknowledged write`, async (t) => {
    const store = await newLocation(t, engine)
    const told: Told = { created: new Map(), deleted: new Set(), unsure: new Set(), answers: 0 }
    const flags = ['--journal-entries', '100000']
    let server = await startReplica(t, store, flags)
    for (const round of range(4)) {
      const enough = told.answers + 60 * (round + 1)
      const clients = range(CLIENTS).map((client) => write(server, told, `${round}-${client}`))
      await until('there are enough answers', () => told.answers >= enough)
      await server.kill()
      await Promise.all(clients)

      server = await startReplica(t, store, flags)
      const { body } = await server.ask('GET', '/v1/secrets')
      const found = new Map(body.map(({ id, key }: { id: string; key: string }) => [id, key]))
      const lost = [...told.created].filter(([id, name]) => {
        const mayBeGone = told.deleted.has(id) || told.unsure.has(id)
        return !mayBeGone && found.get(id) !== name
      })
      t.same(lost, [])
      t.same(
        [...told.deleted].filter((id) => found.has(id)),
        [],
      )
      const journal = await server.ask('GET', '/_fake/requests?status=200')
      const { requests } = journal.body as {
        requests: { method: string; path: string; body?: { key: string } }[]
      }
      const recorded = new Set(requests.map(({ body }) => body?.key))
      t.same(
        [...told.created.values()].filter((name) => !recorded.has(name)),
        [],
      )
      const deletions = new Set(requests.map(({ method, path }) => `${method} ${path}`))
      t.same(
        [...told.deleted].filter((id) => !deletions.has(`DELETE /v1/secrets/${id}`)),
        [],
      )
      t.equal(journal.body.dropped, 0)
    }
    t.equal(server.output(), '')
  })
}
