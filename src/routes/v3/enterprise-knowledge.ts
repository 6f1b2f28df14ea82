import { objectTexts, sendTexts } from '../../fastapi/long-answer.ts'
import { ownerOf, ownersIn } from '../../organization/enterprise-scope.ts'
import { found, NotFound } from '../../organization/errors.ts'
import { deleteNote, getNote, noteSelector } from '../../organization/knowledge.ts'
import type { Organization, Organizations } from '../../organization/organizations.ts'
import type { KnowledgeRecord } from '../../resources/knowledge.ts'
import { addNote, replaceNote, sendFolders, showNote } from './knowledge.ts'
import { mergedPage } from './merged-page.ts'
import type { V3Routes } from './types.ts'

const permission = 'ManageAccountKnowledge'

/** The knowledge of the enterprise and of all organizations. */
export const enterpriseKnowledgeRoutes = {
  // GET /v3/enterprise/knowledge/folders
  'GET /v3/enterprise/knowledge/folders': {
    permission,
    handle: async ({ organization: enterprise }, reply) => sendFolders(reply, enterprise),
  },

  // GET /v3/enterprise/knowledge/notes
  'GET /v3/enterprise/knowledge/notes': {
    permission,
    handle: async ({ query, server }, reply) => {
      const { search = null, folder_path: folderPath = null, pinned_repo: pinnedRepo = null } = query
      const owners = ownersIn(server.organizations, query.access_type)
      const sources = await Promise.all(
        owners.map(async (organization) => ({
          organization,
          records: organization.knowledge,
          where: await noteSelector(organization, { search, folderPath, pinnedRepo }),
        })),
      )
      const show = (note: KnowledgeRecord, organization: Organization) => showNote(organization, note)
      const page = await mergedPage({ list: 'enterprise-notes', sources, query, order: 'oldest', show })
      return sendTexts(reply, objectTexts({ ...page, items: await Promise.all(page.items) }))
    },
  },

  // POST /v3/enterprise/knowledge/notes
  'POST /v3/enterprise/knowledge/notes': {
    permission,
    handle: async ({ organization: enterprise, principal, body }) => addNote(enterprise, principal, body),
  },

  // DELETE /v3/enterprise/knowledge/notes/{note_id}
  'DELETE /v3/enterprise/knowledge/notes/{note_id}': {
    permission,
    handle: async ({ params, principal, server }) => {
      const owner = await ownerOfNote(server.organizations, params.note_id)
      return showNote(owner, await deleteNote(owner, principal, params.note_id))
    },
  },

  // GET /v3/enterprise/knowledge/notes/{note_id}
  'GET /v3/enterprise/knowledge/notes/{note_id}': {
    permission,
    handle: async ({ params, server }) => {
      const owner = await ownerOfNote(server.organizations, params.note_id)
      return showNote(owner, await getNote(owner, params.note_id))
    },
  },

  // PUT /v3/enterprise/knowledge/notes/{note_id}
  'PUT /v3/enterprise/knowledge/notes/{note_id}': {
    permission,
    handle: async ({ params, principal, body, server }) =>
      replaceNote(await ownerOfNote(server.organizations, params.note_id), principal, params.note_id, body),
  },
} satisfies V3Routes

/** Returns the organization of a note, or the enterprise. Throws {@link NotFound}. */
async function ownerOfNote(organizations: Organizations, id: string): Promise<Organization> {
  return found(await ownerOf(ownersIn(organizations), ({ knowledge }) => knowledge.get(id)), 'note')
}
