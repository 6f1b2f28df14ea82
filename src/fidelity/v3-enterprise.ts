import { DEFAULT_SESSION_ACU_LIMIT } from '../resources/settings.ts'
import type { FidelityRow } from './row.ts'

const PROVIDER =
  "repo CognitionAI/terraform-provider-devin, the document that the vendor's provider is generated from"
const organizations = '/v3/enterprise/organizations'
const tags = `${organizations}/{org_id}/tags`
const limits = '/v3/enterprise/consumption/acu-limits/devin'

function documented(operation: string, value: string): FidelityRow {
  return { operation, what: 'the operation', value, confidence: 'documented', source: PROVIDER }
}

/** The facts about the enterprise and its settings. */
export const v3Enterprise: readonly FidelityRow[] = [
  {
    topic: 'the enterprise',
    what: 'who may use its operations',
    value:
      'a key that is registered for the enterprise, or an open key, sees all organizations; a key of an organization is answered 403 with the `detail` `Unauthorized`',
    confidence: 'guess',
    source:
      'v3/authentication has the two kinds of service users; the answer is that of other missing permissions',
  },
  {
    topic: 'the enterprise',
    what: 'which organizations it has',
    value: 'those that were created or written to, and the default one; reading creates none',
    confidence: 'guess',
    source: 'an open key works for every organization in a path',
  },
  {
    topic: 'the enterprise',
    what: 'ids of organizations that an open key may use',
    value: 'those that begin with `org-`, as new ones do, or with `org_`; others are answered 403',
    confidence: 'seen',
    source:
      'ids of both forms in clients of 2026, one of which accepts only `org_`; open keys are a choice of the fake',
  },
  {
    topic: 'the enterprise',
    what: 'permissions of operations for which the vendor names none',
    value:
      '`ManageEnterpriseSettings` for organizations, tags and addresses, `ManageBilling` for ACU limits, `ManageAccountMembership` for members, groups and roles, `ManageGitIntegrations` for git',
    confidence: 'guess',
    source: 'the RBAC names are documented, which operation requires which is not',
  },
  documented(`GET ${organizations}`, 'lists the organizations, oldest first'),
  documented(`POST ${organizations}`, 'creates an organization'),
  {
    operation: `POST ${organizations}`,
    what: 'an omitted `max_session_acu_limit`',
    value: `is ${DEFAULT_SESSION_ACU_LIMIT}`,
    confidence: 'seen',
    source:
      "an acceptance test of the vendor's Terraform provider has a default of the server; its value is a guess",
  },
  documented(`GET ${organizations}/{org_id}`, 'returns an organization'),
  documented(`PATCH ${organizations}/{org_id}`, 'changes the name and the limits'),
  {
    operation: `PATCH ${organizations}/{org_id}`,
    what: 'a member of null',
    value: 'removes a limit, and leaves the name as it is',
    confidence: 'guess',
    source: 'limits are nullable in the answer, the name is not',
  },
  documented(
    `DELETE ${organizations}/{org_id}`,
    'deletes an organization with everything in it; its registered keys are revoked',
  ),
  {
    operation: `DELETE ${organizations}/{org_id}`,
    what: 'answer for the default organization',
    value: '409 with a `detail`, since keys without an organization use it',
    confidence: 'guess',
    source: 'the real service has no default organization',
  },
  {
    operation: `GET ${organizations}/{org_id}`,
    what: 'answer to an unknown id',
    value: '404 with the `detail` `Organization not found`',
    confidence: 'guess',
    source: 'as for other resources',
  },
  {
    topic: 'the enterprise',
    what: 'answer for something in an organization that it does not have',
    value:
      '404 with the `detail` `Organization not found`; a deleted organization cannot be written to, and its own keys are refused',
    confidence: 'seen',
    source: "acceptance tests of the vendor's Terraform provider; the rest is a choice of the fake",
  },
  {
    operation: `PUT ${tags}`,
    what: 'answer to the tag `security-code-scan`',
    value: '400 with a `detail`, since it is reserved',
    confidence: 'seen',
    source: "a comment in the vendor's Terraform provider; the status is a guess",
  },
  documented(`GET ${tags}`, 'returns the tags that are allowed for sessions'),
  documented(`POST ${tags}`, 'adds tags, without duplicates'),
  documented(`PUT ${tags}`, 'replaces the tags'),
  {
    operation: `PUT ${tags}`,
    what: 'order of the tags',
    value: 'sorted',
    confidence: 'seen',
    source: "an acceptance test of the vendor's Terraform provider",
  },
  documented(`DELETE ${tags}`, 'removes all tags'),
  documented(`DELETE ${tags}/{tag}`, 'removes a tag, and the default tag with it'),
  {
    operation: `GET ${tags}`,
    what: 'a session with a tag that is not allowed',
    value: 'is accepted',
    confidence: 'guess',
    source: 'the vendor does not say that it is refused',
  },
  documented(`GET ${tags}/default`, 'returns the default tag'),
  documented(`DELETE ${tags}/default`, 'removes the default tag'),
  documented(`PUT ${tags}/default`, 'sets the default tag, which must be allowed'),
  {
    operation: `PUT ${tags}/default`,
    what: 'effect',
    value: 'a new session that is created without tags gets it',
    confidence: 'guess',
    source: 'the name',
  },
  {
    operation: `PUT ${tags}/default`,
    what: 'answer to a tag that is not allowed',
    value: '400 with a `detail`',
    confidence: 'guess',
    source: 'the rule is documented, the answer is not',
  },
  documented(`GET ${limits}`, 'lists the limits of organizations'),
  documented(`PUT ${limits}/organizations/{org_id}`, 'sets the limit of an organization: 204'),
  documented(`DELETE ${limits}/organizations/{org_id}`, 'removes it: 204'),
  {
    operation: `PUT ${limits}/organizations/{org_id}`,
    what: 'a limit that is reached',
    value:
      'suspends the sessions that work, with `org_usage_limit_exceeded`, when a session is next asked for; so do `max_cycle_acu_limit` and the limit of a group. A message resumes a session until the next look',
    confidence: 'guess',
    source: 'the names of the limits and of the reason',
  },
  {
    operation: `PUT ${limits}/organizations/{org_id}`,
    what: 'length of a billing cycle',
    value: 'a month, from 08:00 UTC on its first day, as billing days begin',
    confidence: 'guess',
    source: 'not published',
  },
  documented('GET /v3/enterprise/org-group-limits', 'returns the groups of organizations'),
  documented('PUT /v3/enterprise/org-group-limits', 'replaces the groups of organizations'),
  {
    operation: 'PUT /v3/enterprise/org-group-limits',
    what: 'answer to an organization in two groups',
    value: '400 with a `detail`',
    confidence: 'guess',
    source: 'one limit must decide',
  },
  {
    operation: 'PUT /v3/enterprise/org-group-limits',
    what: 'unknown organizations',
    value: 'are accepted, and count once they exist; the same one twice in a group counts once',
    confidence: 'guess',
    source:
      'the model has a set of texts, and no answer is published; unlike a path, the body names no resource that must exist, so a configuration can precede its organizations',
  },
  documented('GET /v3/enterprise/ip-access-list', 'returns the ranges from which the enterprise may be used'),
  documented('POST /v3/enterprise/ip-access-list', 'adds ranges, without duplicates'),
  documented('PUT /v3/enterprise/ip-access-list', 'replaces the ranges'),
  documented('DELETE /v3/enterprise/ip-access-list', 'removes all ranges'),
  {
    operation: 'PUT /v3/enterprise/ip-access-list',
    what: 'effect',
    value:
      'from the next request on, both generations answer other addresses as they answer refused keys; clients on this machine are not checked, unless they come through a trusted proxy',
    confidence: 'seen',
    source:
      "the vendor's Terraform provider warns of it; the exception keeps tests from locking themselves out",
    setting: '--ip-access-list-on-loopback',
  },
  {
    operation: 'PUT /v3/enterprise/ip-access-list',
    what: 'answer to a text that is neither an address nor in CIDR notation',
    value: '400 with a `detail`',
    confidence: 'guess',
    source: 'it could not be enforced',
  },
]
