import type { FaultSpec } from '../../schemas/control/fault.ts'
import type { RequestEntry } from '../../schemas/control/journal.ts'
import { knownMethod, pathPatternOf, patternOf } from './requests-path.ts'

/** What can happen to the next requests like one of the journal. */
export const FAILURES = {
  limited: { preset: 'rate-limit' },
  error: { status: 500 },
  unavailable: { status: 503 },
  slow: { preset: 'slow' },
  timeout: { delay_ms: 60_000 },
  cut: { abort: 'before', include_retries: true },
  lost: { abort: 'after', include_retries: true },
  broken: { malformed_json: true },
} as const satisfies Readonly<Record<string, FaultSpec>>

/** The name of a failure. */
export type FailureName = keyof typeof FAILURES

/** Which requests fail: those of the same operation, or of the same path. */
export type FailureScope = 'operation' | 'path'

/** Returns the fault that makes the next requests like one of the journal fail. */
export function faultFor(
  entry: RequestEntry,
  { failure, scope, times }: { failure: FailureName; scope: FailureScope; times: number },
): FaultSpec {
  const method = knownMethod(entry.method)
  const path = scope === 'path' ? pathPatternOf(entry.path) : patternOf(entry)
  return {
    ...FAILURES[failure],
    ...(method !== undefined && { method }),
    ...(path !== undefined && { path }),
    ...(entry.org_id !== null && { org_id: entry.org_id }),
    times,
  }
}
