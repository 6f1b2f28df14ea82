import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Principal } from '../../auth/principal.ts'
import { listTexts, objectTexts, sendTexts, wrap } from '../../fastapi/long-answer.ts'
import { impersonated } from '../../organization/impersonation.ts'
import { type Organization, sessionNow } from '../../organization/organizations.ts'
import { type SessionFile, sessionFiles } from '../../organization/session-attachments.ts'
import { startCommand } from '../../organization/session-commands.ts'
import { getSession, receiveMessage, updateTags } from '../../organization/sessions.ts'
import type { SessionRecord } from '../../resources/sessions.ts'
import { attachmentResponse } from '../../schemas/v3/attachments.ts'
import type {
  SessionAttachment,
  SessionMessageCreateRequest,
  SessionResponse,
  SessionTagsResponse,
} from '../../schemas/v3/contract.ts'
import { messageResponse } from '../../schemas/v3/sessions.ts'
import { warnOfNearAttachments } from '../../simulation/attachment-lines.ts'
import type { CursorQuery } from './cursors.ts'
import { arrayPage } from './pages.ts'
import { showChanged } from './sessions.ts'
import type { V3Routes } from './types.ts'

/** The messages, tags, attachments and commands of sessions. */
export const sessionDetailsRoutes = {
  // GET /v3/organizations/{org_id}/sessions/{devin_id}/messages
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/messages': {
    permission: 'ViewOrgSessions',
    handle: async ({ organization, params, query }, reply) =>
      sendMessages(reply, organization, params.devin_id, query),
  },

  // POST /v3/organizations/{org_id}/sessions/{devin_id}/messages
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/messages': {
    permission: 'ManageOrgSessions',
    handle: (request) => postMessage(request.organization, request),
  },

  // GET /v3/organizations/{org_id}/sessions/{devin_id}/tags
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/tags': {
    permission: 'ViewOrgSessions',
    handle: async ({ organization, params }) => tagsResponse(await getSession(organization, params.devin_id)),
  },

  // PUT /v3/organizations/{org_id}/sessions/{devin_id}/tags
  'PUT /v3/organizations/{org_id}/sessions/{devin_id}/tags': {
    permission: 'ManageOrgSessions',
    handle: async ({ organization, principal, params, body: { tags } }) =>
      tagsResponse(await updateTags(organization, principal, params.devin_id, { tags })),
  },

  // POST /v3/organizations/{org_id}/sessions/{devin_id}/tags
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/tags': {
    permission: 'ManageOrgSessions',
    handle: async ({ organization, principal, params, body }) =>
      appendTags(organization, principal, params.devin_id, body.tags),
  },

  // GET /v3/organizations/{org_id}/sessions/{devin_id}/attachments
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/attachments': {
    permission: 'ViewOrgSessions',
    handle: async ({ organization, params, origin }, reply) =>
      sendFiles(reply, organization, params.devin_id, origin),
  },

  // POST /v3beta1/organizations/{org_id}/sessions/{devin_id}/command
  'POST /v3beta1/organizations/{org_id}/sessions/{devin_id}/command': {
    permission: 'ManageOrgSessions',
    handle: async ({ organization, principal, params, body }) => {
      const { id } = await startCommand(organization, principal, params.devin_id, body.command)
      return { request_id: id }
    },
  },
} satisfies V3Routes

/** Sends a page of the messages of a session. */
export async function sendMessages(
  reply: FastifyReply,
  organization: Organization,
  devinId: string,
  query: CursorQuery,
): Promise<FastifyReply> {
  const session = await getSession(organization, devinId)
  const { messages } = sessionNow(organization, session)
  const list = `messages:${encodeURIComponent(organization.orgId.toWellFormed())}:${session.id}`
  const page = arrayPage(messages, query, list)
  const items = page.items.map((message) => messageResponse(message, session))
  // The recorded pages of messages have no total.
  return sendTexts(reply, objectTexts({ ...page, items, total: null }))
}

interface MessageRequest extends Pick<FastifyRequest, 'principal' | 'log'> {
  readonly params: { readonly devin_id: string }
  readonly body: SessionMessageCreateRequest
}

/** Sends a message to a session and returns the session. */
export async function postMessage(
  organization: Organization,
  { principal, params, body, log }: MessageRequest,
): Promise<SessionResponse> {
  warnOfNearAttachments(body.message, log)
  const { session } = await receiveMessage(organization, principal, params.devin_id, {
    text: body.message,
    attachmentUrls: body.attachment_urls ?? [],
    by: await impersonated(organization, principal, body.message_as_user_id ?? null),
  })
  return showChanged(organization, session)
}

/** Appends tags to those of a session and returns all of them. */
export async function appendTags(
  organization: Organization,
  principal: Principal,
  devinId: string,
  added: readonly string[],
): Promise<SessionTagsResponse> {
  return tagsResponse(await updateTags(organization, principal, devinId, { tags: added, append: true }))
}

function tagsResponse({ tags }: SessionRecord): SessionTagsResponse {
  return { tags: [...tags] }
}

/** Sends the files of a session. */
export async function sendFiles(
  reply: FastifyReply,
  organization: Organization,
  devinId: string,
  origin: string,
): Promise<FastifyReply> {
  const files = await sessionFiles(organization, await getSession(organization, devinId))
  const show = (file: SessionFile) => sessionAttachment(file, origin)
  const isObject = organization.answers.is('v3-session-attachments', 'object')
  const [before, after] = isObject ? ['{"items":[', ']}'] : ['[', ']']
  return sendTexts(reply, wrap(before, listTexts(files, show), after))
}

/** Returns the wire form of a file of a session. A file that is stored elsewhere has its own URL, and its type is unknown. */
function sessionAttachment({ source, url, attachment }: SessionFile, origin: string): SessionAttachment {
  if (attachment === null) {
    const text = String(url)
    return {
      attachment_id: hash('sha256', text).slice(0, 32),
      name: nameIn(text),
      url: text,
      source,
      content_type: null,
    }
  }
  return { ...attachmentResponse(attachment, origin), source, content_type: attachment.contentType }
}

/** Returns the last segment of the path of a URL, or the whole text if it has none. */
function nameIn(url: string): string {
  const end = url.search(/[?#]/)
  const path = (end === -1 ? url : url.slice(0, end)).replace(/\/$/, '')
  return path.slice(path.lastIndexOf('/') + 1) || url
}
