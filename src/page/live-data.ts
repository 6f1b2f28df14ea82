import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { LiveEvent } from '../schemas/control/events.ts'
import { listen } from './live.ts'

/** The shortest pause between two reads of the same data, in milliseconds. It is longer if a read takes long. */
const INTERVAL_MS = 200

/** Data from the server that is read again when it changes. */
export interface LiveData<Data> {
  /** The last answer; undefined before the first one. Kept when a later read fails. */
  readonly data: Data | undefined
  /** The error of the last read. */
  readonly error: Error | undefined
  /** Reads it again, at once. */
  reload(): void
}

/**
 * Reads data, again whenever an event concerns it or `deps` change, and renders the component with each answer. Many events in a row
 * cause one read per 200 ms. The first event of a stream with a gap (`resync`), a reset and the deletion of an organization
 * always concern it.
 */
export function useLive<Data>(
  read: (signal: AbortSignal) => Promise<Data>,
  concerns: (event: LiveEvent) => boolean,
  deps: readonly unknown[],
): LiveData<Data> {
  const state = useSignal<{ data?: Data; error?: Error }>({})
  const latest = useRef({ read, concerns })
  latest.current = { read, concerns }
  const reload = useRef(() => {})
  useEffect(() => {
    state.value = {}
    const reader = new Reader(
      (stop) => latest.current.read(stop),
      (result) => {
        state.value = 'error' in result ? { ...state.peek(), error: result.error } : result
      },
    )
    reload.current = () => reader.read()
    reader.read()
    const end = listen((event) => {
      if (isWhole(event) || latest.current.concerns(event)) reader.read()
    })
    return () => {
      end()
      reader.stop()
    }
  }, deps)
  const { data, error } = state.value
  return { data, error, reload: () => reload.current() }
}

/** Returns whether everything may have changed. */
function isWhole(event: LiveEvent): boolean {
  if (event.kind === 'organizations') return event.action === 'deleted'
  return event.kind === 'resync' || event.kind === 'reset'
}

/** Reads one thing at a time, and once more if asked meanwhile. */
class Reader<Data> {
  readonly #read: (signal: AbortSignal) => Promise<Data>
  readonly #show: (result: { data: Data } | { error: Error }) => void
  readonly #stop = new AbortController()
  #isBusy = false
  #isStale = false

  constructor(
    read: (signal: AbortSignal) => Promise<Data>,
    show: (result: { data: Data } | { error: Error }) => void,
  ) {
    this.#read = read
    this.#show = show
  }

  read(): void {
    this.#isStale = true
    if (!this.#isBusy) void this.#run()
  }

  stop(): void {
    this.#stop.abort()
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    this.#isBusy = true
    while (this.#isStale && !signal.aborted) {
      this.#isStale = false
      const start = performance.now()
      try {
        const data = await this.#read(signal)
        if (!signal.aborted) this.#show({ data })
      } catch (error) {
        if (!signal.aborted) this.#show({ error: error as Error })
      }
      // An answer that takes long is not asked for all the time.
      const rest = Math.max(INTERVAL_MS, 2 * (performance.now() - start))
      await new Promise((resolve) => setTimeout(resolve, rest))
    }
    this.#isBusy = false
  }
}
