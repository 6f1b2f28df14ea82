import { unixSeconds } from '../../base/clock.ts'
import type { PlaybookRecord } from '../../resources/playbooks.ts'
import { accessOf } from './access.ts'
import type { PlaybookResponse } from './contract.ts'

/** Returns the wire form of a playbook. */
export function playbookResponse(playbook: PlaybookRecord, orgId: string): PlaybookResponse {
  return {
    playbook_id: playbook.id,
    title: playbook.title,
    body: playbook.body,
    macro: playbook.macro,
    created_by: playbook.createdBy?.id ?? '',
    updated_by: playbook.updatedBy?.id ?? '',
    created_at: unixSeconds(playbook.createdAt),
    updated_at: unixSeconds(playbook.updatedAt),
    ...accessOf(orgId),
    structured_output_schema: playbook.structuredOutputSchema,
  }
}
