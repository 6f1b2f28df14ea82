import { computed, signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { SessionPage } from '../../schemas/control/sessions.ts'
import { control } from '../control.ts'
import { listen } from '../live.ts'
import { newestFirst } from '../model/sessions.ts'
import { type Feed, NOTHING_READ, SessionsFeed } from '../model/sessions-feed.ts'
import { keyOf } from '../model/sessions-merge.ts'

/** The number of sessions that are read at once. */
const PAGE_SIZE = 1_000

/** How long a session that is new or has moved is marked, in milliseconds. */
const FRESH_MS = 1_500

const feed = signal<Feed>(NOTHING_READ)

/** When sessions have appeared or moved, by their keys, in milliseconds of the local clock. */
const movedAt = new Map<string, number>()

/** All sessions of the server, newest first. */
export const allSessions = computed(() => newestFirst(feed.value.sessions.values()))

const reader = new SessionsFeed({
  readPage: (cursor) => control<SessionPage>('/sessions', { query: { limit: PAGE_SIZE, cursor } }),
  readSome: async (ids) =>
    (await control<SessionPage>('/sessions', { query: { ids, limit: PAGE_SIZE } })).sessions,
  show: (value) => {
    const now = performance.now()
    for (const [key, time] of movedAt) if (now - time > FRESH_MS) movedAt.delete(key)
    for (const session of value.moved) movedAt.set(keyOf(session), now)
    feed.value = value
  },
  pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  now: () => performance.now(),
})

listen((event) => reader.note(event))

/** Keeps the sessions up to date while the component is shown. */
export function useSessions(): Feed {
  useEffect(() => {
    reader.resume()
    return () => reader.suspend()
  }, [])
  return feed.value
}

/** Reads again what could not be read. */
export function retry(): void {
  reader.resume()
}

/** Returns whether a session has just appeared or moved. */
export function isFresh(key: string): boolean {
  return performance.now() - (movedAt.get(key) ?? Number.NEGATIVE_INFINITY) < FRESH_MS
}
