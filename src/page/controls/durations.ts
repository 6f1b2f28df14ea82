import { durationOf } from '../model/controls-clock.ts'
import { formatNumber, texts } from '../texts/index.ts'

/** Returns a number of seconds in a unit that suits it. */
export function formatDuration(seconds: number): string {
  const { value, unit } = durationOf(seconds)
  return texts.value.controls.duration[unit](formatNumber(value))
}
