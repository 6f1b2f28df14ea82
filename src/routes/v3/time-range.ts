import { CLOCK_MAX } from '../../base/clock.ts'
import type { TimeRange } from '../../simulation/consumption.ts'

/** The query parameters of a time range, in Unix seconds. */
export interface TimeRangeQuery {
  /** The start of the range. Default: the beginning of time. */
  readonly time_after?: number | null
  /** The end of the range, which is not part of it. Default: the end of time. */
  readonly time_before?: number | null
}

/** Returns a time range in microseconds. Times that no clock can show are moved to the nearest that one can. */
export function timeRange({ time_after: after, time_before: before }: TimeRangeQuery): TimeRange {
  return { after: instantOf(after ?? -CLOCK_MAX), before: instantOf(before ?? CLOCK_MAX) }
}

/** Returns a time in microseconds, within the range of clocks. Validated integers may be of any size. */
function instantOf(seconds: number): number {
  return Math.min(Math.max(Number(seconds) * 1_000_000, -CLOCK_MAX), CLOCK_MAX)
}
