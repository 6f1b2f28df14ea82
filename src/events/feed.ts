import type { LiveEvent } from '../schemas/control/events.ts'
import type { EventHub } from './hub.ts'

/** Where events go. */
export interface EventSink {
  publish(event: LiveEvent): void
}

/**
 * The events of a server. Nothing is collected before somebody asks for them: until then, `feed.live?.publish(…)` is a comparison, which
 * does not even build the event.
 */
export class EventFeed {
  #hub: EventHub | undefined
  #relay: EventSink | undefined
  #live: EventSink | undefined
  #isClosed = false

  /** Where events go; undefined while nobody asks for them. */
  get live(): EventSink | undefined {
    return this.#live
  }

  /** The streams of this process; undefined while there are none. */
  get hub(): EventHub | undefined {
    return this.#hub
  }

  /** Whether the server stops, so that there are no streams any more. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Starts to collect events or, with undefined, ends it. */
  set(hub: EventHub | undefined): void {
    this.#hub = hub
    this.#update()
  }

  /** Sends the events to other processes, too, which have streams of their own. */
  relayTo(relay: EventSink): void {
    this.#relay = relay
    this.#update()
  }

  #update(): void {
    const sinks = [this.#hub, this.#relay].filter((sink) => sink !== undefined)
    this.#live =
      sinks.length < 2 ? sinks[0] : { publish: (event) => sinks.forEach((sink) => void sink.publish(event)) }
  }

  /** Ends all streams, for ever. */
  close(): void {
    this.#isClosed = true
    this.#hub?.close()
    this.set(undefined)
  }
}
