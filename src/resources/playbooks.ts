import { Type } from '@sinclair/typebox'
import type { User } from '../auth/principal.ts'
import { formatInstant } from '../base/clock.ts'
import { StringEnum } from '../schemas/types.ts'
import type { StoredRecord } from '../store/types.ts'
import {
  createdAtOf,
  defineResource,
  MaybeText,
  MaybeUser,
  RecordId,
  StrictObject,
  Time,
} from './resource.ts'

/** A playbook. A deleted one is kept without its macro, and never shown. */
export interface PlaybookRecord extends StoredRecord {
  readonly title: string
  readonly body: string
  /** Unique within the organization. */
  readonly macro: string | null
  readonly status: 'published' | 'deleted'
  /** Microseconds since the epoch. */
  readonly createdAt: number
  readonly createdBy: User | null
  /** Microseconds since the epoch. */
  readonly updatedAt: number
  readonly updatedBy: User | null
}

export const playbooks = defineResource({
  name: 'playbooks',
  uniqueKey: (playbook: PlaybookRecord) => playbook.macro ?? undefined,
  uniqueMember: 'macro',
  document: StrictObject({
    id: RecordId,
    title: Type.String({ minLength: 1 }),
    body: Type.String({ minLength: 1 }),
    macro: MaybeText,
    status: Type.Optional(StringEnum(['published', 'deleted'])),
    created_at: Time,
    created_by: MaybeUser,
    updated_at: Time,
    updated_by: MaybeUser,
  }),
  encode: (playbook: PlaybookRecord) => ({
    id: playbook.id,
    title: playbook.title,
    body: playbook.body,
    macro: playbook.macro,
    status: playbook.status,
    created_at: formatInstant(playbook.createdAt),
    created_by: playbook.createdBy,
    updated_at: formatInstant(playbook.updatedAt),
    updated_by: playbook.updatedBy,
  }),
  decode: (playbook, defaults, reader) => {
    const { created_by: creator = null, updated_by: editor = creator } = playbook
    const createdAt = createdAtOf(playbook, defaults, reader)
    return {
      id: playbook.id ?? `playbook-${defaults.ids.hex()}`,
      title: playbook.title,
      body: playbook.body,
      macro: playbook.macro ?? null,
      status: playbook.status ?? 'published',
      createdAt,
      createdBy: creator,
      updatedAt: reader.instant(['updated_at'], playbook.updated_at, createdAt),
      updatedBy: editor,
    }
  },
})
