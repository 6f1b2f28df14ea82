import type { AdjustableClock } from '../base/clock.ts'
import type { EventHub } from '../events/hub.ts'
import { type Schedule, schedule } from '../events/schedule.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import type { LiveEvent } from '../schemas/control/events.ts'
import { nextMoment } from '../simulation/moments.ts'
import type { Organization, Organizations } from './organizations.ts'

/** The longest time until the watch looks again, in milliseconds. Timers cannot wait for more than 24 days. */
const WAIT_MS_MAX = 3_600_000

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
    this.#moments.clear()
    this.#changed.clear()
  }

  /** Follows what may change the next step of a session. */
  see(event: LiveEvent): void {
    const { kind, org_id: orgId } = event
    if (kind === 'record' && orgId !== null && event.collection === 'sessions') this.#change(orgId, event.id)
    // What is gone is not due any more. A clock that was moved may have reached steps.
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

  /** Looks at what is due and what has changed. One run takes care of all that happens before its end. */
  #wake(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    void this.#run()
  }

  async #run(): Promise<void> {
    // Everything that happens together is looked at together.
    await undefined
    do {
      this.#publishDue()
      const changed = [...this.#changed]
      this.#changed.clear()
      for (const [orgId, ids] of changed) await this.#update(orgId, ids)
    } while (this.#changed.size > 0)
    this.#isRunning = false
    this.#wait()
  }

  /** Publishes the steps that are due, and marks their sessions as changed. */
  #publishDue(): void {
    for (const [orgId, moments] of this.#moments) {
      const now = this.#clockOf(orgId)?.now()
      for (const [id, at] of moments) {
        if (now === undefined || at > now) continue
        moments.delete(id)
        this.#hub.publish({ kind: 'session', org_id: orgId, id })
        this.#change(orgId, id)
      }
    }
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
    if (ids === undefined) await organization.sessions.walk('oldest', (session) => set(session.id, session))
    else for (const id of ids) set(id, await organization.sessions.get(id))
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

  /** Waits for the earliest next step. A clock that stands still reaches none. */
  #wait(): void {
    this.#cancel()
    if (!this.#isOn) return
    let wait = WAIT_MS_MAX
    for (const [orgId, moments] of this.#moments) {
      const clock = this.#clockOf(orgId)
      if (clock === undefined || clock.frozen) continue
      const now = clock.now()
      for (const at of moments.values()) wait = Math.min(wait, (at - now) / 1_000 / clock.speed)
    }
    this.#cancel = this.#schedule(Math.max(1, Math.ceil(wait)), () => this.#wake())
  }
}
