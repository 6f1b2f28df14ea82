import { sendJson, sendNothing } from '../../fastapi/answer.ts'
import { QueryParameters } from '../../fastapi/query.ts'
import {
  addBlueprintFile,
  createBlueprint,
  deleteBlueprint,
  deleteBlueprintFile,
  getBlueprint,
} from '../../organization/blueprints.ts'
import { presignBlueprint } from '../../organization/stored-files.ts'
import { blueprintFileResponse, blueprintResponse } from '../../schemas/v3/blueprints.ts'
import type { CreateOrgBlueprintBody } from '../../schemas/v3/contract.ts'
import { presignedDownloadResponse } from '../../schemas/v3/stored-files.ts'
import type { V3Routes } from './types.ts'
import { uploadIn } from './uploads.ts'

const permission = 'ManageRepoBlueprints'

/** The blueprints of an organization: the declared environments of sessions. */
export const blueprintsRoutes = {
  // GET /v3beta1/organizations/{org_id}/snapshot-setup/blueprints
  'GET /v3beta1/organizations/{org_id}/snapshot-setup/blueprints': {
    permission,
    handle: async ({ organization, originalUrl }) => {
      // The contract in this repository lacks the filter, which the vendor has published since.
      const repoName = QueryParameters.in(originalUrl).last('repo_name')
      const blueprints = await organization.blueprints.list({
        where: (blueprint) => repoName === undefined || blueprint.repoName === repoName,
      })
      return { data: blueprints.map(blueprintResponse) }
    },
  },

  // POST /v3beta1/organizations/{org_id}/snapshot-setup/blueprints
  'POST /v3beta1/organizations/{org_id}/snapshot-setup/blueprints': {
    permission,
    handle: async ({ organization, principal, body }, reply) => {
      const { repo_name: repoName = null, contents }: NewerBody = body
      const fields = { repoName, contents: contents ?? '' }
      const blueprint = await createBlueprint(organization, principal, fields)
      return sendJson(reply, 201, blueprintResponse(blueprint))
    },
  },

  // GET /v3beta1/organizations/{org_id}/snapshot-setup/blueprints/{blueprint_id}
  'GET /v3beta1/organizations/{org_id}/snapshot-setup/blueprints/{blueprint_id}': {
    permission,
    handle: async ({ organization, params }) =>
      blueprintResponse(await getBlueprint(organization, params.blueprint_id)),
  },

  // DELETE /v3beta1/organizations/{org_id}/snapshot-setup/blueprints/{blueprint_id}
  'DELETE /v3beta1/organizations/{org_id}/snapshot-setup/blueprints/{blueprint_id}': {
    permission,
    handle: async ({ organization, principal, params }, reply) => {
      await deleteBlueprint(organization, principal, params.blueprint_id)
      return sendNothing(reply)
    },
  },

  // GET /v3beta1/organizations/{org_id}/snapshot-setup/blueprints/{blueprint_id}/contents
  'GET /v3beta1/organizations/{org_id}/snapshot-setup/blueprints/{blueprint_id}/contents': {
    permission,
    handle: async ({ organization, params, origin }) =>
      presignedDownloadResponse(await presignBlueprint(organization, params.blueprint_id), origin),
  },

  // GET /v3beta1/organizations/{org_id}/snapshot-setup/blueprints/{blueprint_id}/files
  'GET /v3beta1/organizations/{org_id}/snapshot-setup/blueprints/{blueprint_id}/files': {
    permission,
    handle: async ({ organization, params }) => {
      const blueprint = await getBlueprint(organization, params.blueprint_id)
      return { data: blueprint.files.map((file) => blueprintFileResponse(blueprint, file)) }
    },
  },

  // POST /v3beta1/organizations/{org_id}/snapshot-setup/blueprints/{blueprint_id}/files
  'POST /v3beta1/organizations/{org_id}/snapshot-setup/blueprints/{blueprint_id}/files': {
    permission,
    handle: async ({ organization, principal, params, query: { name }, body }, reply) => {
      const fields = { name, bytes: uploadIn(body).bytes }
      const { blueprint, file } = await addBlueprintFile(organization, principal, params.blueprint_id, fields)
      return sendJson(reply, 201, blueprintFileResponse(blueprint, file))
    },
  },

  // DELETE /v3beta1/organizations/{org_id}/snapshot-setup/blueprints/{blueprint_id}/files/{file_id}
  'DELETE /v3beta1/organizations/{org_id}/snapshot-setup/blueprints/{blueprint_id}/files/{file_id}': {
    permission,
    handle: async ({ organization, principal, params }, reply) => {
      await deleteBlueprintFile(organization, principal, params.blueprint_id, params.file_id)
      return sendNothing(reply)
    },
  },
} satisfies V3Routes

/** The body with a member that the contract in this repository lacks. */
type NewerBody = CreateOrgBlueprintBody & { readonly contents?: string | null }
