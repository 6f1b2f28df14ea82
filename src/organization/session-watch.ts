import type { AdjustableClock } from '../base/clock.ts'
import type { EventHub } from '../events/hub.ts'
import { type Schedule, schedule } from '../events/schedule.ts'
import { nextTurn } from '../fastapi/turns.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import type { LiveEvent } from '../schemas/control/events.ts'
import { nextMoment } from '../simulation/moments.ts'
import type { Organization, Organizations } from './organizations.ts'

/** The longest time until the watch looks again, in milliseconds. Timers cannot wait for more than 24 days. */
const WAIT_MS_MAX = 3_600_000

/** The number of sessions and organizations that one look per millisecond may go through. With more, looks are less frequent. */
const LOOKED_AT_PER_MS = 200

/** The shortest pause between two looks, in milliseconds. Below it, the watch looks at once. */
const PAUSE_MS_MIN = 5

/** The number of sessions whose next steps are computed per turn of the event loop. */
const SESSIONS_PER_TURN = 1_000

/** The number of events that are published per turn, so that a client which reads them is not cut off. */
const PUBLISHED_PER_TURN = 500

/** The dependencies of a watch. */
export interface SessionWatchOptions {
  readonly organizations: Organizations
  readonly hub: Pick<EventHub, 'publish'>
  /** Default: the timers of this machine. */
  readonly schedule?: Schedule
}

/**
 * Publishes an event when the clock brings a session to its next step, which no request causes. One timer waits for the earliest next
 * step of all sessions, and only while there are streams.
 */
export class SessionWatch {
  readonly #organizations: Organizations
  readonly #hub: Pick<EventHub, 'publish'>
  readonly #schedule: Schedule
  /** The next step of each session that has one, by organization and session, in microseconds of the organization's clock. */
  readonly #moments = new Map<string, Map<string, number>>()
  /** The sessions that have changed, by organization; undefined for all of them. */
  readonly #changed = new Map<string, Set<string> | undefined>()
  #isRunning = false
  #isOn = false
  /** Whether a look follows after a pause. */
  #isPausing = false
  /** The pause before a look, in milliseconds, so that many changes do not go through many sessions each. */
  #pause = 0
  #cancel: () => void = () => undefined

  constructor({ organizations, hub, schedule: own = schedule }: SessionWatchOptions) {
    this.#organizations = organizations
    this.#hub = hub
    this.#schedule = own
  }

  /** Starts to watch the sessions of all organizations. */
  start(): void {
    this.#isOn = true
    this.#changeAll()
  }

  /** Stops, and forgets everything. */
  stop(): void {
    this.#isOn = false
    this.#cancel()
    this.#isPausing = false
    this.#pause = 0
    this.#moments.clear()
    this.#changed.clear()
  }

  /** Handles an event that may change the next step of a session. */
  see(event: LiveEvent): void {
    const { kind, org_id: orgId } = event
    if (kind === 'record' && orgId !== null && event.collection === 'sessions') this.#change(orgId, event.id)
    // Removed sessions have no next step. After a change of the clock, steps may be due.
    if (kind === 'reset' || (kind === 'organizations' && event.action === 'deleted')) this.#forget(orgId)
    if (kind === 'reset' || kind === 'clock') {
      if (orgId === null) this.#changeAll()
      else this.#change(orgId)
    }
  }

  #forget(orgId: string | null): void {
    if (orgId === null) this.#moments.clear()
    else this.#moments.delete(orgId)
  }

  #changeAll(): void {
    for (const { orgId } of this.#organizations.kept()) this.#change(orgId)
    this.#wake()
  }

  #change(orgId: string, id?: string): void {
    const changed = this.#changed.get(orgId)
    if (id === undefined) this.#changed.set(orgId, undefined)
    else if (changed !== undefined) changed.add(id)
    else if (!this.#changed.has(orgId)) this.#changed.set(orgId, new Set([id]))
    this.#wake()
  }

  /** Looks at what is due and what has changed, after a pause if there is much to look at. */
  #wake(): void {
    if (this.#isRunning || this.#isPausing) return
    if (this.#pause < PAUSE_MS_MIN) this.#look()
    else {
      this.#cancel()
      this.#cancel = this.#schedule(this.#pause, () => this.#look())
      this.#isPausing = true
    }
  }

  /** Starts a run, which takes care of everything that happens before its end. */
  #look(): void {
    this.#cancel()
    this.#isPausing = false
    this.#isRunning = true
    void this.#run()
  }

  async #run(): Promise<void> {
    // Waits for a microtask, so that one run covers all changes of the same synchronous code.
    await undefined
    let isMoreDue: boolean
    do {
      isMoreDue = this.#publishDue()
      const changed = [...this.#changed]
      this.#changed.clear()
      for (const [orgId, ids] of changed) await this.#update(orgId, ids)
      if (isMoreDue) await nextTurn()
    } while (isMoreDue || this.#changed.size > 0)
    this.#isRunning = false
    this.#wait()
  }

  /** Publishes steps that are due, and marks their sessions as changed. Returns whether more are due than one turn may publish. */
  #publishDue(): boolean {
    let published = 0
    for (const [orgId, moments] of this.#moments) {
      const now = this.#clockOf(orgId)?.now()
      for (const [id, at] of moments) {
        if (now === undefined || at > now) continue
        if (published++ === PUBLISHED_PER_TURN) return true
        moments.delete(id)
        this.#hub.publish({ kind: 'session', org_id: orgId, id })
        this.#change(orgId, id)
      }
    }
    return false
  }

  /** Finds the next steps of some or all sessions of an organization. */
  async #update(orgId: string, ids: ReadonlySet<string> | undefined): Promise<void> {
    const organization = this.#organizations.find(orgId)
    if (organization === undefined) return
    const moments = (ids && this.#moments.get(orgId)) ?? new Map<string, number>()
    const set = (id: string, session: SessionRecord | undefined) => {
      const next = session && this.#next(organization, session)
      if (next === undefined) moments.delete(id)
      else moments.set(id, next)
    }
    if (ids === undefined) {
      const all: SessionRecord[] = []
      await organization.sessions.walk('oldest', (session) => void all.push(session))
      for (const [index, session] of all.entries()) {
        // Sessions that change meanwhile are updated by the next run.
        if (index % SESSIONS_PER_TURN === SESSIONS_PER_TURN - 1) await nextTurn()
        set(session.id, session)
      }
    } else for (const id of ids) set(id, await organization.sessions.get(id))
    // Meanwhile it may have been deleted or replaced.
    if (this.#isOn && this.#organizations.find(orgId) === organization) this.#moments.set(orgId, moments)
  }

  /** Returns the clock of an organization; undefined while everything is read anew from a database, which ends with a reset. */
  #clockOf(orgId: string): AdjustableClock | undefined {
    return this.#organizations.find(orgId)?.clock
  }

  #next({ clock }: Organization, session: SessionRecord): number | undefined {
    return nextMoment(session, { now: clock.now(), instant: clock.instant })
  }

  /** Waits for the earliest next step. A frozen clock reaches none. */
  #wait(): void {
    this.#cancel()
    if (!this.#isOn) return
    let wait = WAIT_MS_MAX
    let lookedAt = 0
    for (const [orgId, moments] of this.#moments) {
      lookedAt += 1 + moments.size
      const clock = this.#clockOf(orgId)
      if (clock === undefined || clock.frozen) continue
      const now = clock.now()
      for (const at of moments.values()) wait = Math.min(wait, (at - now) / 1_000 / clock.speed)
    }
    this.#pause = Math.floor(lookedAt / LOOKED_AT_PER_MS)
    this.#cancel = this.#schedule(Math.max(1, this.#pause, Math.ceil(wait)), () => this.#look())
  }
}
