import type { ReceivedMessage, SessionHistory } from './history.ts'
import type { Effect, Step } from './scenario.ts'

/** The maximum number of events in a session. Later steps of its scenario are dropped. */
export const TIMELINE_EVENTS_MAX = 100_000

/** A time after all others, except `Infinity`, the time of a step that waits for reads. */
export const END_OF_TIME = Number.MAX_VALUE

/**
 * A change of a session. `rank` orders events with the same timestamp: the messages of users have the odd numbers 1, 3, 5 and so on, and
 * events between two messages have ranks from the even number between theirs.
 */
export type TimelineEvent = { readonly at: number; readonly rank: number } & (
  | {
      readonly kind: 'step' | 'event'
      readonly effect: Effect
      readonly position: string
      /** Whether the session falls asleep. */
      readonly sleep: boolean
      /** Whether it is an event that only brings a step forward. */
      readonly isSkip: boolean
    }
  | { readonly kind: 'message'; readonly message: ReceivedMessage }
  | { readonly kind: 'terminated' }
)

/** A step of the turn in progress that has not happened yet. */
export interface ComingStep extends Omit<TimedStep, 'rank'> {
  /** Its index in its turn. */
  readonly index: number
  readonly position: string
}

/** The course of a session at a time. */
export interface Course {
  /** The events up to that time, in order. Events that a client could see before it sent a message precede the message. */
  readonly past: TimelineEvent[]
  /** The steps of the turn in progress that are still to come, computed on demand. */
  readonly coming: () => Generator<ComingStep, undefined>
}

/** Returns all events up to `now` in order. */
export function timelineUntil(history: SessionHistory, now: number, instant: boolean): TimelineEvent[] {
  return courseAt(history, now, instant).past
}

/** Returns the course of a session at a time. */
export function courseAt(history: SessionHistory, now: number, instant: boolean): Course {
  const { scenario, messages, events, terminatedAt } = history
  const timeline: TimelineEvent[] = []
  const skips = events.length === 0 ? undefined : skipsOf(history)
  let rank = 0
  let turn = 0
  let steps = timedSteps(history, scenario.steps, { at: history.createdAt, reads: 0 }, instant, skips?.get(0))
  let next = steps.next()
  let index = 0
  const stepsWhile = (isDue: (step: TimedStep) => boolean) => {
    for (; !next.done && isDue(next.value) && timeline.length < TIMELINE_EVENTS_MAX; next = steps.next()) {
      const { at, effect, rank: own } = next.value
      const position = `${turn}.${index++}`
      timeline.push({
        kind: 'step',
        at,
        rank: Math.max(rank, own),
        effect,
        position,
        sleep: false,
        isSkip: false,
      })
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
    steps = timedSteps(history, scenario.on_message, message, instant, skips?.get(turn))
    next = steps.next()
    index = 0
  }
  stepsWhile((step) => step.at <= now)
  addEvents(timeline, history, now)
  if (terminatedAt !== null && terminatedAt <= now) {
    timeline.push({ kind: 'terminated', at: terminatedAt, rank: 2 * messages.length + 1 })
  }
  const past = timeline.sort((a, b) => a.at - b.at || a.rank - b.rank)
  return { past, coming: () => restOf(steps, next, turn, index) }
}

function addEvents(timeline: TimelineEvent[], { events }: SessionHistory, now: number): void {
  for (const [index, { at, effect, messages: before = 0, sleep = false, step }] of events.entries()) {
    if (at > now) continue
    const rank = 2 * before + rankOf(index, events.length)
    const isSkip = step !== undefined
    timeline.push({ kind: 'event', at, rank, effect, position: `event.${index}`, sleep, isSkip })
  }
}

/** Returns the fraction that an event adds to the even rank of its place among the messages: between 0 and 1, and increasing. */
function rankOf(index: number, length: number): number {
  return (index + 1) / (length + 1)
}

function* restOf(
  steps: Generator<TimedStep, undefined>,
  next: IteratorResult<TimedStep, undefined>,
  turn: number,
  index: number,
): Generator<ComingStep, undefined> {
  for (let at = index, step = next; !step.done; step = steps.next(), at++) {
    const { rank: _, ...rest } = step.value
    yield { ...rest, index: at, position: `${turn}.${at}` }
  }
}

/** The event that brings a step forward. */
interface Skip {
  readonly at: number
  /** The minimum rank of the step. */
  readonly rank: number
}

/** The skips of a turn by the index of the step. */
type Skips = ReadonlyMap<number, Skip>

/** Returns the skips of a session by turn; undefined if it has none. */
function skipsOf({ events, scenario }: SessionHistory): ReadonlyMap<number, Skips> | undefined {
  let turns: Map<number, Map<number, Skip>> | undefined
  for (const [index, { at, step, messages = 0 }] of events.entries()) {
    if (step === undefined) continue
    turns ??= new Map()
    const turn = scenario.on_message === undefined ? 0 : messages
    const skips = turns.get(turn) ?? new Map<number, Skip>()
    // Otherwise an earlier event has already brought it forward.
    if (!skips.has(step)) skips.set(step, { at, rank: 2 * messages + rankOf(index + 0.5, events.length) })
    turns.set(turn, skips)
  }
  return turns
}

/** A step with its time and the minimum number of reads of the session before it happens. */
interface TimedStep {
  readonly effect: Effect
  /** `Infinity` while it waits for reads. */
  readonly at: number
  readonly reads: number
  /** The number of further reads that it waits for, itself or because of an earlier step. */
  readonly missingReads: number
  /** Its minimum rank. */
  readonly rank: number
}

/**
 * Yields the steps of a turn that started at a time and after a number of reads. No step happens earlier than the previous one. Lazy,
 * because most steps of a thousand turns never happen.
 */
function* timedSteps(
  history: SessionHistory,
  steps: readonly Step[],
  start: { readonly at: number; readonly reads: number },
  instant: boolean,
  skips: Skips | undefined,
): Generator<TimedStep, undefined> {
  let { at, reads } = start
  let rank = 0
  let missingReads = 0
  let index = 0
  /** The time by which steps happen earlier than planned. */
  let ahead = 0
  for (const effect of steps) {
    const { after_seconds, after_reads } = effect
    const previous = at
    if (after_reads !== undefined) {
      const needed = start.reads + after_reads
      at = Math.max(at, history.reads[needed - 1] ?? Number.POSITIVE_INFINITY)
      reads = Math.max(reads, needed)
      missingReads = Math.max(missingReads, needed - history.reads.length)
    }
    if (after_seconds !== undefined && !instant) {
      at = Math.max(at, start.at + Math.round(after_seconds * 1_000_000) - ahead)
    }
    const skip = skips?.get(index++)
    // A step that still waits for reads cannot be brought forward.
    if (skip !== undefined && missingReads === 0) {
      const earlier = Math.max(previous, skip.at)
      if (earlier <= at) rank = Math.max(rank, skip.rank)
      ahead += Math.max(0, at - earlier)
      at = Math.min(at, earlier)
    }
    // An archived session is not resumed, not even by its scenario.
    if (at > (history.archivedAt ?? Number.POSITIVE_INFINITY)) return
    yield { effect, at, reads, missingReads, rank }
  }
}
