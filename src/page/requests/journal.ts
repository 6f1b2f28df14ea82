import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Requests } from '../../schemas/control/requests.ts'
import { openControl } from '../control.ts'
import { listen } from '../live.ts'
import { type JournalCall, JournalCopy } from '../model/requests-copy.ts'
import type { RequestRow } from '../model/requests-row.ts'

/** The journal as far as it has been read. */
export interface Journal {
  /** Newest first. */
  readonly rows: readonly RequestRow[]
  readonly isStarted: boolean
  readonly isComplete: boolean
  readonly dropped: number
  readonly isPaused: boolean
  readonly waiting: number
  /** The error of the last call. */
  readonly error: Error | undefined
}

/** The journal, and what can be done with its copy. */
export interface LiveJournal {
  readonly journal: Journal
  /** Stops or goes on to show new requests. */
  pause(isPaused: boolean): void
  /** Reads everything again. */
  reload(): void
}

/** The time between two calls, in milliseconds: for new entries and for older ones. */
const PAUSE_MS = { newer: 200, older: 20 }

/** Follows the journal of an organization, or of the server. */
export function useJournal(orgId: string | undefined): LiveJournal {
  const journal = useSignal<Journal>(shown(new JournalCopy()))
  const actions = useRef<Omit<LiveJournal, 'journal'>>({ pause() {}, reload() {} })
  useEffect(() => {
    const copy = new JournalCopy(orgId)
    const follower = new Follower(copy, orgId, (error) => {
      journal.value = shown(copy, error)
    })
    actions.current = {
      pause(isPaused) {
        copy.isPaused = isPaused
        follower.wake()
      },
      reload() {
        copy.restart()
        follower.wake()
      },
    }
    journal.value = shown(copy)
    void follower.run()
    const end = listen((event) => {
      if (copy.tell(event)) follower.wake()
    })
    return () => {
      end()
      follower.stop()
    }
  }, [orgId])
  return {
    journal: journal.value,
    pause: (isPaused) => actions.current.pause(isPaused),
    reload: () => actions.current.reload(),
  }
}

function shown(copy: JournalCopy, error?: Error): Journal {
  const { rows, isStarted, isComplete, dropped, isPaused, waiting } = copy
  return { rows, isStarted: isStarted || rows.length > 0, isComplete, dropped, isPaused, waiting, error }
}

/** Makes the calls that a copy of the journal asks for, one after the other. */
class Follower {
  readonly #copy: JournalCopy
  readonly #orgId: string | undefined
  readonly #show: (error?: Error) => void
  readonly #stop = new AbortController()
  #wake = () => {}

  constructor(copy: JournalCopy, orgId: string | undefined, show: (error?: Error) => void) {
    this.#copy = copy
    this.#orgId = orgId
    this.#show = show
  }

  /** Shows what the copy has been told, and reads on. */
  wake(): void {
    this.#show()
    this.#wake()
  }

  stop(): void {
    this.#stop.abort()
    this.#wake()
  }

  async run(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const call = this.#copy.next()
      if (call === undefined) {
        await this.#news()
        continue
      }
      try {
        await this.#make(call)
      } catch (error) {
        if (signal.aborted) return
        this.#copy.restart()
        this.#show(error as Error)
        await this.#news()
      }
      const pause = call.kind === 'newer' ? PAUSE_MS.newer : PAUSE_MS.older
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }

  async #make(call: JournalCall): Promise<void> {
    const response = await openControl('/requests', {
      query: { ...call.query, org_id: this.#orgId },
      signal: this.#stop.signal,
    })
    const text = await response.text()
    if (this.#stop.signal.aborted) return
    this.#copy.take(call, JSON.parse(text) as Requests, text.length)
    this.#show()
  }

  /** Waits until there may be something to read. */
  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
