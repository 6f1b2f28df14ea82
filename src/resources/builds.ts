import { Type } from '@sinclair/typebox'
import type { Actor } from '../auth/principal.ts'
import { formatInstant, formatInstantOrNull } from '../base/clock.ts'
import { Nullable, StringEnum } from '../schemas/types.ts'
import type { StoredRecord } from '../store/types.ts'
import {
  createdAtOf,
  defineResource,
  MaybeActor,
  MaybeTime,
  RecordId,
  StrictObject,
  Time,
} from './resource.ts'

/** A build of the snapshot that sessions start from. */
export interface BuildRecord extends StoredRecord {
  readonly trigger: 'manual' | 'auto' | null
  /** How the build ends, unless it is cancelled. */
  readonly outcome: 'succeeded' | 'failed'
  /** Microseconds since the epoch; null if it was not cancelled. */
  readonly cancelledAt: number | null
  /** The time at which the organization was pinned to it, in microseconds since the epoch; null if it is not. */
  readonly pinnedAt: number | null
  /** Microseconds since the epoch. */
  readonly createdAt: number
  readonly createdBy: Actor | null
}

/** The unique key of the build that the organization is pinned to. */
export const PINNED = 'pinned'

/** The builds of the snapshot that sessions start from. */
export const builds = defineResource({
  name: 'builds',
  uniqueKey: ({ pinnedAt }: BuildRecord) => (pinnedAt === null ? undefined : PINNED),
  uniqueMember: 'pinned_at',
  document: StrictObject({
    id: RecordId,
    /** What started it; null if it is not known. Default: `auto`. */
    trigger: Type.Optional(Nullable(StringEnum(['manual', 'auto']))),
    /** How it ends, unless it is cancelled. Default: `succeeded`. */
    outcome: Type.Optional(StringEnum(['succeeded', 'failed'])),
    cancelled_at: MaybeTime,
    pinned_at: MaybeTime,
    created_at: Time,
    created_by: MaybeActor,
  }),
  encode: ({ id, trigger, outcome, cancelledAt, pinnedAt, createdAt, createdBy }: BuildRecord) => ({
    id,
    trigger,
    outcome,
    cancelled_at: formatInstantOrNull(cancelledAt),
    pinned_at: formatInstantOrNull(pinnedAt),
    created_at: formatInstant(createdAt),
    created_by: createdBy,
  }),
  decode: (build, defaults, reader): BuildRecord => {
    const createdAt = createdAtOf(build, defaults, reader)
    const instant = (member: 'cancelled_at' | 'pinned_at') => {
      const text = build[member]
      return text == null ? null : reader.instant([member], text, createdAt)
    }
    return {
      id: build.id ?? `build-${defaults.ids.hex()}`,
      trigger: build.trigger === undefined ? 'auto' : build.trigger,
      outcome: build.outcome ?? 'succeeded',
      cancelledAt: instant('cancelled_at'),
      pinnedAt: instant('pinned_at'),
      createdAt,
      createdBy: build.created_by ?? null,
    }
  },
})
