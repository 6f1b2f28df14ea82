import type { ChangeFeed } from '../base/changes.ts'
import { type Changes, type Database, type Missed, UnavailableError } from '../database/types.ts'
import type { EventFeed } from '../events/feed.ts'
import type { LiveEvent } from '../schemas/control/events.ts'
import { PendingChanges } from './pending-changes.ts'
import type { RowKind } from './row-kind.ts'

/** The dependencies of a replica. */
export interface ReplicaServices {
  readonly database: Database
  /** In the order in which rows are written into memory. */
  readonly kinds: readonly RowKind[]
  /** The replica notes what has changed. */
  readonly changes: ChangeFeed
  /** The replica publishes the events of other processes, and sends them those of this one. */
  readonly events: EventFeed
}

/** Something that waits to begin. */
interface Waiting {
  readonly admit: () => void
  readonly refuse: (error: unknown) => void
}

/**
 * Keeps the state of a server, which is in the memory of this process, the same as that in a database, which other processes may use, too.
 * Whatever reads or changes the state does so between `enter` and `leave`. What runs at the same time forms a batch: it sees everything
 * that other processes have committed before, no other process runs a batch meanwhile, and all its changes are committed as one. So
 * each process does exactly what a single one would. See docs/decisions/0016-stores.md.
 */
export class Replica {
  readonly #database: Database
  readonly #kinds: readonly RowKind[]
  readonly #changes: ChangeFeed
  readonly #events: EventFeed
  readonly #pending: PendingChanges
  #waiting: Waiting[] = []
  /** The number of those between `enter` and `leave`. */
  #active = 0
  /** Whether `enter` need not wait. */
  #isOpen = false
  #isRunning = false
  #running: Promise<void> | undefined
  #isClosed = false
  /** Whether a batch must run although nobody waits for it: another process has changed something that is watched here. */
  #isOutdated = false
  /** Why the memory has changes that could not be committed; undefined if it has none. */
  #failure: unknown
  #onIdle: () => void = noop
  /** Settles when the changes of the current batch are committed. */
  #batch = Promise.withResolvers<void>()

  constructor({ database, kinds, changes, events }: ReplicaServices) {
    this.#database = database
    this.#kinds = kinds
    this.#changes = changes
    this.#events = events
    this.#pending = new PendingChanges(kinds)
    this.#newBatch()
  }

  /**
   * Reads the state from the database. In an empty one `fill` makes the first state, otherwise `resume` changes what was read; either may throw,
   * after which the database is as before. Resolves with whether it was empty.
   */
  async start(fill: () => Promise<void>, resume: () => Promise<void>): Promise<{ isNew: boolean }> {
    await this.#database.begin()
    let isNew: boolean
    try {
      isNew = !(await this.#load())
      this.#changes.tracker = this.#pending
      await (isNew ? fill : resume)()
      if (!this.#database.isExclusive) {
        this.#events.relayTo({ publish: (event) => this.#pending.relay(event) })
      }
    } catch (error) {
      // Otherwise `close` would commit the changes so far.
      this.#changes.tracker = undefined
      this.#pending.discard()
      await this.#database.rollback()
      throw error
    }
    await this.#database.commit(this.#pending.take())
    this.#isOpen = this.#database.isExclusive
    this.#pending.onFirst = () => this.#wake()
    this.#database.onCommit = () => this.#look()
    return { isNew }
  }

  /** Begins to use the state. Returns undefined if that is possible at once. Rejects with UnavailableError. Call `leave` or `settle` afterwards. */
  enter(): Promise<void> | undefined {
    if (this.#isOpen) {
      this.#active++
      return undefined
    }
    if (this.#isClosed) return Promise.reject(stopped())
    return new Promise((resolve, refuse) => {
      const admit = () => {
        this.#active++
        resolve()
      }
      this.#waiting.push({ admit, refuse })
      this.#wake()
    })
  }

  /** Ends what `enter` began. */
  leave(): void {
    if (--this.#active === 0) this.#onIdle()
  }

  /** Ends what `enter` began. Returns undefined if all changes until now are durable, or else resolves when they are; may reject with UnavailableError. */
  settle(): Promise<void> | undefined {
    const { promise } = this.#batch
    const isDurable = this.#pending.isEmpty
    this.leave()
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    return isDurable ? undefined : promise
  }

  /** Commits what is left and closes the database. Refuses requests that wait or still run, since nothing would commit their changes. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#isOpen = false
    await this.#running
    this.#changes.tracker = undefined
    this.#failure = stopped()
    this.#batch.reject(this.#failure)
    this.#refuse(this.#failure)
    await this.#database.close()
  }

  /** Reads what another process has changed, if there are streams of events. */
  #look(): void {
    if (this.#events.hub === undefined) return
    this.#isOutdated = true
    this.#wake()
  }

  #wake(): void {
    if (this.#isRunning || this.#isClosed) return
    this.#isRunning = true
    this.#running = this.#run()
  }

  /** Runs batches until there is nothing to do. */
  async #run(): Promise<void> {
    let isReachable = true
    while (isReachable && this.#hasWork()) {
      isReachable = this.#isOpen || (await this.#begin())
      if (isReachable) await this.#runBatch()
    }
    this.#isRunning = false
    // They came after the others were refused.
    if (this.#waiting.length > 0) this.#wake()
  }

  #hasWork(): boolean {
    if (this.#isClosed) return false
    return this.#waiting.length > 0 || this.#isOutdated || !this.#pending.isEmpty
  }

  /** Brings the memory up to date, and admits those who wait, or refuses them. Resolves with whether they are admitted. */
  async #begin(): Promise<boolean> {
    let missed: Missed | undefined
    try {
      missed = await this.#database.begin()
      if (missed === 'all' || this.#failure !== undefined) await this.#reload()
      else for (const changes of missed) this.#apply(changes)
    } catch (error) {
      // The memory may be half changed.
      if (missed !== undefined) this.#failure = error
      await this.#database.rollback()
      this.#isOutdated = false
      this.#refuse(error)
      return false
    }
    this.#isOutdated = false
    this.#isOpen = true
    const admitted = this.#waiting
    this.#waiting = []
    for (const { admit } of admitted) admit()
    return true
  }

  async #runBatch(): Promise<void> {
    await this.#turn()
    try {
      await this.#commit()
    } catch (error) {
      this.#isOpen = false
      this.#failure = error
      this.#pending.discard()
      // Usually it has ended already.
      await this.#database.rollback()
      this.#refuse(error)
      // Requests that still run have seen changes that do not exist.
      if (this.#active > 0) await this.#idle()
    }
  }

  /** Waits until everything has run that began in this turn of the event loop. An exclusive database stays open for others meanwhile. */
  async #turn(): Promise<void> {
    await new Promise(setImmediate)
    if (this.#database.isExclusive) return
    this.#isOpen = false
    if (this.#active > 0) await this.#idle()
  }

  #idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#onIdle = () => {
        this.#onIdle = noop
        resolve()
      }
    })
  }

  async #commit(): Promise<void> {
    const batch = this.#batch
    this.#newBatch()
    try {
      const changes = this.#pending.take()
      if (isNothing(changes)) await this.#database.rollback()
      else await this.#database.commit(changes)
    } catch (error) {
      batch.reject(error)
      throw error
    }
    batch.resolve()
  }

  #newBatch(): void {
    this.#batch = Promise.withResolvers()
    // Those who wait for it are told; there may be nobody.
    this.#batch.promise.catch(() => undefined)
  }

  #refuse(error: unknown): void {
    const refused = this.#waiting
    this.#waiting = []
    for (const { refuse } of refused) refuse(error)
  }

  #apply({ puts, deletes, events }: Changes): void {
    // As `load` visits them: a log is filled from its first entry on.
    const sorted = puts.toSorted((one, other) => one.position - other.position)
    this.#untracked(() => {
      for (const { name } of this.#kinds) {
        for (const key of deletes) if (key.kind === name) this.#pending.remove(key)
        for (const row of sorted) if (row.kind === name) this.#pending.write(row, true)
      }
    })
    for (const event of events) this.#events.hub?.publish(JSON.parse(event) as LiveEvent)
  }

  async #reload(): Promise<void> {
    this.#clear()
    await this.#load()
    this.#failure = undefined
    this.#events.hub?.publish({ kind: 'reset', org_id: null })
  }

  #clear(): void {
    this.#untracked(() => {
      for (const kind of this.#kinds.toReversed()) kind.clear()
    })
    this.#pending.reset()
  }

  /** Reads all rows into memory. Resolves with whether there are any. */
  async #load(): Promise<boolean> {
    let isEmpty = true
    const kinds = this.#kinds.map(({ name }) => name)
    await this.#database.load(kinds, (row) => {
      isEmpty = false
      this.#untracked(() => this.#pending.write(row))
    })
    return !isEmpty
  }

  /** Runs a function whose changes come from the database. */
  #untracked(action: () => void): void {
    const { tracker } = this.#changes
    this.#changes.tracker = undefined
    try {
      action()
    } finally {
      this.#changes.tracker = tracker
    }
  }
}

const noop = () => undefined

const stopped = () => new UnavailableError('The server stops')

function isNothing({ puts, deletes, events }: Changes): boolean {
  return puts.length === 0 && deletes.length === 0 && events.length === 0
}
