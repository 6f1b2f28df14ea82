import type { LiveEvent } from '../schemas/control/events.ts'
import type { EventHub } from './hub.ts'

/** Takes events. */
export interface EventSink {
  publish(event: LiveEvent): void
}

/**
 * The events of a server. None are collected while no client follows them: then `feed.live?.publish(…)` is only a comparison, and does not even
 * build the event.
 */
export class EventFeed {
  #hub: EventHub | undefined
  #relay: EventSink | undefined
  #live: EventSink | undefined
  #isClosed = false

  /** The sink of events; undefined while no client follows them. */
  get live(): EventSink | undefined {
    return this.#live
  }

  /** The streams of this process; undefined while there are none. */
  get hub(): EventHub | undefined {
    return this.#hub
  }

  /** Whether the server is stopping, so that streams are refused. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Sets the hub of the streams. With undefined, events are no longer collected for streams of this process. */
  set(hub: EventHub | undefined): void {
    this.#hub = hub
    this.#update()
  }

  /** Sends all events to other processes, too, which have their own streams. */
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
