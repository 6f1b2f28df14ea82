import { presignedPath, uploadAttachment } from '../../organization/attachments.ts'
import { attachmentResponse } from '../../schemas/v3/attachments.ts'
import type { V3Routes } from './types.ts'
import { uploadIn } from './uploads.ts'

/** The files of an organization. */
export const attachmentsRoutes = {
  // POST /v3/organizations/{org_id}/attachments
  'POST /v3/organizations/{org_id}/attachments': {
    permission: 'UseDevinSessions',
    handle: async ({ organization, principal, body, origin }) =>
      attachmentResponse(await uploadAttachment(organization, principal, uploadIn(body)), origin),
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
