import type { FidelityRow } from './row.ts'

const PREFIX = '/v3beta1/organizations/{org_id}/snapshot-setup'
const blueprints = `${PREFIX}/blueprints`
const builds = `${PREFIX}/builds`

function documented(operation: string, value: string, page: string): FidelityRow {
  return {
    operation,
    what: 'the operation',
    value,
    confidence: 'documented',
    source: `v3/snapshot-setup/${page}`,
  }
}

/** The facts about blueprints and builds of snapshots. */
export const v3Builds: readonly FidelityRow[] = [
  {
    operation: `GET ${blueprints}`,
    what: 'the operation',
    value: 'lists all blueprints without pages, oldest first; `repo_name` selects that of a repository',
    confidence: 'documented',
    source:
      '`SnapshotSetupClient` and `ListOrgBlueprintsSnapshotSetupRequest` of the SDK; the order is a guess',
  },
  documented(
    `POST ${blueprints}`,
    'creates a blueprint for `repo_name`, or of the organization, with `contents`; starts no build',
    'post-organizations-blueprints',
  ),
  {
    operation: `POST ${blueprints}`,
    what: 'permission',
    value:
      '`ManageRepoBlueprints`, and for the blueprint of the organization also `ManageOrgSnapshots`, else 403 with the `detail` `Unauthorized`',
    confidence: 'documented',
    source:
      'v3/snapshot-setup/post-organizations-blueprints; the answer is that of other missing permissions',
  },
  {
    operation: `POST ${blueprints}`,
    what: 'answer to a second blueprint for the same repository, or of the organization',
    value: '409 with a `detail`',
    confidence: 'guess',
    source: 'a second blueprint of the enterprise is documented to be refused so',
  },
  {
    operation: `GET ${blueprints}/{blueprint_id}`,
    what: 'the operation',
    value: 'answers with the blueprint, whose `type` is `org` or `repo`, or 404',
    confidence: 'documented',
    source: 'v3/snapshot-setup/post-organizations-blueprints has the types',
  },
  {
    operation: `DELETE ${blueprints}/{blueprint_id}`,
    what: 'the operation',
    value: 'deletes a blueprint with its files: 204',
    confidence: 'documented',
    source: '`SnapshotSetupClient` of the SDK has no answer; the status is a guess',
  },
  documented(
    `GET ${blueprints}/{blueprint_id}/contents`,
    'answers with a URL that downloads the contents without a key for 10 minutes',
    'get-enterprise-blueprint-contents',
  ),
  {
    operation: `GET ${blueprints}/{blueprint_id}/contents`,
    what: 'contents of a blueprint that was created without any',
    value: 'an empty file',
    confidence: 'guess',
    source: "the vendor's Terraform provider handles an empty one",
  },
  {
    operation: `GET ${blueprints}/{blueprint_id}/files`,
    what: 'the operation',
    value: 'lists the files, oldest first',
    confidence: 'documented',
    source: '`SnapshotSetupClient` of the SDK',
  },
  documented(
    `POST ${blueprints}/{blueprint_id}/files`,
    'stores a file with the `name` of the query: 201',
    'post-organizations-blueprint-file',
  ),
  {
    operation: `POST ${blueprints}/{blueprint_id}/files`,
    what: '`env_var_name`',
    value: '`FILE_` and the name in capitals, with `_` for other characters',
    confidence: 'guess',
    source: 'that it is derived from the name is documented',
  },
  {
    operation: `POST ${blueprints}/{blueprint_id}/files`,
    what: 'answer if another file of the blueprint has the same environment variable',
    value: '409 with a `detail`',
    confidence: 'documented',
    source: 'v3/snapshot-setup/post-enterprise-blueprint-file',
  },
  {
    operation: `POST ${blueprints}/{blueprint_id}/files`,
    what: 'limits',
    value:
      '100 files of a blueprint with 64 MiB in all, and 255 characters of a name, which must have a letter or digit; else 400 with a `detail`',
    confidence: 'guess',
    source: 'the vendor publishes none',
  },
  {
    operation: `DELETE ${blueprints}/{blueprint_id}/files/{file_id}`,
    what: 'the operation',
    value: 'deletes a file: 204',
    confidence: 'documented',
    source: '`SnapshotSetupClient` of the SDK has no answer; the status is a guess',
  },
  documented(
    `GET ${builds}`,
    'lists builds, with the filters `status` and `active`',
    'list-organizations-builds',
  ),
  {
    operation: `GET ${builds}`,
    what: 'order, and the active build',
    value:
      'newest first; the pinned build is active, or else the newest successful one; `active=false` selects all others',
    confidence: 'guess',
    source: 'that at most one build is active is documented',
  },
  documented(`POST ${builds}`, 'starts a build: 201', 'post-organizations-builds'),
  {
    operation: `POST ${builds}`,
    what: 'course of a build',
    value: '`pending` for 5 s, then `running`, and `succeeded` after 120 s',
    confidence: 'guess',
    source: 'the states are documented',
  },
  {
    operation: `POST ${builds}`,
    what: 'when a build fails',
    value: 'if a blueprint contains `[fake:failed-build]` when it starts, or if a seed says so',
    confidence: 'guess',
    source: 'a choice of the fake, which runs no blueprint',
  },
  documented(`GET ${builds}/{build_id}`, 'answers with the build, or 404', 'get-organizations-build'),
  documented(
    `POST ${builds}/{build_id}/cancel`,
    'cancels a build at once',
    'post-organizations-build-cancel',
  ),
  {
    operation: `POST ${builds}/{build_id}/cancel`,
    what: 'answer for a build that has ended',
    value: '200 with the build as it is',
    confidence: 'documented',
    source: 'v3/snapshot-setup/post-organizations-build-cancel: no effect on builds that have completed',
  },
  {
    operation: `GET ${builds}/{build_id}/logs`,
    what: 'the operation',
    value:
      'answers with a URL that downloads the log without a key for 10 minutes: a line per state that the build has reached',
    confidence: 'guess',
    source: '`SnapshotSetupClient` of the SDK has the method; the path and the log are guesses',
  },
  documented(
    `POST ${builds}/{build_id}/pin`,
    'pins the organization to a build, in place of the one before',
    'post-organizations-build-pin',
  ),
  {
    operation: `POST ${builds}/{build_id}/pin`,
    what: 'answer for a build that has not succeeded, or is 7 days old',
    value: '409 with a `detail`',
    confidence: 'documented',
    source: 'v3/snapshot-setup/post-organizations-build-pin',
  },
]
