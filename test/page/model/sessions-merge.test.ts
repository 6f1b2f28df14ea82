import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import type { SessionSummary } from '../../../src/page/model/sessions.ts'
import {
  CHANGED_MAX,
  ChangedSessions,
  keyOf,
  mapOf,
  merged,
  movedBetween,
  type SessionMap,
} from '../../../src/page/model/sessions-merge.ts'
import type { LiveEvent } from '../../../src/schemas/control/events.ts'
import { summary } from './summaries.ts'

const one = summary({ session_id: 'devin-1' })
const two = summary({ session_id: 'devin-2' })
const three = summary({ session_id: 'devin-3' })

/** Returns the ids in a map, in order. */
function idsIn(map: SessionMap): string[] {
  return [...map.values()].map(({ session_id }) => session_id)
}

t.test('an answer replaces changed sessions, adds new ones and removes deleted ones', (t) => {
  const changed = summary({ session_id: 'devin-2', title: 'Changed' })
  const before = mapOf([two, one])
  const after = merged(before, ['devin-1', 'devin-2', 'devin-3'], [three, changed])

  t.same([...after.values()], [three, changed])
  t.same(idsIn(before), ['devin-2', 'devin-1'])
  t.same(idsIn(merged(before, ['devin-1'], [one])), ['devin-2', 'devin-1'])
  t.same(idsIn(merged(before, [], [])), ['devin-2', 'devin-1'])
  t.end()
})

t.test('sessions of the same id in two organizations are told apart', (t) => {
  const other = summary({ session_id: 'devin-1', org_id: 'org-2' })
  const map = mapOf([one, other])

  t.equal(map.size, 2)
  t.same([...merged(map, ['devin-1'], [other]).keys()], [keyOf(other)])
  t.end()
})

t.test('sessions that are new or in another column have moved', (t) => {
  const finished = summary({ session_id: 'devin-1', status_enum: 'finished' })
  const retitled = summary({ session_id: 'devin-2', title: 'Other' })

  t.same(movedBetween(mapOf([one, two]), mapOf([three, finished, retitled])), [three, finished])
  t.same(movedBetween(mapOf([one]), mapOf([one])), [])
  t.end()
})

t.test('all sessions are read first, and later those that events name', (t) => {
  const changed = new ChangedSessions()
  t.equal(changed.isEmpty, false)
  t.equal(changed.isAll, true)
  changed.add(['devin-1'])
  t.equal(changed.take(), 'all')
  t.equal(changed.isEmpty, true)

  t.equal(changed.note({ kind: 'session', org_id: 'org-1', id: 'devin-1' }), true)
  t.equal(
    changed.note({
      kind: 'record',
      org_id: 'org-1',
      collection: 'sessions',
      id: 'devin-2',
      action: 'deleted',
    }),
    true,
  )
  t.equal(
    changed.note({
      kind: 'record',
      org_id: 'org-1',
      collection: 'secrets',
      id: 'secret-1',
      action: 'created',
    }),
    false,
  )
  t.equal(changed.note({ kind: 'faults', org_id: null, action: 'created' }), false)
  t.equal(changed.isAll, false)
  t.same(changed.take(), ['devin-1', 'devin-2'])
  t.same(changed.take(), [])
  t.end()
})

for (const kind of ['resync', 'reset', 'clock'] as const) {
  t.test(`after ${kind}, all sessions have to be read`, (t) => {
    const changed = new ChangedSessions()
    changed.take()
    changed.add(['devin-1'])

    t.equal(changed.note({ kind, org_id: null }), true)
    t.equal(changed.isAll, true)
    t.equal(changed.take(), 'all')
    t.end()
  })
}

t.test('all sessions have to be read after a change of organizations or of very many sessions', (t) => {
  const changed = new ChangedSessions()
  changed.take()
  t.equal(changed.note({ kind: 'organizations', org_id: 'org-1', action: 'deleted' }), true)
  t.equal(changed.take(), 'all')

  changed.add(Array.from({ length: CHANGED_MAX + 1 }, (_, index) => `devin-${index}`))
  t.equal(changed.take(), 'all')
  t.end()
})

/** What can happen on a server. */
type Change =
  | { readonly do: 'put'; readonly id: string; readonly title: string }
  | { readonly do: 'delete'; readonly id: string }
  | { readonly do: 'reset' }
  | { readonly do: 'read' }

const id = fc.constantFrom('devin-1', 'devin-2', 'devin-3', 'devin-4')
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('put' as const), id, title: fc.string() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), id }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reset' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'read' as const }) },
)

/** Changes the sessions of a server. Returns the event that says so. */
function perform(server: Map<string, SessionSummary>, change: Exclude<Change, { do: 'read' }>): LiveEvent {
  if (change.do === 'reset') {
    server.clear()
    return { kind: 'reset', org_id: null }
  }
  const action = change.do === 'delete' ? 'deleted' : 'updated'
  if (change.do === 'delete') server.delete(change.id)
  else server.set(change.id, summary({ session_id: change.id, title: change.title }))
  return { kind: 'record', org_id: 'org-1', collection: 'sessions', id: change.id, action }
}

t.test(
  'property: with any order of events and reads, the map equals the result of reading everything',
  (t) => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 40 }),
        fc.infiniteStream(fc.nat({ max: 3 })),
        (changes, delays) => {
          const server = new Map<string, SessionSummary>()
          const changed = new ChangedSessions()
          const late: LiveEvent[] = []
          let map: SessionMap = new Map()
          const read = () => {
            const ids = changed.take()
            const answer = [...server.values()]
            map =
              ids === 'all'
                ? mapOf(answer)
                : merged(
                    map,
                    ids,
                    answer.filter((one) => ids.includes(one.session_id)),
                  )
          }
          for (const change of changes) {
            if (change.do === 'read') read()
            else late.push(perform(server, change))
            // Events arrive some time after what they are about, in their order.
            for (let left = delays.next().value ?? 0; left > 0; left--) {
              const event = late.shift()
              if (event !== undefined) changed.note(event)
            }
          }
          for (const event of late) changed.note(event)
          read()

          return isDeepStrictEqual(map, mapOf([...server.values()]))
        },
      ),
    )
    t.end()
  },
)
