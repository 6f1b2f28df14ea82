import { type Actor, ENTERPRISE_ID, isUser, type Principal, type User } from '../../auth/principal.ts'
import type { DevinBrainUserSelf, Operations } from './contract.ts'
import { SERVICE_USER_AS_USER } from './sessions.ts'

type SelfResponse = Operations['GET /v3/self']['response'] & {
  /** The organization in which the sessions of a person are, from which clients make all other paths. The contract at hand lacks it. */
  readonly devin_sessions_org_id?: string | null
}

/** Returns what `GET /v3/self` answers to a service user or the owner of a personal access token. One of the enterprise has no organization. */
export function selfResponse({ user, actor }: Principal, organizationId: string): SelfResponse {
  const orgId = organizationId === ENTERPRISE_ID ? null : organizationId
  if (user === null) {
    return {
      principal_type: 'service_user',
      service_user_id: actor.id,
      service_user_name: actor.name,
      org_id: orgId,
    }
  }
  return {
    principal_type: 'pat_user',
    user_id: user.id,
    user_name: user.name,
    org_id: orgId,
    user_email: user.email,
    devin_sessions_org_id: orgId,
  }
}

/** Returns what `GET /v3/self` answers to a session of Devin. Its creator is a user or a service user. */
export function devinSelfResponse(devinId: string, creator: Actor, orgId: string): DevinBrainUserSelf {
  return {
    principal_type: 'devin_brain',
    devin_id: devinId,
    org_id: orgId,
    user_id: isUser(creator) ? creator.id : SERVICE_USER_AS_USER,
    creator_service_user_id: isUser(creator) ? null : creator.id,
  }
}

/** Returns what `GET /v3/self` answers to a session of Windsurf. */
export function windsurfSelfResponse(user: Pick<User, 'id' | 'name'>, orgId: string): SelfResponse {
  return {
    principal_type: 'windsurf_session',
    org_id: orgId,
    user_id: user.id,
    user_name: user.name,
    devin_sessions_org_id: orgId,
  }
}
