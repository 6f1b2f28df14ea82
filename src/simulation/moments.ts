import { isDeepStrictEqual } from 'node:util'
import type { Moment, SessionHistory } from './history.ts'
import { CLAIMED_AFTER_MICROS, IDLE_LIMIT_MICROS, RESUME_MICROS, RUNNING_AFTER_MICROS } from './phase.ts'
import type { Effect } from './scenario.ts'
import { sessionAt, TITLE_DELAY_MICROS } from './session.ts'
import { END_OF_TIME, timelineUntil } from './timeline.ts'

/**
 * Returns the times up to `now` at which steps and events with a selected effect are due, oldest first and each once. The
 * effects of a session that has ended or finished are included, although they do not happen.
 */
export function momentsOf(
  history: SessionHistory,
  { now, instant }: Moment,
  isSelected: (effect: Effect) => boolean,
): number[] {
  const { scenario, events } = history
  const { steps, on_message = [] } = scenario
  const canHappen =
    steps.some(isSelected) || on_message.some(isSelected) || events.some(({ effect }) => isSelected(effect))
  if (!canHappen) return []
  const moments = new Set<number>()
  for (const event of timelineUntil(history, now, instant)) {
    if ('effect' in event && isSelected(event.effect)) moments.add(event.at)
  }
  return [...moments]
}

/** The delays after which a session may change without a request: after its creation, and after each step, message or event. */
const DELAYS = {
  creation: [CLAIMED_AFTER_MICROS, RUNNING_AFTER_MICROS, TITLE_DELAY_MICROS],
  event: [0, RESUME_MICROS, IDLE_LIMIT_MICROS],
} as const

/**
 * Returns the first time after `now` at which a session changes without a request: by a step of its scenario, its generated title, the
 * start of its machine, or inactivity. Returns undefined if only a request can change it.
 */
export function nextMoment(history: SessionHistory, { now, instant }: Moment): number | undefined {
  if (instant) return undefined
  const { creation, event } = DELAYS
  const timeline = timelineUntil(history, END_OF_TIME, false)
  const moments = [
    ...creation.map((delay) => history.createdAt + delay),
    ...timeline.flatMap(({ at }) => event.map((delay) => at + delay)),
  ].filter((at) => at > now)
  if (moments.length === 0) return undefined
  const current = sessionAt(history, now)
  if (current.endedAt !== null) return undefined
  moments.sort((one, other) => one - other)
  return moments.find((at) => !isDeepStrictEqual(sessionAt(history, at), current))
}
