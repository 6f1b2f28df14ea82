import { pause } from '../base/pause.ts'
import type { EventKind, LiveEvent } from '../schemas/control/events.ts'
import type { OrgQuery } from '../schemas/control/scope.ts'
import type { Control } from './control.ts'
import { FakeDevinError } from './error.ts'
import type { OpenCall } from './send.ts'
import { serverSent } from './server-sent.ts'

/** An `AbortSignal`, as far as it is used. Projects without the types of the DOM or of Node have no such type. */
export interface Signal {
  /** Whether it was aborted. */
  readonly aborted: boolean
  /** Calls `listener` when it is aborted. */
  addEventListener(
    type: 'abort',
    listener: () => void,
    options?: {
      /** Whether to forget the listener after its first call. */
      readonly once?: boolean
    },
  ): void
  /** Undoes `addEventListener`. */
  removeEventListener(type: 'abort', listener: () => void): void
}

/** What events to follow, and for how long. */
export interface EventsOptions extends OrgQuery {
  /** Default: all. `resync` always comes. */
  readonly kinds?: readonly EventKind[] | undefined
  /** Ends the iteration. */
  readonly signal?: Signal | undefined
  /** Called when the connection is lost, before it is made again. */
  readonly onLost?: ((reason: unknown) => void) | undefined
}

const OPERATION = 'GET /_fake/events'

/** The waiting times before a connection is made again, in milliseconds, and the one after them. */
const RETRY_MS = [0, 100, 250, 500]
const RETRY_MS_MAX = 1_000

/**
 * Yields what happens from now on. The first event is `resync`: from then on nothing is missed. After a lost connection it connects
 * again and continues after the last event; where that is impossible, because too much has happened or the server was restarted, `resync`
 * comes again. Ends when the signal aborts or the fake is closed. Throws FakeDevinError if the server refuses, or does not answer at first.
 */
export async function* liveEvents(
  control: Control,
  { kinds, signal, onLost, ...scope }: EventsOptions = {},
  wait = pause,
): AsyncGenerator<LiveEvent, undefined> {
  const query = { ...control.scoped(scope), kinds }
  let call: OpenCall | undefined
  let isOver = signal?.aborted ?? false
  const over = Promise.withResolvers<void>()
  const end = () => {
    isOver = true
    call?.close()
    over.resolve()
  }
  const forget = control.access.endings?.add(end)
  signal?.addEventListener('abort', end, { once: true })
  let id: string | undefined
  let attempts = 0
  try {
    while (!isOver) {
      let lost: unknown
      try {
        call = control.open(OPERATION, { query: { ...query, last_event_id: id } })
        const { pieces } = await call.answer
        attempts = 0
        for await (const { id: sent, data } of serverSent(pieces)) {
          id = sent
          if (data !== undefined) yield JSON.parse(data) as LiveEvent
        }
        if (id === undefined) throw noFake(control.access.url)
      } catch (error) {
        lost = error
      } finally {
        call?.close()
      }
      if (isOver) return
      if (id === undefined || isRefusal(lost)) throw lost
      onLost?.(lost)
      await wait(RETRY_MS[attempts++] ?? RETRY_MS_MAX, over.promise)
    }
  } finally {
    forget?.()
    signal?.removeEventListener('abort', end)
  }
}

/** Returns whether the server refuses the call. A 5xx is none: a server that is stopping, or a proxy in front of it, answers so. */
function isRefusal(error: unknown): boolean {
  return error instanceof FakeDevinError && error.status !== undefined && error.status < 500
}

function noFake(url: string): FakeDevinError {
  return new FakeDevinError(
    `${OPERATION}: the answer is not an event stream, so ${url} is not a fake-devin server`,
    {
      status: 200,
    },
  )
}
