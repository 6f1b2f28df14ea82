import { sendJson } from '../../fastapi/answer.ts'
import {
  activeBuild,
  buildNow,
  cancelBuild,
  getBuild,
  pinBuild,
  startBuild,
} from '../../organization/builds.ts'
import type { Organization } from '../../organization/organizations.ts'
import { presignBuildLog } from '../../organization/stored-files.ts'
import type { BuildRecord } from '../../resources/builds.ts'
import { buildResponse } from '../../schemas/v3/builds.ts'
import { presignedDownloadResponse } from '../../schemas/v3/stored-files.ts'
import { cursorPage } from './pages.ts'
import type { V3Routes } from './types.ts'

/** The builds of the snapshot that the sessions of an organization start from. */
export const buildsRoutes = {
  // GET /v3beta1/organizations/{org_id}/snapshot-setup/builds
  'GET /v3beta1/organizations/{org_id}/snapshot-setup/builds': {
    permission: 'ManageRepoBlueprints',
    handle: async ({ organization, query }) => {
      const { status = null, active = null } = query
      const activeId = active === null ? undefined : (await activeBuild(organization))?.id
      return cursorPage({
        list: 'builds',
        organization,
        records: organization.builds,
        query,
        order: 'newest',
        where: (build) =>
          (active === null || (build.id === activeId) === active) &&
          (status === null || buildNow(organization, build).status === status),
        show: (build) => showBuild(organization, build),
      })
    },
  },

  // POST /v3beta1/organizations/{org_id}/snapshot-setup/builds
  'POST /v3beta1/organizations/{org_id}/snapshot-setup/builds': {
    permission: 'ManageOrgSnapshots',
    handle: async ({ organization, principal }, reply) =>
      sendJson(reply, 201, showBuild(organization, await startBuild(organization, principal))),
  },

  // GET /v3beta1/organizations/{org_id}/snapshot-setup/builds/{build_id}
  'GET /v3beta1/organizations/{org_id}/snapshot-setup/builds/{build_id}': {
    permission: 'ManageRepoBlueprints',
    handle: async ({ organization, params }) =>
      showBuild(organization, await getBuild(organization, params.build_id)),
  },

  // POST /v3beta1/organizations/{org_id}/snapshot-setup/builds/{build_id}/cancel
  'POST /v3beta1/organizations/{org_id}/snapshot-setup/builds/{build_id}/cancel': {
    permission: 'ManageOrgSnapshots',
    handle: async ({ organization, principal, params }) =>
      showBuild(organization, await cancelBuild(organization, principal, params.build_id)),
  },

  // GET /v3beta1/organizations/{org_id}/snapshot-setup/builds/{build_id}/logs
  'GET /v3beta1/organizations/{org_id}/snapshot-setup/builds/{build_id}/logs': {
    permission: 'ManageRepoBlueprints',
    handle: async ({ organization, params, origin }) =>
      presignedDownloadResponse(await presignBuildLog(organization, params.build_id), origin),
  },

  // POST /v3beta1/organizations/{org_id}/snapshot-setup/builds/{build_id}/pin
  'POST /v3beta1/organizations/{org_id}/snapshot-setup/builds/{build_id}/pin': {
    permission: 'ManageOrgSnapshots',
    handle: async ({ organization, principal, params }) =>
      showBuild(organization, await pinBuild(organization, principal, params.build_id)),
  },
} satisfies V3Routes

function showBuild(organization: Organization, build: BuildRecord) {
  return buildResponse(build, buildNow(organization, build))
}
