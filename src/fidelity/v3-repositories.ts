import type { FidelityRow } from './row.ts'

const PREFIX = '/v3beta1/organizations/{org_id}/repositories'

/** The facts about the repositories of an organization and their indexes. */
export const v3Repositories: readonly FidelityRow[] = [
  {
    operation: `GET ${PREFIX}`,
    what: 'the operation',
    value: 'lists the repositories that are available to the organization, by name',
    confidence: 'seen',
    source: "a recorded answer in a client's tests; the order is a guess",
  },
  {
    operation: `GET ${PREFIX}`,
    what: 'which repositories are available',
    value: 'those that the organization itself has named, and those of seeds that its Git permissions cover',
    confidence: 'guess',
    source: 'the fake reaches no Git host',
  },
  {
    operation: `GET ${PREFIX}`,
    what: 'the last page',
    value: 'has a cursor, too, and `total` is null',
    confidence: 'seen',
    source: "a recorded answer in a client's tests",
  },
  {
    operation: `GET ${PREFIX}/indexing`,
    what: 'the operation',
    value: 'lists the repositories that are indexed, oldest first',
    confidence: 'documented',
    source: 'v3/repositories/list-organizations-indexed-repositories; the order is a guess',
  },
  {
    operation: `GET ${PREFIX}/{repository_path}/indexing`,
    what: 'the operation',
    value: 'answers with the jobs of the index; without one, `indexing_enabled` is false',
    confidence: 'documented',
    source: 'v3/repositories/get-indexing-status',
  },
  {
    operation: `GET ${PREFIX}/{repository_path}/indexing`,
    what: 'answer for a repository that is not available',
    value: '404 with the `detail` `Repository not found`',
    confidence: 'guess',
    source: 'as for other resources',
  },
  {
    operation: `PUT ${PREFIX}/{repository_path}/indexing`,
    what: 'the operation',
    value: 'starts to index a repository; again, it changes nothing',
    confidence: 'documented',
    source: 'v3/repositories/put-organizations-index-repository',
  },
  {
    operation: `PUT ${PREFIX}/{repository_path}/indexing`,
    what: 'permission',
    value: '`IndexOrgRepositories`, which the roles `org_member` and `org_admin` have',
    confidence: 'documented',
    source: 'v3/repositories/put-organizations-index-repository; the roles are a guess',
  },
  {
    operation: `PUT ${PREFIX}/{repository_path}/indexing`,
    what: 'which branches are indexed',
    value: '`main`; the body, whose `branch_names` can name others on the real service, is ignored',
    confidence: 'documented',
    source: 'v3/repositories/put-organizations-index-repository; the contract at hand has no body',
  },
  {
    operation: `PUT ${PREFIX}/{repository_path}/indexing`,
    what: 'course of a job',
    value:
      '`in_progress`, and `completed` after 60 s (search) or 300 s (wiki); `failed` if a seed says so; commits follow from the name',
    confidence: 'guess',
    source: 'the states are documented',
  },
  {
    operation: `PUT ${PREFIX}/{repository_path}/indexing`,
    what: 'answer for a repository that nobody has named before',
    value: 'it becomes available; 404 only for a path that is not `owner/name`',
    confidence: 'guess',
    source: 'the fake cannot know which repositories exist',
  },
]
