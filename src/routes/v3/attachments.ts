import type { UploadFile } from '../../fastapi/form/form.ts'
import { presignedPath, uploadAttachment } from '../../organization/attachments.ts'
import { attachmentResponse } from '../../schemas/v3/attachments.ts'
import type { V3Routes } from './types.ts'

/** The files of an organization. */
export const attachmentsRoutes = {
  // POST /v3/organizations/{org_id}/attachments
  'POST /v3/organizations/{org_id}/attachments': {
    permission: 'UseDevinSessions',
    handle: async ({ organization, principal, body, origin }) => {
      // The contract calls a file a binary string; validation lets through only a file.
      const { file }: { readonly file: unknown } = body
      return attachmentResponse(await uploadAttachment(organization, principal, file as UploadFile), origin)
    },
  },

  // GET /v3/organizations/{org_id}/attachments/{uuid}/{name}
  'GET /v3/organizations/{org_id}/attachments/{uuid}/{name}': {
    permission: ['UseDevinSessions', 'ViewOrgSessions'],
    handle: async ({ organization, params, origin }, reply) => {
      const { uuid: id, name } = params
      return reply.redirect(origin + (await presignedPath(organization, { id, name })), 307)
    },
  },
} satisfies V3Routes
