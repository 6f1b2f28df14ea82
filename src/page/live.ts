import { effect, signal } from '@preact/signals'
import type { LiveEvent } from '../schemas/control/events.ts'
import { CallError, needsToken, openControl } from './control.ts'
import { pauseAfter } from './model/backoff.ts'
import { ServerSentParser } from './model/server-sent.ts'

/** The state of the event stream. */
export const connection = signal<'connecting' | 'live' | 'lost'>('connecting')

type Listener = (event: LiveEvent) => void

const listeners = new Set<Listener>()

/** Calls a function for every event. Returns a function that unsubscribes it. */
export function listen(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The position of the stream, from which it goes on after a loss. */
let position: string | undefined

/** Follows the events of the server while the page is open. If the server asks for a control token, continues once there is one. */
export function follow(): void {
  let running: AbortController | undefined
  effect(() => {
    running?.abort()
    if (needsToken.value) return
    running = new AbortController()
    void keepOpen(running.signal)
  })
}

async function keepOpen(stop: AbortSignal): Promise<void> {
  for (let failures = 0; !stop.aborted; failures++) {
    if (failures > 0) await pause(pauseAfter(failures))
    if (stop.aborted) return
    try {
      await readStream(stop, () => {
        failures = 0
      })
      connection.value = 'lost'
    } catch (error) {
      if (stop.aborted) return
      connection.value = 'lost'
      if (error instanceof CallError && error.status === 401) return
    }
  }
}

async function readStream(stop: AbortSignal, opened: () => void): Promise<void> {
  const headers = position === undefined ? {} : { 'last-event-id': position }
  const { body } = await openControl('/events', { signal: stop, headers })
  opened()
  connection.value = 'live'
  const parser = new ServerSentParser()
  const reader = (body as ReadableStream<Uint8Array<ArrayBuffer>>)
    .pipeThrough(new TextDecoderStream())
    .getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    for (const { id, data } of parser.push(value)) {
      position = id ?? position
      if (data !== undefined) publish(JSON.parse(data) as LiveEvent)
    }
  }
}

function publish(event: LiveEvent): void {
  for (const listener of listeners) listener(event)
}

/** Waits. Ends early when the browser is online again. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      removeEventListener('online', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    addEventListener('online', end)
  })
}
