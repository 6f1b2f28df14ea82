import fc from 'fast-check'
import t from 'tap'
import { EventFeed } from '../../src/events/feed.ts'
import {
  EVENTS_KEPT,
  EventHub,
  HEARTBEAT_MS,
  LINGER_MS,
  MISSED_LENGTH_MAX,
  type Receiver,
  type Selection,
} from '../../src/events/hub.ts'
import type { LiveEvent } from '../../src/schemas/control/events.ts'
import { ManualTimers } from './timers.ts'

/** A client that remembers what it was sent. */
class Client implements Receiver {
  readonly events: LiveEvent[] = []
  lastId: string | undefined
  isEnded = false

  send(text: string): void {
    for (const block of text.split('\n\n')) {
      this.lastId = /^id: (.*)$/m.exec(block)?.[1] ?? this.lastId
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (data !== undefined) this.events.push(JSON.parse(data))
    }
  }

  end(): void {
    this.isEnded = true
  }

  /** The ids of the records in the events, or else the kinds of the events. */
  get seen(): string[] {
    return this.events.map((event) => (event.kind === 'record' ? event.id : event.kind))
  }
}

const record = (id: string, orgId = 'org-1'): LiveEvent => ({
  kind: 'record',
  org_id: orgId,
  collection: 'secrets',
  id,
  action: 'created',
})

function newHub({ onIdle = () => undefined }: { onIdle?: () => void } = {}) {
  const timers = new ManualTimers()
  const hub = new EventHub({ epoch: 'epoch', schedule: timers.schedule, onIdle })
  const connect = (selection: Selection = {}) => {
    const client = new Client()
    return { client, close: hub.subscribe(client, selection) }
  }
  return { hub, timers, connect }
}

t.test('a stream begins with resync, followed by the events', (t) => {
  const { hub, connect } = newHub()
  hub.publish(record('before'))
  const { client } = connect()
  hub.publish(record('a'))

  t.same(client.seen, ['resync', 'a'])
  t.equal(client.lastId, 'epoch-2')
  t.end()
})

t.test('a client that reconnects at any time misses no event and gets none twice', (t) => {
  const step = fc.oneof(fc.constant('event' as const), fc.constant('cut' as const))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { hub, connect } = newHub()
      const sent: string[] = []
      const seen: string[] = []
      let isOpen = true
      let { client, close } = connect()
      for (const [number, what] of [...steps, 'cut' as const, 'cut' as const].entries()) {
        if (what === 'event') {
          sent.push(`${number}`)
          hub.publish(record(`${number}`))
        } else if (isOpen) {
          close()
          seen.push(...client.seen)
          isOpen = false
        } else {
          ;({ client, close } = connect({ after: client.lastId }))
          isOpen = true
        }
      }
      if (isOpen) seen.push(...client.seen)
      else seen.push(...connect({ after: client.lastId }).client.seen)
      t.same(seen, ['resync', ...sent])
    }),
  )
  t.end()
})

t.test('a client gets resync instead of events that are no longer kept or too many', (t) => {
  const { hub, connect } = newHub()
  const { client } = connect()
  const { lastId } = client
  for (let number = 1; number <= EVENTS_KEPT; number++) hub.publish(record('x'))

  t.equal(connect({ after: lastId }).client.events.length, EVENTS_KEPT)
  hub.publish(record('x'))
  t.same(connect({ after: lastId }).client.seen, ['resync'])
  for (let number = 0; number * 900 < MISSED_LENGTH_MAX; number++) hub.publish(record('y'.repeat(900)))
  t.same(connect({ after: `epoch-${EVENTS_KEPT}` }).client.seen, ['resync'])
  t.end()
})

t.test('an unknown id or one of another process is answered with resync', (t) => {
  const { connect } = newHub()
  for (const after of ['epoch-1', 'other-0', 'x', ''])
    t.same(connect({ after }).client.seen, ['resync'], after)
  t.same(connect({ after: 'epoch-0' }).client.seen, [])
  t.end()
})

t.test(
  'a stream has only the selected kinds, and only events that concern the selected organization',
  (t) => {
    const { hub, connect } = newHub()
    const { client: one } = connect({ orgId: 'org-1' })
    const { client: clocks } = connect({ kinds: ['clock', 'reset'] })
    const request = {
      kind: 'request' as const,
      id: 1,
      time: '',
      method: 'GET',
      path: '/',
      status: 404,
      duration_ms: 1,
    }
    hub.publish(record('mine'))
    hub.publish(record('other', 'org-2'))
    hub.publish({ ...request, org_id: null })
    hub.publish({ ...request, org_id: 'org-1' })
    hub.publish({ kind: 'clock', org_id: null })
    hub.publish({ kind: 'clock', org_id: 'org-2' })

    t.same(one.seen, ['resync', 'mine', 'request', 'clock'])
    t.same(clocks.seen, ['resync', 'clock', 'clock'])
    t.same(connect({ orgId: 'org-2', after: 'epoch-0' }).client.seen, ['other', 'clock', 'clock'])
    t.end()
  },
)

t.test('a heartbeat advances the position of a client whose filter matches no event', (t) => {
  const { hub, timers, connect } = newHub()
  const { client } = connect({ kinds: ['reset'] })
  t.same(timers.times, [HEARTBEAT_MS])
  hub.publish(record('a'))
  t.equal(client.lastId, 'epoch-0')
  timers.pass()

  t.same([client.lastId, client.seen, timers.times], ['epoch-1', ['resync'], [HEARTBEAT_MS]])
  t.end()
})

t.test('a receiver that closes at a heartbeat gets no further one', (t) => {
  const { hub, timers } = newHub()
  let isOpen = false
  const close = hub.subscribe({ send: () => isOpen && close(), end: () => undefined })
  isOpen = true
  timers.pass()

  t.same([hub.size, timers.times], [0, [LINGER_MS]])
  t.end()
})

t.test('the companion runs while there are streams, and receives the events', (t) => {
  const { hub, connect } = newHub()
  const seen: string[] = []
  hub.accompany({
    start: () => seen.push('start'),
    see: ({ kind }) => seen.push(kind),
    stop: () => seen.push('stop'),
  })
  hub.publish(record('a'))
  const first = connect()
  const second = connect()
  hub.publish(record('b'))
  first.close()
  second.close()
  second.close()
  hub.publish(record('c'))
  connect()
  hub.close()

  t.same(seen, ['start', 'record', 'stop', 'start', 'stop'])
  t.end()
})

t.test('a hub without streams becomes idle after a while, unless another one is opened', (t) => {
  let idle = 0
  const { timers, connect } = newHub({ onIdle: () => idle++ })
  connect().close()
  t.same(timers.times, [LINGER_MS])
  const { close } = connect()
  t.same(timers.times, [HEARTBEAT_MS])
  timers.pass()
  close()
  t.equal(idle, 0)
  timers.pass()

  t.same([idle, timers.times], [1, []])
  t.end()
})

t.test('closing ends all streams, and leaves no timer', (t) => {
  const { hub, timers, connect } = newHub()
  const clients = [connect().client, connect().client]
  hub.close()

  t.same([clients.map(({ isEnded }) => isEnded), hub.size, timers.times], [[true, true], 0, []])
  hub.close()
  t.end()
})

t.test('a hub runs without a companion and with the timers of the machine', (t) => {
  const hub = new EventHub({ epoch: 'e', onIdle: () => t.fail('it is closed') })
  const client = new Client()
  hub.subscribe(client)()
  hub.close()
  t.same(client.seen, ['resync'])
  t.end()
})

t.test('a feed has no receiver before a hub is set and after it is closed', (t) => {
  const feed = new EventFeed()
  t.same([feed.live, feed.isClosed], [undefined, false])
  const { hub, connect } = newHub()
  feed.set(hub)
  t.equal(feed.live, hub)
  const { client } = connect()
  feed.close()
  feed.close()

  t.same([feed.live, feed.isClosed, client.isEnded], [undefined, true, true])
  t.end()
})
