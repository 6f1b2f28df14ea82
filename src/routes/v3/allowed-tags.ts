import {
  appendAllowedTags,
  removeAllowedTag,
  replaceAllowedTags,
  setDefaultTag,
} from '../../organization/allowed-tags.ts'
import { settingsOf } from '../../organization/settings.ts'
import type { SettingsRecord } from '../../resources/settings.ts'
import type { DefaultTagResponse, TagsResponse } from '../../schemas/v3/contract.ts'
import type { V3Routes } from './types.ts'

const permission = 'ManageEnterpriseSettings'

/** The tags that the enterprise allows for the sessions of an organization. */
export const allowedTagsRoutes = {
  // DELETE /v3/enterprise/organizations/{org_id}/tags
  'DELETE /v3/enterprise/organizations/{org_id}/tags': {
    permission,
    handle: async ({ organization, principal }) =>
      tagsResponse(await replaceAllowedTags(organization, principal, [])),
  },

  // GET /v3/enterprise/organizations/{org_id}/tags
  'GET /v3/enterprise/organizations/{org_id}/tags': {
    permission,
    handle: async ({ organization }) => tagsResponse(await settingsOf(organization)),
  },

  // POST /v3/enterprise/organizations/{org_id}/tags
  'POST /v3/enterprise/organizations/{org_id}/tags': {
    permission,
    handle: async ({ organization, principal, body }) =>
      tagsResponse(await appendAllowedTags(organization, principal, body.tags)),
  },

  // PUT /v3/enterprise/organizations/{org_id}/tags
  'PUT /v3/enterprise/organizations/{org_id}/tags': {
    permission,
    handle: async ({ organization, principal, body }) =>
      tagsResponse(await replaceAllowedTags(organization, principal, body.tags)),
  },

  // DELETE /v3/enterprise/organizations/{org_id}/tags/default
  'DELETE /v3/enterprise/organizations/{org_id}/tags/default': {
    permission,
    handle: async ({ organization, principal }) =>
      defaultTagResponse(await setDefaultTag(organization, principal, null)),
  },

  // GET /v3/enterprise/organizations/{org_id}/tags/default
  'GET /v3/enterprise/organizations/{org_id}/tags/default': {
    permission,
    handle: async ({ organization }) => defaultTagResponse(await settingsOf(organization)),
  },

  // PUT /v3/enterprise/organizations/{org_id}/tags/default
  'PUT /v3/enterprise/organizations/{org_id}/tags/default': {
    permission,
    handle: async ({ organization, principal, body }) =>
      defaultTagResponse(await setDefaultTag(organization, principal, body.tag)),
  },

  // DELETE /v3/enterprise/organizations/{org_id}/tags/{tag}
  'DELETE /v3/enterprise/organizations/{org_id}/tags/{tag}': {
    permission,
    handle: async ({ organization, principal, params }) =>
      tagsResponse(await removeAllowedTag(organization, principal, params.tag)),
  },
} satisfies V3Routes

function tagsResponse({ allowedTags }: SettingsRecord): TagsResponse {
  return { tags: [...allowedTags] }
}

function defaultTagResponse({ defaultTag }: SettingsRecord): DefaultTagResponse {
  return { default_tag: defaultTag }
}
