import { Type } from '@sinclair/typebox'
import type { Actor } from '../auth/principal.ts'
import { formatInstant } from '../base/clock.ts'
import { AnyObject, Nullable, StringEnum } from '../schemas/types.ts'
import { checkedSchema } from '../simulation/checked-schema.ts'
import type { StoredRecord } from '../store/types.ts'
import {
  createdAtOf,
  defineResource,
  MaybeActor,
  MaybeText,
  RecordId,
  StrictObject,
  Text,
  Time,
} from './resource.ts'

/** A playbook. A deleted one is kept without its macro, and never shown. */
export interface PlaybookRecord extends StoredRecord {
  readonly title: string
  readonly body: string
  /** Unique within the organization. */
  readonly macro: string | null
  readonly status: 'published' | 'deleted'
  /** The JSON schema of the structured output of sessions that use the playbook. Only v3 can set it. */
  readonly structuredOutputSchema: Readonly<Record<string, unknown>> | null
  /** Microseconds since the epoch. */
  readonly createdAt: number
  readonly createdBy: Actor | null
  /** Microseconds since the epoch. */
  readonly updatedAt: number
  readonly updatedBy: Actor | null
}

const declaration = defineResource({
  name: 'playbooks',
  uniqueKey: (playbook: PlaybookRecord) => playbook.macro ?? undefined,
  uniqueMember: 'macro',
  document: StrictObject({
    id: RecordId,
    /** The title, e.g. `Upgrade a dependency`. */
    title: Text,
    /** The instructions. */
    body: Text,
    /** The macro that stands for it in prompts, e.g. `!upgrade`, unique within the organization; null for none. Default: null. */
    macro: MaybeText,
    /** Whether it exists; a deleted one is kept, and never shown. Default: `published`. */
    status: Type.Optional(StringEnum(['published', 'deleted'])),
    /** The JSON schema of the output of sessions that use it; null for none. Default: null. */
    structured_output_schema: Type.Optional(Nullable(AnyObject())),
    created_at: Time,
    created_by: MaybeActor,
    updated_at: Time,
    /** The actor of the last change. Default: its creator. */
    updated_by: MaybeActor,
  }),
  encode: (playbook: PlaybookRecord) => ({
    id: playbook.id,
    title: playbook.title,
    body: playbook.body,
    macro: playbook.macro,
    status: playbook.status,
    structured_output_schema: playbook.structuredOutputSchema,
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
      structuredOutputSchema: playbook.structured_output_schema ?? null,
      createdAt,
      createdBy: creator,
      updatedAt: reader.instant(['updated_at'], playbook.updated_at, createdAt),
      updatedBy: editor,
    }
  },
})

/** The playbooks. */
export const playbooks = {
  ...declaration,
  async decodeAll(...[documents, defaults, reader]: Parameters<typeof declaration.decodeAll>) {
    const records = await declaration.decodeAll(documents, defaults, reader)
    const checked: PlaybookRecord[] = []
    for (const [index, record] of records.entries()) {
      const structuredOutputSchema = await checkedSchema(record.structuredOutputSchema, (reason) => {
        reader.reject([index, 'structured_output_schema'], reason)
        return null
      })
      checked.push({ ...record, structuredOutputSchema })
    }
    return checked
  },
}
