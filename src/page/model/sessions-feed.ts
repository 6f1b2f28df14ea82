import type { LiveEvent } from '../../schemas/control/events.ts'
import type { SessionSummary } from './sessions.ts'
import { ChangedSessions, mapOf, merged, movedBetween, type SessionMap } from './sessions-merge.ts'

/** The number of ids in a query: more would make its address too long. */
export const IDS_PER_READ = 100

/** The shortest pause between two reads, in milliseconds. After a long read, the pause is as long as the read. */
export const FEED_PAUSE_MS = 200

/** The sessions as they are known. */
export interface Feed {
  readonly sessions: SessionMap
  /** Whether all have been read at least once. */
  readonly isComplete: boolean
  /** The error of the last read. */
  readonly error: Error | undefined
  /** The sessions that the last read has shown as new, or in another column than before. */
  readonly moved: readonly SessionSummary[]
}

/** What is known before the first read. */
export const NOTHING_READ: Feed = { sessions: new Map(), isComplete: false, error: undefined, moved: [] }

/** What a feed needs. */
export interface FeedOptions {
  /** Reads a page of all sessions, newest first. */
  readonly readPage: (
    cursor: string | undefined,
  ) => Promise<{ readonly sessions: readonly SessionSummary[]; readonly next_cursor: string | null }>
  /** Reads some sessions; unknown ones are left out. */
  readonly readSome: (ids: readonly string[]) => Promise<readonly SessionSummary[]>
  readonly show: (feed: Feed) => void
  readonly pause: (milliseconds: number) => Promise<void>
  /** Milliseconds. */
  readonly now: () => number
}

/** Keeps all sessions up to date while they are shown: reads all of them once, and then only those that events name. */
export class SessionsFeed {
  readonly #options: FeedOptions
  readonly #changed = new ChangedSessions()
  #feed = NOTHING_READ
  #isActive = false
  #isBusy = false
  #isWanted = false

  constructor(options: FeedOptions) {
    this.#options = options
  }

  /** Handles an event, even while no sessions are shown. */
  note(event: LiveEvent): void {
    if (this.#changed.note(event)) this.#want()
  }

  /** Starts reading. Called when sessions are shown, and to try again after an error. */
  resume(): void {
    this.#isActive = true
    if (!this.#changed.isEmpty) this.#want()
  }

  /** Stops reading. Called when sessions are no longer shown. */
  suspend(): void {
    this.#isActive = false
  }

  #want(): void {
    this.#isWanted = true
    if (this.#isActive && !this.#isBusy) void this.#run()
  }

  async #run(): Promise<void> {
    const { now, pause } = this.#options
    this.#isBusy = true
    while (this.#isActive && this.#isWanted) {
      this.#isWanted = false
      const start = now()
      await this.#read()
      await pause(Math.max(FEED_PAUSE_MS, now() - start))
    }
    this.#isBusy = false
  }

  async #read(): Promise<void> {
    const taken = this.#changed.take()
    try {
      const before = this.#feed
      const sessions = taken === 'all' ? await this.#readAll() : await this.#readIds(taken)
      if (sessions === undefined) return
      const moved = before.isComplete ? movedBetween(before.sessions, sessions) : []
      this.#show({ sessions, isComplete: true, error: undefined, moved })
    } catch (error) {
      this.#changed.add(taken)
      this.#show({ ...this.#feed, error: error as Error, moved: [] })
    }
  }

  /** Reads all. Returns undefined if everything has changed meanwhile. */
  async #readAll(): Promise<SessionMap | undefined> {
    const sessions: SessionSummary[] = []
    let cursor: string | undefined
    do {
      const page = await this.#options.readPage(cursor)
      if (this.#changed.isAll) return undefined
      sessions.push(...page.sessions)
      cursor = page.next_cursor ?? undefined
      // The first time, what has been read is shown before the rest.
      if (cursor !== undefined && !this.#feed.isComplete) {
        this.#show({ ...this.#feed, sessions: mapOf(sessions) })
      }
    } while (cursor !== undefined)
    return mapOf(sessions)
  }

  async #readIds(ids: readonly string[]): Promise<SessionMap> {
    let { sessions } = this.#feed
    for (let start = 0; start < ids.length; start += IDS_PER_READ) {
      const some = ids.slice(start, start + IDS_PER_READ)
      sessions = merged(sessions, some, await this.#options.readSome(some))
    }
    return sessions
  }

  #show(feed: Feed): void {
    this.#feed = feed
    this.#options.show(feed)
  }
}
