import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import type { SessionSummary } from '../../../src/page/model/sessions.ts'
import {
  FEED_PAUSE_MS,
  type Feed,
  type FeedOptions,
  IDS_PER_READ,
  SessionsFeed,
} from '../../../src/page/model/sessions-feed.ts'
import { summary } from './summaries.ts'

/** A server with sessions, newest first, and a feed that reads them in pages of two. Each read and pause ends when `step` is called. */
function setUp(ids: readonly string[]) {
  const server = new Map(ids.map((id) => [id, summary({ session_id: id })]))
  const positions: string[] = [...ids]
  const positionOf = (id: string) => {
    if (!positions.includes(id)) positions.push(id)
    return positions.indexOf(id)
  }
  const calls: string[] = []
  const shown: Feed[] = []
  const waiting: (() => void)[] = []
  let now = 0
  let failure: Error | undefined
  const wait = () => new Promise<void>((resolve) => waiting.push(resolve))
  const options: FeedOptions = {
    readPage: async (cursor = '0') => {
      calls.push(`page ${cursor}`)
      await wait()
      if (failure !== undefined) throw failure
      // Like the server's, a cursor is a position that does not move when other sessions are deleted.
      const rest = [...server.values()]
        .filter(({ session_id }) => positionOf(session_id) >= Number(cursor))
        .sort((one, other) => positionOf(one.session_id) - positionOf(other.session_id))
      const next = rest[2]
      return {
        sessions: rest.slice(0, 2),
        next_cursor: next === undefined ? null : `${positionOf(next.session_id)}`,
      }
    },
    readSome: async (some) => {
      calls.push(`some ${some.join(' ')}`)
      await wait()
      return some.flatMap((id) => server.get(id) ?? [])
    },
    show: (feed) => shown.push(feed),
    pause: (milliseconds) => {
      calls.push(`pause ${milliseconds}`)
      return wait()
    },
    now: () => now,
  }
  const feed = new SessionsFeed(options)
  /** Ends what is waited for, until nothing is. */
  const settle = async () => {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      const next = waiting.shift()
      if (next === undefined) return
      next()
    }
  }
  /** Ends one read or pause. */
  const step = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    waiting.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    feed,
    server,
    calls,
    shown,
    settle,
    step,
    last: () => shown.at(-1) as Feed,
    ids: () => [...(shown.at(-1) as Feed).sessions.values()].map(({ session_id }) => session_id),
    fail: (error: Error | undefined) => {
      failure = error
    },
    pass: (milliseconds: number) => {
      now += milliseconds
    },
  }
}

const updated = (id: string) =>
  ({ kind: 'record', org_id: 'org-1', collection: 'sessions', id, action: 'updated' }) as const

t.test('all sessions are read in pages, and each page is shown as it arrives', async (t) => {
  const { feed, calls, shown, settle, ids } = setUp(['c', 'b', 'a'])
  feed.resume()
  await settle()

  t.same(calls, ['page 0', 'page 2', `pause ${FEED_PAUSE_MS}`])
  t.match(shown, [
    { isComplete: false, moved: [] },
    { isComplete: true, moved: [], error: undefined },
  ])
  t.equal(shown[0]?.sessions.size, 2)
  t.same(ids(), ['c', 'b', 'a'])
})

t.test('after that, only changed sessions are read, once for many events', async (t) => {
  const { feed, server, calls, settle, ids, last } = setUp(['b', 'a'])
  feed.resume()
  await settle()
  calls.length = 0
  server.set('c', summary({ session_id: 'c' }))
  server.delete('a')
  for (const id of ['c', 'a', 'c', 'a']) feed.note(updated(id))
  feed.note({ kind: 'faults', org_id: null, action: 'created' })
  await settle()

  t.same(calls, ['some c', 'pause 200', 'some a c', 'pause 200'])
  t.same(ids(), ['c', 'b'])
  t.same(last().moved, [])
})

t.test('many ids are read with several queries', async (t) => {
  const { feed, calls, settle, step } = setUp(['a'])
  feed.resume()
  await settle()
  calls.length = 0
  for (let index = 0; index <= IDS_PER_READ; index++) feed.note(updated(`devin-${index}`))
  await step()
  await step()
  await settle()

  t.same(
    calls.filter((call) => call.startsWith('some')).map((call) => call.split(' ').length - 1),
    [1, IDS_PER_READ],
  )
  calls.length = 0
  feed.suspend()
  for (let index = 0; index <= IDS_PER_READ; index++) feed.note(updated(`devin-${index}`))
  feed.resume()
  await settle()
  t.same(
    calls.filter((call) => call.startsWith('some')).map((call) => call.split(' ').length - 1),
    [IDS_PER_READ, 1],
  )
})

t.test('new sessions and those that changed their column have moved', async (t) => {
  const { feed, server, settle, last } = setUp(['a'])
  feed.resume()
  await settle()
  server.set('a', summary({ session_id: 'a', has_ended: true }))
  feed.note(updated('a'))
  await settle()

  t.same(
    last().moved.map(({ session_id }) => session_id),
    ['a'],
  )
})

t.test('a suspended feed reads nothing, and a resumed one reads what has changed', async (t) => {
  const { feed, server, calls, settle, ids } = setUp(['a'])
  feed.resume()
  await settle()
  feed.suspend()
  calls.length = 0
  server.set('b', summary({ session_id: 'b' }))
  feed.note(updated('b'))
  await settle()
  t.same(calls, [])

  feed.resume()
  await settle()
  t.same(calls, ['some b', 'pause 200'])
  t.same(ids(), ['b', 'a'])
  feed.resume()
  await settle()
  t.same(calls.length, 2)
})

t.test('a reset while all are read starts the reading again', async (t) => {
  const { feed, server, calls, settle, step, ids } = setUp(['c', 'b', 'a'])
  feed.resume()
  await step()
  server.clear()
  server.set('d', summary({ session_id: 'd' }))
  feed.note({ kind: 'reset', org_id: null })
  await settle()

  t.same(calls, ['page 0', 'page 2', 'pause 200', 'page 0', 'pause 200'])
  t.same(ids(), ['d'])
})

t.test('the pause after a long read is as long as the read', async (t) => {
  const { feed, calls, step, settle, pass } = setUp(['a'])
  feed.resume()
  pass(1_000)
  await step()
  await settle()

  t.same(calls, ['page 0', 'pause 1000'])
})

t.test('an error is shown, and the failed read is repeated later', async (t) => {
  const { feed, calls, settle, fail, last, ids } = setUp(['a'])
  fail(new Error('gone'))
  feed.resume()
  await settle()
  t.match(last(), { isComplete: false, error: { message: 'gone' } })

  fail(undefined)
  feed.resume()
  await settle()
  t.same(calls, ['page 0', 'pause 200', 'page 0', 'pause 200'])
  t.equal(last().error, undefined)
  t.same(ids(), ['a'])
})

t.test(
  'property: with any timing of changes, events and answers, the feed equals the result of reading everything',
  async () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    const action = fc.oneof(
      fc.record({ do: fc.constantFrom('put' as const, 'delete' as const), id }),
      fc.record({ do: fc.constantFrom('reset' as const, 'step' as const, 'step' as const), id }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
        const { feed, server, settle, step, last } = setUp(['c', 'b', 'a'])
        feed.resume()
        for (const [index, { do: verb, id }] of actions.entries()) {
          if (verb === 'step') await step()
          else if (verb === 'reset') {
            server.clear()
            feed.note({ kind: 'reset', org_id: null })
          } else {
            if (verb === 'put') server.set(id, summary({ session_id: id, title: `${index}` }))
            else server.delete(id)
            feed.note(updated(id))
          }
        }
        await settle()

        return isDeepStrictEqual(byId(last().sessions.values()), byId(server.values()))
      }),
    )
  },
)

function byId(sessions: Iterable<SessionSummary>): SessionSummary[] {
  return [...sessions].sort((one, other) => (one.session_id < other.session_id ? -1 : 1))
}
