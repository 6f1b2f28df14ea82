import { ACCESS, type Checks, PERMISSIONS, reads } from '../check.ts'

const KINDS = 'needs keys of all four kinds'

/** The checks of principals and their keys. */
export const v3Self: Checks = {
  'GET /v3/self': {
    'the operation': reads('/v3/self'),
    'the permission that it needs': PERMISSIONS,
    'the organization of a key that belongs to none': 'needs a key without an organization',
    'members for a personal access token': KINDS,
    '`devin_sessions_org_id` for a personal access token and a session of Windsurf': KINDS,
    'answer to the credential that `devin auth login` stores': 'needs such a credential',
    'sessions of Devin and Windsurf': KINDS,
  },
  'POST /v3/organizations/{org_id}/service-users': ACCESS,
}
