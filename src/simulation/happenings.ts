import type { ReceivedMessage, SessionHistory } from './history.ts'
import type { Effect, Step } from './scenario.ts'

/** How much happens in a session at most. Steps of a scenario beyond it do not happen any more. */
export const HAPPENINGS_MAX = 100_000

/** `rank` orders what has one moment: odd for messages, even for what happened between them. */
export type Happening = { readonly at: number; readonly rank: number } & (
  | { readonly kind: 'step' | 'event'; readonly effect: Effect; readonly place: string }
  | { readonly kind: 'message'; readonly message: ReceivedMessage }
  | { readonly kind: 'terminated' }
)

/** Everything up to `now`, in the order of time. What a client could see before it sent a message comes before the message. */
export function happeningsUntil(history: SessionHistory, now: number, instant: boolean): Happening[] {
  const { scenario, messages, events, terminatedAt } = history
  const happenings: Happening[] = []
  let rank = 0
  let turn = 0
  let steps = timedSteps(history, scenario.steps, { at: history.createdAt, reads: 0 }, instant)
  let next = steps.next()
  let index = 0
  const stepsWhile = (isDue: (step: TimedStep) => boolean) => {
    for (; !next.done && isDue(next.value) && happenings.length < HAPPENINGS_MAX; next = steps.next()) {
      const { at, effect } = next.value
      happenings.push({ kind: 'step', at, rank, effect, place: `${turn}.${index++}` })
    }
  }
  for (const message of messages) {
    const { at, reads } = message
    if (at > now) break
    stepsWhile((step) => step.at < at || (step.at === at && step.reads <= reads))
    happenings.push({ kind: 'message', at, rank: rank + 1, message })
    rank += 2
    if (scenario.on_message === undefined) continue
    turn++
    steps = timedSteps(history, scenario.on_message, message, instant)
    next = steps.next()
    index = 0
  }
  stepsWhile((step) => step.at <= now)
  for (const [index, { at, effect, messages: before = 0 }] of events.entries()) {
    if (at <= now) happenings.push({ kind: 'event', at, rank: 2 * before, effect, place: `event.${index}` })
  }
  if (terminatedAt !== null && terminatedAt <= now) {
    happenings.push({ kind: 'terminated', at: terminatedAt, rank: 2 * messages.length })
  }
  return happenings.sort((a, b) => a.at - b.at || a.rank - b.rank)
}

/** A step, its moment, and the number of reads of the session before which it cannot happen. */
interface TimedStep {
  readonly effect: Effect
  readonly at: number
  readonly reads: number
}

/**
 * The steps of a turn that began at a moment and after a number of reads, up to the first whose reads have not come. No step
 * happens before the one before. Each is made when it is asked for: of the steps of a thousand turns, most never happen.
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
