import type { Moment, SessionHistory } from './history.ts'
import { SessionProjection } from './projection.ts'
import type { Effect } from './scenario.ts'
import { type ComingStep, courseAt, type TimelineEvent } from './timeline.ts'

/** Something that has happened in a session, or a step of the turn in progress that will. */
export interface OutlineItem {
  readonly kind: 'created' | TimelineEvent['kind']
  /** The time, in microseconds since the epoch; null for a step that waits for reads. */
  readonly at: number | null
  readonly isPast: boolean
  /** The number of further reads that it waits for; null if it waits for none. */
  readonly waitsForReads: number | null
  /** What it changes, if it is a step or an event, without the time of a step. */
  readonly effect: Effect | null
  /** The text of the message that belongs to it. */
  readonly text: string | null
}

/** The past and the coming steps of a session as a list. */
export interface Outline {
  /** The past items, oldest first, and then the coming ones. Omits steps after the end of the turn or the session, which do not happen. */
  readonly items: readonly OutlineItem[]
  /** Whether items are omitted because of the limit. */
  readonly isCut: boolean
}

/** The number of coming steps that a cut outline keeps, if there are as many. */
const COMING_KEPT = 100

/** Returns the outline of a session, with at most `limit` items: the newest past ones and the first coming ones. */
export function outlineAt(history: SessionHistory, moment: Moment, limit: number): Outline {
  const all = [...entriesOf(history, moment)].map(({ item }) => item)
  const created = { ...NOTHING, kind: 'created', at: history.createdAt, text: history.prompt } as const
  const past = [created, ...all.filter(({ isPast }) => isPast)]
  const coming = all
    .filter(({ isPast }) => !isPast)
    .slice(0, Math.max(Math.min(COMING_KEPT, limit - 1), limit - past.length))
  const items = [...past.slice(-(limit - coming.length)), ...coming]
  return { items, isCut: items.length < all.length + 1 }
}

/** Returns the next step of the turn in progress; undefined if none follows before a message or an event. */
export function nextStepAt(history: SessionHistory, moment: Moment): ComingStep | undefined {
  for (const { step } of entriesOf(history, moment)) if (step !== undefined) return step
  return undefined
}

/**
 * Returns the reads and events that make the next step of a session happen now. The later steps of the turn move forward by the same
 * time. Adds the reads that the step waits for. Returns undefined if there is no next step.
 */
export function withNextStepNow(
  history: SessionHistory,
  moment: Moment,
): Pick<SessionHistory, 'reads' | 'events'> | undefined {
  const step = nextStepAt(history, moment)
  if (step === undefined) return undefined
  const { now } = moment
  const messages = history.messages.filter(({ at }) => at <= now).length
  return {
    reads: [...history.reads, ...Array<number>(step.missingReads).fill(now)],
    events: [...history.events, { at: now, messages, effect: {}, step: step.index }],
  }
}

const NOTHING = { isPast: true, waitsForReads: null, effect: null, text: null } as const

interface Entry {
  readonly item: OutlineItem
  /** The step, if it is still to come. */
  readonly step?: ComingStep
}

/** Yields the entries after the creation of a session: the past ones, and then the coming steps. */
function* entriesOf(history: SessionHistory, { now, instant }: Moment): Generator<Entry, undefined> {
  const { past, coming } = courseAt(history, now, instant)
  const state = new SessionProjection(history, instant)
  const apply = (event: TimelineEvent) => {
    const before = state.messages.length
    const happens = state.endedAt === null && state.apply(event)
    return { happens, text: state.messages[before]?.text ?? null }
  }
  for (const event of past) {
    const { happens, text } = apply(event)
    const effect = effectOf(event)
    if (happens && !isSkip(event)) {
      yield { item: { ...NOTHING, kind: event.kind, at: event.at, effect, text } }
    }
  }
  for (const step of coming()) {
    const { at, effect, position, missingReads } = step
    const event = { kind: 'step', at, rank: 0, effect, position, sleep: false, isSkip: false } as const
    const { happens, text } = apply(event)
    // The steps after it do not happen either.
    if (!happens) return
    const [time, waitsForReads] = missingReads === 0 ? [at, null] : [null, missingReads]
    yield {
      item: { kind: 'step', at: time, isPast: false, waitsForReads, effect: effectOf(event), text },
      step,
    }
  }
}

function isSkip(event: TimelineEvent): boolean {
  return 'isSkip' in event && event.isSkip
}

function effectOf(event: TimelineEvent): Effect | null {
  if (!('effect' in event)) return null
  const {
    after_seconds: _,
    after_reads: __,
    ...effect
  } = event.effect as Effect & {
    after_seconds?: number
    after_reads?: number
  }
  return effect
}
