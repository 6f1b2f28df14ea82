import type { SessionHistory } from './history.ts'
import type { Effect } from './scenario.ts'
import { timelineUntil } from './timeline.ts'

/**
 * Returns the times up to `now` at which steps and events with a selected effect are due, oldest first and each once. The
 * effects of a session that has ended or finished are included, although they do not happen.
 */
export function momentsOf(
  history: SessionHistory,
  { now, instant }: { readonly now: number; readonly instant: boolean },
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
