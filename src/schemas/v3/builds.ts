import { unixSeconds, unixSecondsOrNull } from '../../base/clock.ts'
import type { BuildRecord } from '../../resources/builds.ts'
import type { BuildState } from '../../simulation/build-state.ts'
import type { Build } from './contract.ts'

/** Returns the wire form of a build in a state. */
export function buildResponse(
  { id, trigger, pinnedAt, createdAt, createdBy }: BuildRecord,
  { status, startedAt, completedAt }: BuildState,
): Build {
  const updatedAt = Math.max(createdAt, startedAt ?? 0, completedAt ?? 0, pinnedAt ?? 0)
  return {
    build_id: id,
    status,
    trigger,
    triggered_by_user_id: createdBy?.id ?? null,
    pinned: pinnedAt !== null,
    created_at: unixSeconds(createdAt),
    started_at: unixSecondsOrNull(startedAt),
    completed_at: unixSecondsOrNull(completedAt),
    updated_at: unixSeconds(updatedAt),
  }
}
