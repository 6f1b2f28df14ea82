import type { SessionHistory } from './history.ts'
import { SessionProjection } from './projection.ts'
import type { SessionState } from './session-state.ts'
import { timelineUntil } from './timeline.ts'

export type { ManualEvent, ReceivedMessage, Sender, SessionHistory } from './history.ts'
export type { DevinFile, PullRequest, SessionMessage, SessionState } from './session-state.ts'
export { sampleOf } from './templates.ts'

/** The delay after the creation before a generated title appears, in microseconds. */
export const TITLE_DELAY_MICROS = 2_000_000

/**
 * Returns the state of a session at `now` (microseconds since the epoch). A pure function of its arguments. With `instant`,
 * steps do not wait for time to pass.
 */
export function sessionAt(history: SessionHistory, now: number, instant = false): SessionState {
  const state = new SessionProjection(history, instant)
  for (const event of timelineUntil(history, now, instant)) {
    if (state.endedAt !== null) break
    state.apply(event)
  }
  const age = Math.min(now, state.endedAt ?? now) - history.createdAt
  return state.view({ now, showsTitle: instant || age >= TITLE_DELAY_MICROS })
}

/** Returns whether another read can change the session's state, because its latest turn has steps that wait for reads. */
export function countsReads({ scenario, messages, reads }: SessionHistory): boolean {
  const { steps, on_message = steps } = scenario
  const turn = scenario.on_message === undefined ? undefined : messages.at(-1)
  const most = Math.max(0, ...(turn === undefined ? steps : on_message).map((step) => step.after_reads ?? 0))
  return reads.length - (turn?.reads ?? 0) < most
}
