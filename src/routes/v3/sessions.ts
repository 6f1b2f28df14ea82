import { HttpException } from '../../fastapi/errors.ts'
import { objectTexts, sendTexts } from '../../fastapi/long-answer.ts'
import { createSession, type NewSession } from '../../organization/create-session.ts'
import { InvalidField } from '../../organization/errors.ts'
import { impersonated } from '../../organization/impersonation.ts'
import { type Organization, sessionNow } from '../../organization/organizations.ts'
import { archiveSession, readSession, terminateSession } from '../../organization/sessions.ts'
import type { SessionRecord } from '../../resources/sessions.ts'
import type { SessionCreateRequest, SessionResponse } from '../../schemas/v3/contract.ts'
import {
  bareId,
  changedSessionResponse,
  newSessionResponse,
  sessionResponse,
} from '../../schemas/v3/sessions.ts'
import { warnOfNearAttachments } from '../../simulation/attachment-lines.ts'
import { cursorPage } from './pages.ts'
import { knownPlatform } from './platforms.ts'
import { sessionFilter } from './session-filter.ts'
import type { V3Routes } from './types.ts'

/** The sessions of an organization. */
export const sessionsRoutes = {
  // GET /v3/organizations/{org_id}/sessions
  'GET /v3/organizations/{org_id}/sessions': {
    permission: 'ViewOrgSessions',
    handle: async ({ organization, query }, reply) => {
      const page = await cursorPage({
        list: 'sessions',
        organization,
        records: organization.sessions,
        query,
        order: 'newest',
        where: await sessionFilter(organization, query),
        show: (session) => showListed(organization, session),
      })
      return sendTexts(reply, objectTexts(page))
    },
  },

  // POST /v3/organizations/{org_id}/sessions
  'POST /v3/organizations/{org_id}/sessions': {
    permission: 'ManageOrgSessions',
    handle: async ({ organization, principal, body, query, log }) => {
      warnOfNearAttachments(body.prompt, log)
      const { session } = await createSession(organization, principal, {
        ...newSession(body),
        id: query.devin_id == null ? undefined : bareId(query.devin_id),
        createdBy: await impersonated(organization, principal, body.create_as_user_id ?? null),
      }).catch(rethrowInvalidField)
      return newSessionResponse(session, sessionNow(organization, session), organization)
    },
  },

  // GET /v3/organizations/{org_id}/sessions/{devin_id}
  'GET /v3/organizations/{org_id}/sessions/{devin_id}': {
    permission: 'ViewOrgSessions',
    handle: async ({ organization, params }) => showRead(organization, params.devin_id),
  },

  // DELETE /v3/organizations/{org_id}/sessions/{devin_id}
  'DELETE /v3/organizations/{org_id}/sessions/{devin_id}': {
    permission: 'ManageOrgSessions',
    handle: async ({ organization, principal, params, query: { archive } }) =>
      showChanged(
        organization,
        await terminateSession(organization, principal, params.devin_id, { archive }),
      ),
  },

  // POST /v3/organizations/{org_id}/sessions/{devin_id}/archive
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/archive': {
    permission: 'ManageOrgSessions',
    handle: async ({ organization, principal, params }) =>
      showChanged(organization, await archiveSession(organization, principal, params.devin_id)),
  },
} satisfies V3Routes

/** Reads a session and returns its wire form. */
export async function showRead(organization: Organization, devinId: string): Promise<SessionResponse> {
  const { session, state } = await readSession(organization, devinId)
  return sessionResponse(session, state, organization)
}

/** Returns the wire form of a session in a list. */
export function showListed(organization: Organization, session: SessionRecord): SessionResponse {
  return sessionResponse(session, sessionNow(organization, session), organization)
}

/** Returns the wire form of a session that an operation has changed. */
export function showChanged(organization: Organization, session: SessionRecord): SessionResponse {
  return changedSessionResponse(session, sessionNow(organization, session), organization)
}

function newSession(body: SessionCreateRequest): NewSession {
  return {
    prompt: body.prompt,
    // v3 has no idempotency: clients find a lost session by its tags.
    answersForPrompt: false,
    title: body.title,
    tags: body.tags,
    maxAcuLimit: body.max_acu_limit,
    playbookId: body.playbook_id,
    knowledgeIds: body.knowledge_ids,
    secretIds: body.secret_ids,
    sessionSecretKeys: body.session_secrets?.map(({ key }) => key),
    structuredOutputSchema: body.structured_output_schema,
    structuredOutputRequired: body.structured_output_required ?? true,
    bypassApproval: body.bypass_approval,
    sessionLinks: body.session_links,
    childPlaybookId: body.child_playbook_id,
    platform: body.platform == null ? null : knownPlatform(body.platform, ['inherit', 'default']),
    devinMode: body.devin_mode,
    repos: body.repos,
    resumable: body.resumable,
    attachmentUrls: body.attachment_urls,
  }
}

/** Rethrows an invalid field of a new session as a 400 with the reason. Rethrows other errors. */
function rethrowInvalidField(error: unknown): never {
  if (!(error instanceof InvalidField)) throw error
  const isPrompt = error.field === 'prompt'
  throw new HttpException(400, isPrompt ? error.message : `structured_output_schema ${error.message}`)
}
