import type { EventHub } from './hub.ts'

/**
 * The events of a server. Nothing is collected before somebody asks for them: until then, `feed.live?.publish(…)` is a comparison, which
 * does not even build the event.
 */
export class EventFeed {
  #hub: EventHub | undefined
  #isClosed = false

  /** Where events go; undefined while nobody asks for them. */
  get live(): EventHub | undefined {
    return this.#hub
  }

  /** Whether the server stops, so that there are no streams any more. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Starts to collect events or, with undefined, ends it. */
  set(hub: EventHub | undefined): void {
    this.#hub = hub
  }

  /** Ends all streams, for ever. */
  close(): void {
    this.#isClosed = true
    this.#hub?.close()
    this.#hub = undefined
  }
}
