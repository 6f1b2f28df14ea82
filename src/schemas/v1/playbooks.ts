import { type Static, Type } from '@sinclair/typebox'
import { userOrNull } from '../../auth/principal.ts'
import { formatInstant } from '../../base/clock.ts'
import type { PlaybookRecord } from '../../resources/playbooks.ts'
import { DateTime, Nullable } from '../types.ts'

/** The path of one playbook. */
export const PlaybookPath = Type.Object({ playbook_id: Type.String({ title: 'Playbook Id' }) })

/** The body of `POST /v1/playbooks` and `PUT /v1/playbooks/{playbook_id}`. */
export const CreatePlaybookParams = Type.Object(
  {
    title: Type.String({ title: 'Title', minLength: 1 }),
    body: Type.String({ title: 'Body', minLength: 1 }),
    macro: Type.Optional(Nullable(Type.String(), { title: 'Macro' })),
  },
  { $id: 'CreatePlaybookParams', title: 'CreatePlaybookParams' },
)

/** A playbook. Unlike in other responses, nullable members are required, except `macro`. */
export const PlaybookResponse = Type.Object(
  {
    playbook_id: Type.String({ title: 'Playbook Id' }),
    title: Type.String({ title: 'Title' }),
    body: Type.String({ title: 'Body' }),
    status: Type.String({ title: 'Status' }),
    access_type: Type.String({ title: 'Access Type' }),
    org_id: Type.String({ title: 'Org Id' }),
    created_at: Nullable(DateTime(), { title: 'Created At' }),
    updated_at: Nullable(DateTime(), { title: 'Updated At' }),
    created_by_user_id: Nullable(Type.String(), { title: 'Created By User Id' }),
    created_by_user_name: Nullable(Type.String(), { title: 'Created By User Name' }),
    updated_by_user_id: Nullable(Type.String(), { title: 'Updated By User Id' }),
    updated_by_user_name: Nullable(Type.String(), { title: 'Updated By User Name' }),
    macro: Type.Optional(Nullable(Type.String(), { title: 'Macro' })),
  },
  { $id: 'PlaybookResponse', title: 'PlaybookResponse' },
)

/** The response of `PUT /v1/playbooks/{playbook_id}`. */
export const UpdatePlaybookResponse = Type.Object(
  { status: Type.String({ title: 'Status' }) },
  {
    $id: 'UpdatePlaybookResponse',
    title: 'UpdatePlaybookResponse',
    description: 'Response for successful playbook update.',
  },
)

/** The response of `DELETE /v1/playbooks/{playbook_id}`. */
export const DeletePlaybookResponse = Type.Object(
  { status: Type.String({ title: 'Status' }) },
  {
    $id: 'DeletePlaybookResponse',
    title: 'DeletePlaybookResponse',
    description: 'Response for successful playbook deletion.',
  },
)

/** Returns the wire form of a playbook. */
export function playbookResponse(playbook: PlaybookRecord, orgId: string): Static<typeof PlaybookResponse> {
  const [creator, editor] = [userOrNull(playbook.createdBy), userOrNull(playbook.updatedBy)]
  return {
    playbook_id: playbook.id,
    title: playbook.title,
    body: playbook.body,
    macro: playbook.macro,
    status: playbook.status,
    access_type: 'team',
    org_id: orgId,
    created_at: formatInstant(playbook.createdAt),
    updated_at: formatInstant(playbook.updatedAt),
    created_by_user_id: creator?.id ?? null,
    created_by_user_name: creator?.name ?? null,
    updated_by_user_id: editor?.id ?? null,
    updated_by_user_name: editor?.name ?? null,
  }
}
