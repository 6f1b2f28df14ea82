import type { FidelityRow } from './row.ts'

const PROVIDER =
  "repo CognitionAI/terraform-provider-devin, the document that the vendor's provider is generated from"
const connections = '/v3/enterprise/git-providers/connections'
const permissions = '/v3/enterprise/organizations/{org_id}/git-providers/permissions'

function documented(operation: string, value: string): FidelityRow {
  return { operation, what: 'the operation', value, confidence: 'documented', source: PROVIDER }
}

/** The facts about Git connections and permissions. */
export const v3Git: readonly FidelityRow[] = [
  {
    topic: 'Git connections',
    what: 'which there are',
    value:
      'a built-in one to `github.com`, and `git_connections` of the organization `enterprise` in seeds and state documents, where one with the id of the built-in one replaces it',
    confidence: 'guess',
    source: 'no operation creates a connection',
  },
  {
    topic: 'Git connections',
    what: 'permission',
    value: '`ManageGitIntegrations`, at the enterprise',
    confidence: 'documented',
    source: 'v3/git-permissions/post-organizations-git-providers-permissions',
  },
  documented(`GET ${connections}`, 'lists the connections, oldest first'),
  documented(
    `GET ${connections}/{connection_id}/repositories`,
    'lists the repositories of a connection, by name',
  ),
  {
    operation: `GET ${connections}/{connection_id}/repositories`,
    what: 'which repositories there are',
    value:
      'those of seeds, and those that sessions, pinned notes, pull requests, PR reviews, Git permissions, indexes and blueprints name; `owner/name` without a host is at `github.com`',
    confidence: 'guess',
    source: 'the fake reaches no Git host',
  },
  {
    operation: `GET ${connections}/{connection_id}/repositories`,
    what: '`repo_name` and `repo_path`',
    value: '`owner/name`, and the same after the host: `github.com/owner/name`',
    confidence: 'guess',
    source: 'a repository has both; PR reviews have the host in `repo_path`',
  },
  {
    operation: `GET ${connections}/{connection_id}/repositories`,
    what: '`filter_name`',
    value: 'selects the names that contain it, in any case',
    confidence: 'guess',
    source: 'the parameter is documented, its meaning is not',
  },
  {
    operation: `GET ${connections}/{connection_id}/repositories`,
    what: 'answer to an unknown connection',
    value: '404 with the `detail` `Git connection not found`',
    confidence: 'guess',
    source: 'as for other resources',
  },
  documented(`GET ${permissions}`, 'lists the permissions of an organization, oldest first'),
  documented(`POST ${permissions}`, 'adds permissions, all or none, and answers with them as an array'),
  {
    operation: `POST ${permissions}`,
    what: 'answer to none or several of `repo_path`, `prefix_path` and `group_prefix`',
    value: '400 with a `detail`',
    confidence: 'guess',
    source: "the vendor's provider always sends exactly one",
  },
  {
    operation: `POST ${permissions}`,
    what: 'answer to an empty path',
    value: '400 with a `detail`, also for a `group_prefix` of a slash only',
    confidence: 'guess',
    source: 'it would name no repository, or all of them',
  },
  {
    operation: `POST ${permissions}`,
    what: 'which repositories a path covers',
    value:
      '`repo_path` the one with exactly this path, the prefixes all below them; each may begin with the host',
    confidence: 'guess',
    source: 'the names of the members',
  },
  {
    operation: `POST ${permissions}`,
    what: 'a `group_prefix` with a slash at the end',
    value: 'is returned without it',
    confidence: 'seen',
    source: "a comment in the vendor's Terraform provider",
  },
  {
    operation: `POST ${permissions}`,
    what: 'answer to an unknown connection',
    value: '404 with the `detail` `Git connection not found`',
    confidence: 'guess',
    source: 'as for other resources',
  },
  {
    operation: `POST ${permissions}`,
    what: 'answer to a permission that the organization has already, or that is sent twice',
    value: '409 with a `detail`, whatever `read_only` is, and with or without the host in the path',
    confidence: 'guess',
    source: 'two permissions for one path could contradict each other',
  },
  documented(`PUT ${permissions}`, 'replaces all permissions in one step; each gets a new id'),
  documented(`DELETE ${permissions}`, 'deletes all permissions, and answers with them'),
  documented(`PATCH ${permissions}/{git_permission_id}`, 'changes `read_only`; null leaves it'),
  documented(`DELETE ${permissions}/{git_permission_id}`, 'deletes a permission, and answers with it'),
  {
    operation: `DELETE ${permissions}/{git_permission_id}`,
    what: 'answer to an unknown id',
    value: '404 with the `detail` `Git permission not found`',
    confidence: 'seen',
    source: "the vendor's Terraform provider takes 404 as deleted; the text is a guess",
  },
]
