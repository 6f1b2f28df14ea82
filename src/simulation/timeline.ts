import type { ReceivedMessage, SessionHistory } from './history.ts'
import type { Effect, Step } from './scenario.ts'

/** The maximum number of events in a session. Later steps of its scenario are dropped. */
export const TIMELINE_EVENTS_MAX = 100_000

/** A change of a session. `rank` orders events with the same timestamp: odd for messages, even for events between them. */
export type TimelineEvent = { readonly at: number; readonly rank: number } & (
  | {
      readonly kind: 'step' | 'event'
      readonly effect: Effect
      readonly position: string
      /** Whether the session falls asleep. */
      readonly sleep: boolean
    }
  | { readonly kind: 'message'; readonly message: ReceivedMessage }
  | { readonly kind: 'terminated' }
)

/** Returns all events up to `now` in order. Events that a client could see before it sent a message precede the message. */
export function timelineUntil(history: SessionHistory, now: number, instant: boolean): TimelineEvent[] {
  const { scenario, messages, events, terminatedAt } = history
  const timeline: TimelineEvent[] = []
  let rank = 0
  let turn = 0
  let steps = timedSteps(history, scenario.steps, { at: history.createdAt, reads: 0 }, instant)
  let next = steps.next()
  let index = 0
  const stepsWhile = (isDue: (step: TimedStep) => boolean) => {
    for (; !next.done && isDue(next.value) && timeline.length < TIMELINE_EVENTS_MAX; next = steps.next()) {
      const { at, effect } = next.value
      timeline.push({ kind: 'step', at, rank, effect, position: `${turn}.${index++}`, sleep: false })
    }
  }
  for (const message of messages) {
    const { at, reads } = message
    if (at > now) break
    stepsWhile((step) => step.at < at || (step.at === at && step.reads <= reads))
    timeline.push({ kind: 'message', at, rank: rank + 1, message })
    rank += 2
    if (scenario.on_message === undefined) continue
    turn++
    steps = timedSteps(history, scenario.on_message, message, instant)
    next = steps.next()
    index = 0
  }
  stepsWhile((step) => step.at <= now)
  for (const [index, { at, effect, messages: before = 0, sleep = false }] of events.entries()) {
    if (at > now) continue
    timeline.push({ kind: 'event', at, rank: 2 * before, effect, position: `event.${index}`, sleep })
  }
  if (terminatedAt !== null && terminatedAt <= now) {
    timeline.push({ kind: 'terminated', at: terminatedAt, rank: 2 * messages.length })
  }
  return timeline.sort((a, b) => a.at - b.at || a.rank - b.rank)
}

/** A step with its time and the minimum number of reads of the session before it happens. */
interface TimedStep {
  readonly effect: Effect
  readonly at: number
  readonly reads: number
}

/**
 * Yields the steps of a turn that started at a time and after a number of reads, up to the first step still waiting for
 * reads. No step happens earlier than the previous one. Lazy, because most steps of a thousand turns never happen.
 */
function* timedSteps(
  history: SessionHistory,
  steps: readonly Step[],
  start: { readonly at: number; readonly reads: number },
  instant: boolean,
): Generator<TimedStep, undefined> {
  let { at, reads } = start
  for (const effect of steps) {
    const { after_seconds, after_reads } = effect
    if (after_reads !== undefined) {
      const read = history.reads[start.reads + after_reads - 1]
      if (read === undefined) return
      at = Math.max(at, read)
      reads = Math.max(reads, start.reads + after_reads)
    }
    if (after_seconds !== undefined && !instant) {
      at = Math.max(at, start.at + Math.round(after_seconds * 1_000_000))
    }
    yield { effect, at, reads }
  }
}
