import type { FidelityRow } from './row.ts'

const operation = 'POST /v3/organizations/{org_id}/service-users'

/** The facts about service users. */
export const v3ServiceUsers: readonly FidelityRow[] = [
  {
    operation,
    what: 'the operation',
    value: 'creates a service user with a role and a key, which is valid at once and shown once',
    confidence: 'documented',
    source: 'v3/service-users/provision-organizations-service-users, below /v3beta1',
  },
  {
    operation,
    what: 'roles',
    value:
      '`org_admin`, `org_member` and `org_viewer`; `account_admin` and `account_member` are those of an enterprise, which are refused with 400',
    confidence: 'documented',
    source:
      'v2/members/list-roles has all but `org_viewer`; that the role must be of the organization is on the page of the operation, the status is a guess',
  },
  {
    operation,
    what: 'permissions of the roles',
    value:
      '`org_admin` has all of an organization, `org_member` those to work in it, `org_viewer` those to look at it; none has `ManageServiceUsers`',
    confidence: 'guess',
    source: 'the RBAC names are documented, which role has which is not',
  },
  {
    operation,
    what: 'answer to an unknown role',
    value: '404 with the `detail` `Role not found`',
    confidence: 'guess',
    source: 'as for other resources',
  },
  {
    operation,
    what: 'answer to a role with permissions that the caller lacks',
    value: '403 with the `detail` `Unauthorized`, as for other missing permissions',
    confidence: 'documented',
    source: 'release notes of 2026-01-14 have the rule; the status is a guess',
  },
  {
    operation,
    what: 'answer to a `ttl_seconds` of 0 or less',
    value: '400; the published model has no lower bound',
    confidence: 'guess',
    source: 'the key would have expired',
  },
]
