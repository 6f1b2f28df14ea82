import type { FidelityRow } from './row.ts'

const PROVIDER =
  "repo CognitionAI/terraform-provider-devin, the document that the vendor's provider is generated from"
const TESTS = "repo CognitionAI/terraform-provider-devin, the provider's acceptance tests and their comments"
const enterprise = '/v3/enterprise/members'
const organization = '/v3/enterprise/organizations/{org_id}/members'
const groups = '/v3/enterprise/idp-groups'
const serviceUsers = '/v3/enterprise/service-users'
const keys = `${serviceUsers}/{service_user_id}/api-keys`
const v3beta1 = '/v3beta1/organizations/{org_id}/members/users'
const topic = 'members of the enterprise'

function documented(operation: string, value: string, source = PROVIDER): FidelityRow {
  return { operation, what: 'the operation', value, confidence: 'documented', source }
}

function chosen(
  subject: { readonly operation: string } | { readonly topic: string },
  what: string,
  value: string,
  source: string,
): FidelityRow {
  return { ...subject, what, value, confidence: 'guess', source }
}

const users: readonly FidelityRow[] = [
  documented(
    'GET /v3/enterprise/roles',
    'lists the roles that members can have, of the enterprise and of organizations',
  ),
  {
    topic,
    what: 'which roles can be granted',
    value:
      'one whose permissions the caller has itself, else 403; one of the enterprise below `members`, one of an organization below an organization, else 400; an unknown one: 404',
    confidence: 'guess',
    source: 'release notes of 2026-01-14 have the rule for new service users; the others are derived from it',
  },
  chosen(
    { topic },
    'whom one may change',
    'members whose roles one may grant, all of them, else 403: to update or remove a role, to delete a member, and to create or rotate a key of a service user; who may do so may revoke any key',
    'else a caller with fewer permissions could get those of a key, or take those of an admin',
  ),
  chosen(
    { topic },
    'what a role decides',
    'the permissions of all keys of a service user, from the next request on: a role in the enterprise everywhere, one in an organization only there; keys of users do not depend on their roles',
    'v3/authentication; a fake has no log-in for users',
  ),
  {
    topic,
    what: 'assigning a role to somebody who has one there',
    value: '409 with a `detail`; `PATCH` changes it',
    confidence: 'documented',
    source: `${TESTS}: it "must not already have" a role; the status is a guess`,
  },
  chosen(
    { topic },
    'changing or removing a role that somebody does not have',
    '404: with the `detail` `Role assignment not found`, or that of an unknown member',
    'as for other resources',
  ),
  chosen(
    { topic },
    'an organization that does not exist',
    '404 with the `detail` `Organization not found`',
    TESTS,
  ),
  chosen(
    { topic },
    'the roles in an organization that is deleted',
    'go with it, as do the service users that were created in it',
    'the provider reads them from the user, whose roles must not outlive the organization',
  ),
  chosen(
    { topic },
    'which roles an answer has',
    'all of the enterprise and of organizations; below an organization, only those in it',
    'the provider looks for the one with the id of the organization',
  ),
  chosen(
    { topic },
    'who the members are at the start',
    'the user and the service user of keys that contain none: both are `account_admin`, the user is `org_admin` of the default organization, too',
    `an enterprise has a member, and the caller is among the service users: ${TESTS}`,
  ),
  chosen(
    { topic },
    'the last admin',
    'can be removed, as can the caller; open keys stay valid',
    'the vendor names no rule',
  ),
  chosen({ topic }, 'answer to DELETE', 'what was deleted, with its roles', 'the models of the answers'),
  documented(`GET ${enterprise}/users`, 'lists the users with a role of their own, oldest first'),
  chosen(
    { operation: `GET ${enterprise}/users` },
    '`email`',
    'selects the exact address, in any case of letters',
    TESTS,
  ),
  documented(`POST ${enterprise}/users`, 'makes the owners of email addresses users, with a role'),
  chosen(
    { operation: `POST ${enterprise}/users` },
    'an address of a user, or twice the same',
    'answers the user once, and leaves its role as it is',
    'as IDP groups that exist are ignored',
  ),
  chosen(
    { operation: `POST ${enterprise}/users` },
    'new users',
    'are members at once, with an id `email|<24 hex>` and a `name` of null; a deleted user gets its id again',
    'no invitation is sent, so nobody could accept it',
  ),
  chosen(
    { operation: `POST ${enterprise}/users` },
    'answer to a text that is not an email address',
    '400 with a `detail`; nobody is invited',
    'the published model accepts any text',
  ),
  documented(
    `GET ${enterprise}/users/{user_id}`,
    'returns a user, with its own roles and those of its groups',
  ),
  documented(`PATCH ${enterprise}/users/{user_id}`, 'changes the role in the enterprise'),
  documented(`DELETE ${enterprise}/users/{user_id}`, 'removes a user, with all roles of its own'),
  documented(`GET ${organization}/users`, 'lists the users with a role of their own in the organization'),
  documented(
    `POST ${organization}/users/{user_id}`,
    'gives a user of the enterprise a role in the organization',
  ),
  documented(`PATCH ${organization}/users/{user_id}`, 'changes it'),
  documented(`DELETE ${organization}/users/{user_id}`, 'removes it; the user stays in the enterprise'),
  documented(`GET ${v3beta1}`, 'as the operation of the enterprise', 'release notes of 2026-06'),
  documented(`GET ${v3beta1}/{user_id}`, 'returns a user of the organization', 'release notes of 2026-06'),
  documented(
    `GET ${enterprise}/service-users`,
    'lists the service users of the enterprise and of all organizations',
  ),
  chosen(
    { operation: `GET ${enterprise}/service-users` },
    '`include_inactive`',
    'shows also the expired and the deleted ones; the latter have a `deleted_at`',
    'the description of the parameter',
  ),
  documented(`GET ${enterprise}/service-users/{service_user_id}`, 'returns a service user'),
  chosen(
    { operation: `GET ${enterprise}/service-users/{service_user_id}` },
    'answer to a deleted one',
    '404 with the `detail` `Service user not found`; an expired one is returned',
    'as for other resources',
  ),
  documented(
    `POST ${enterprise}/service-users/{service_user_id}`,
    'gives a service user a role in the enterprise',
  ),
  documented(`PATCH ${enterprise}/service-users/{service_user_id}`, 'changes it'),
  documented(
    `DELETE ${enterprise}/service-users/{service_user_id}`,
    'deletes a service user; its keys stop at once',
    TESTS,
  ),
  documented(`GET ${organization}/service-users`, 'lists the service users with a role in the organization'),
  documented(
    `POST ${organization}/service-users/{service_user_id}`,
    'gives a service user a role in the organization; one of another organization can use both then',
  ),
  documented(`PATCH ${organization}/service-users/{service_user_id}`, 'changes it'),
  documented(
    `DELETE ${organization}/service-users/{service_user_id}`,
    'removes it; the service user stays in the enterprise',
  ),
]

const idpGroups: readonly FidelityRow[] = [
  documented(`GET ${groups}`, 'lists the registered groups, oldest first'),
  documented(`POST ${groups}`, 'registers groups; those that exist are ignored'),
  chosen(
    { operation: `POST ${groups}` },
    'the answer',
    'all groups of the request, also those that exist, each once',
    'a client that repeats the request needs them',
  ),
  chosen(
    { operation: `POST ${groups}` },
    'answer to a group without a name',
    '400 with a `detail`; no group is registered',
    'no path could name it',
  ),
  documented(`DELETE ${groups}/{idp_group_name}`, 'removes a registered group'),
  chosen(
    { operation: `DELETE ${groups}/{idp_group_name}` },
    'a group whose name contains `/`',
    'can be registered, but no path names it: `%2F` is decoded before routing, so the answer is 404',
    'FastAPI 0.115 recordings of ids with `%2F`; whether the vendor uses its converter for paths is not published',
  ),
  chosen(
    { operation: `DELETE ${groups}/{idp_group_name}` },
    'answer for a group with roles',
    '409 with a `detail`',
    'the provider removes the roles first',
  ),
  documented(`GET ${enterprise}/idp-groups`, 'lists the groups with a role'),
  documented(`GET ${enterprise}/idp-groups/{idp_group_name}`, 'returns a group with a role; else 404', TESTS),
  documented(
    `POST ${enterprise}/idp-groups/{idp_group_name}`,
    'gives a registered group a role in the enterprise',
  ),
  documented(`PATCH ${enterprise}/idp-groups/{idp_group_name}`, 'changes it'),
  documented(`DELETE ${enterprise}/idp-groups/{idp_group_name}`, 'removes all roles of a group'),
  documented(`GET ${enterprise}/idp-users`, 'lists the users who are members because of groups'),
  chosen(
    { operation: `GET ${enterprise}/idp-users` },
    'who belongs to a group',
    'the users that a seed or state document names; the API cannot change them',
    'only the identity provider decides it',
  ),
  documented(`GET ${organization}/idp-groups`, 'lists the groups with a role in the organization'),
  documented(
    `GET ${organization}/idp-groups/{idp_group_name}`,
    'returns a group with a role in the organization',
  ),
  documented(`POST ${organization}/idp-groups/{idp_group_name}`, 'gives a group a role in the organization'),
  {
    operation: `POST ${organization}/idp-groups/{idp_group_name}`,
    what: 'a group without any role',
    value: '400 with a `detail`: it needs a role in the enterprise first',
    confidence: 'documented',
    source: `${TESTS}; the status is a guess`,
  },
  documented(`PATCH ${organization}/idp-groups/{idp_group_name}`, 'changes it'),
  documented(`DELETE ${organization}/idp-groups/{idp_group_name}`, 'removes it'),
  documented(
    `GET ${organization}/idp-users`,
    'lists the users who are members of the organization because of groups',
  ),
]

const apiKeys: readonly FidelityRow[] = [
  documented(
    `POST ${serviceUsers}`,
    'creates a service user of the enterprise and a key, which is valid at once and shown once',
    'release notes of 2026-01-14; the body is that of the operation of an organization',
  ),
  documented(
    `POST ${keys}`,
    'creates a further key of a service user, which is shown once',
    'v3/service-users/post-enterprise-service-user-api-keys, below /v3beta1',
  ),
  chosen(
    { operation: `POST ${keys}` },
    'expiry',
    '400 for a time that has passed or is after 2254, and for a service user that has expired; no key is valid for longer than its service user',
    'the page says that it must be in the future',
  ),
  chosen(
    { operation: `POST ${keys}` },
    'ids of keys',
    '`api-key-<32 hex>`; that of the first key of a service user is only in state documents',
    'the form is not published, and the answer that has the first key has no id',
  ),
  documented(
    `POST ${keys}/{api_key_id}/rotate`,
    'creates a key with the same name and a new id; without `revoke_current: false`, the old key stops at once',
    'v3/service-users/rotate-enterprise-service-user-api-key, below /v3beta1',
  ),
  chosen(
    { operation: `POST ${keys}/{api_key_id}/rotate` },
    'two at once with the key that stops',
    'the first succeeds; 404 for the other, which leaves no key',
    'the key to replace is gone then',
  ),
  chosen({ operation: `DELETE ${keys}/{api_key_id}` }, 'the operation', 'revokes a key', 'create and rotate'),
  chosen(
    { topic: 'keys of service users' },
    'after a reset, or a state document',
    'those are valid that the new state has: the others stop, and are no open keys either; a document without tokens keeps those of the records with the same ids',
    'a key must not outlive its service user',
  ),
]

/** The facts about the members of the enterprise, by resource. */
export const v3Members = { users, idpGroups, apiKeys }
