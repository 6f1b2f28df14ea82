import { pause } from '../base/pause.ts'
import type { Controls } from '../client/controls.ts'
import { FakeDevinError } from '../client/error.ts'
import type { Requests } from '../client/requests.ts'
import type { RequestEntry } from '../schemas/control/journal.ts'
import type { RequestsQuery } from '../schemas/control/requests.ts'
import type { ProcessIo } from './run.ts'

/** The interval at which a server without a stream of events is polled, in milliseconds. */
const POLL_MS = 500

/** The maximum number of requests printed at once. */
const SHOWN_MAX = 1_000

/** The output, the stop signal and the pace of {@link follow}. */
export interface FollowOptions extends Pick<ProcessIo, 'stderr' | 'stopped'> {
  readonly print: (entry: RequestEntry) => void
  /** Resolves when there may be new requests, or once `stopped` settles. */
  readonly wait: () => Promise<void>
}

/**
 * Prints requests as they arrive, from now on or from `since`, until stopped. Survives outages and restarts of the server, and reports
 * them on standard error. Rejects with FakeDevinError when the first call fails or the server refuses a call.
 */
export async function follow(
  requests: Pick<Requests, 'list'>,
  { since, ...filter }: RequestsQuery,
  { stderr, stopped, print, wait }: FollowOptions,
): Promise<void> {
  let isStopped = false
  void stopped.then(() => {
    isStopped = true
  })
  const say = (text: string) => void stderr.write(`fake-devin: ${text}\n`)
  let last = await newestId(requests)
  let start = since ?? String(last)
  let isAway = false
  while (!isStopped) {
    try {
      const newest = await newestId(requests)
      if (isAway) say('the server answers again')
      isAway = false
      // Ids only increase while a server runs.
      if (newest > 0 && newest < last) {
        say('the server was restarted')
        start = '0'
      }
      const found = await requests.list({ ...filter, since: start, limit: filter.limit ?? SHOWN_MAX })
      const skipped = found.total - found.requests.length
      if (skipped > 0) say(`requests not shown: ${skipped}`)
      for (const entry of found.requests) print(entry)
      last = Math.max(newest, ...found.requests.map(({ id }) => id), newest === 0 ? last : 0)
      start = String(last)
    } catch (error) {
      if (!(error instanceof FakeDevinError) || error.status !== undefined) throw error
      if (!isAway) say(`${error.message}; trying again`)
      isAway = true
    }
    await wait()
  }
}

/**
 * Returns a `wait` for {@link follow} that uses the stream of events: it resolves at once after a new request, after a reset, and when the
 * connection is lost. While there is no stream, because the server is down or has too many, it resolves at an interval.
 */
export function paceOf({ events }: Pick<Controls, 'events'>, stopped: Promise<unknown>): () => Promise<void> {
  let news = Promise.withResolvers<void>()
  let isConnected = false
  let isStopped = false
  const tell = (connected: boolean) => {
    isConnected = connected
    news.resolve()
  }
  const stream = events({ kinds: ['request', 'reset'], onLost: () => tell(false) })
  const listen = async () => {
    for await (const _event of stream) tell(true)
  }
  listen().catch(() => tell(false))
  void stopped.then(() => {
    isStopped = true
    tell(false)
  })
  return async () => {
    await (isConnected ? news.promise : pause(POLL_MS, news.promise))
    if (!isStopped) news = Promise.withResolvers()
  }
}

/** Returns the id of the newest request, or 0 if there are no requests. */
async function newestId(requests: Pick<Requests, 'list'>): Promise<number> {
  return (await requests.list({ limit: 1 })).requests.at(-1)?.id ?? 0
}
