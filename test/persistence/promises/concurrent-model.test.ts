import fc from 'fast-check'
import t from 'tap'
import { mintCogKeys } from '../../../src/auth/cog-keys.ts'
import { seededIds } from '../../../src/base/ids.ts'
import { afterAll, type Done, NOTHING, type Visible } from '../../model/model.ts'
import { LISTS, type Operation, operation } from '../../model/operations.ts'
import { type IdOf, type ModelRequest, requestOf } from '../../model/requests.ts'
import { testDatabase } from '../../postgres.ts'
import { type ReplicaProcess, startReplica } from './replica-process.ts'

/** Two organizations, each with a key for each generation. */
const KEYS = ['one', 'two'].map((name, n) => {
  const orgId = `org-${String(n + 1).repeat(32)}`
  const v1 = `apk_${Buffer.from(`${orgId}:${'0'.repeat(32)}`).toString('base64')}`
  return { orgId, v1, v3: mintCogKeys(orgId, seededIds(1, name)).service }
})

type Keys = (typeof KEYS)[number]

/** A call of an organization, to one of the replicas. */
interface Call {
  readonly org: number
  readonly replica: number
  readonly operation: Operation
}

const call: fc.Arbitrary<Call> = fc.record({
  org: fc.nat({ max: 1 }),
  replica: fc.nat({ max: 1 }),
  operation,
})

/** Concurrent calls, or the number of a replica that is killed and started again. */
const step = fc.oneof(
  { weight: 20, arbitrary: fc.array(call, { minLength: 1, maxLength: 6 }) },
  { weight: 1, arbitrary: fc.nat({ max: 1 }) },
)

/** Every id that was returned, and the possible states of each organization: the order of concurrent calls is not always known. */
interface Known {
  readonly ids: Set<string>
  readonly seen: Visible[][]
}

/** Returns the function that selects the target of an operation among the ids that were returned before. */
function idIn(ids: ReadonlySet<string>): IdOf {
  return (kind, number) => {
    const of = [...ids].filter((id) => (id.includes('/') ? kind === 'attachment' : id.startsWith(kind)))
    return of[number % (of.length || 1)] ?? (kind === 'attachment' ? 'none/none' : `${kind}-none`)
  }
}

function bodyOf({ body, file }: ModelRequest): unknown {
  if (file === undefined) return body
  const form = new FormData()
  form.append('file', new Blob(['bytes']), file)
  return form
}

/** Sends calls at the same time. Throws an Error if one server could not have given these answers in any order. */
async function send(servers: readonly ReplicaProcess[], calls: readonly Call[], known: Known): Promise<void> {
  const idOf = idIn(known.ids)
  const sent = calls.map(async ({ org, replica, operation }): Promise<Done> => {
    const { orgId, ...keys } = KEYS[org] as Keys
    let id = ''
    const noteId: IdOf = (...target) => {
      id = idOf(...target)
      return id
    }
    const request = requestOf(operation, noteId, orgId)
    const { ask } = servers[replica] as ReplicaProcess
    const { status, body } = await ask(request.method, request.path, bodyOf(request), keys[operation.by])
    return { operation, id, status, body }
  })
  const done = await Promise.all(sent)
  for (const org of KEYS.keys()) {
    const own = done.filter((_, at) => calls[at]?.org === org)
    const next = afterAll(known.seen[org] ?? [NOTHING], own)
    if (next.length === 0) throw new Error(`no order explains these answers: ${JSON.stringify(own)}`)
    known.seen[org] = next
    for (const { secrets, sessions, notes, playbooks, attachments } of next) {
      for (const records of [secrets, sessions, notes, playbooks, attachments])
        for (const id of records.keys()) known.ids.add(id)
    }
  }
}

/** All lists of all organizations, through both replicas. */
const LIST_ALL = LISTS.map((operation) =>
  [0, 1].flatMap((replica) => [...KEYS.keys()].map((org) => ({ org, replica, operation }))),
)

t.test('concurrent calls of both generations over two replicas are answered as by one server', async (t) => {
  const store = await testDatabase(t)
  const servers = [await startReplica(t, store), await startReplica(t, store)]

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const known: Known = { ids: new Set(), seen: [] }
      await servers[0]?.ask('POST', '/_fake/reset')
      for (const one of steps) {
        if (typeof one === 'number') {
          await servers[one]?.kill()
          servers[one] = await startReplica(t, store)
        } else {
          await send(servers, one, known)
        }
      }
      for (const calls of LIST_ALL) await send(servers, calls, known)
    }),
    { seed: 7, numRuns: 20, interruptAfterTimeLimit: 200_000 },
  )
})
