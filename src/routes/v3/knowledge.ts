import { objectTexts, sendTexts } from '../../fastapi/long-answer.ts'
import { folderTree, requireFolder } from '../../organization/folders.ts'
import {
  createNote,
  deleteNote,
  getNote,
  type NoteFields,
  noteSelector,
  placedNote,
  updateNote,
} from '../../organization/knowledge.ts'
import type { Organization } from '../../organization/organizations.ts'
import type { KnowledgeRecord } from '../../resources/knowledge.ts'
import type { KnowledgeNoteCreateRequest, KnowledgeNoteResponse } from '../../schemas/v3/contract.ts'
import { folderSummary, noteResponse } from '../../schemas/v3/knowledge.ts'
import { cursorPage } from './pages.ts'
import type { V3Routes } from './types.ts'

const PERMISSION = ['ManageKnowledge', 'ManageAccountKnowledge']

/** The knowledge of an organization: notes and their folders. */
export const knowledgeRoutes = {
  // GET /v3/organizations/{org_id}/knowledge/folders
  'GET /v3/organizations/{org_id}/knowledge/folders': {
    permission: PERMISSION,
    handle: async ({ organization }, reply) => {
      const { folders, rootNoteCount } = await folderTree(organization)
      const summaries = folders.map(({ folder, path, noteCount }) => folderSummary(folder, path, noteCount))
      return sendTexts(reply, objectTexts({ folders: summaries, root_note_count: rootNoteCount }))
    },
  },

  // GET /v3/organizations/{org_id}/knowledge/notes
  'GET /v3/organizations/{org_id}/knowledge/notes': {
    permission: PERMISSION,
    handle: async ({ organization, query }, reply) => {
      const { search = null, folder_path: folderPath = null, pinned_repo: pinnedRepo = null } = query
      const page = await cursorPage({
        list: 'notes',
        organization,
        records: organization.knowledge,
        query,
        order: 'oldest',
        where: await noteSelector(organization, { search, folderPath, pinnedRepo }),
        show: (note) => note,
      })
      const items = await Promise.all(page.items.map((note) => shown(organization, note)))
      return sendTexts(reply, objectTexts({ ...page, items }))
    },
  },

  // POST /v3/organizations/{org_id}/knowledge/notes
  'POST /v3/organizations/{org_id}/knowledge/notes': {
    permission: PERMISSION,
    handle: async ({ organization, principal, body }) => {
      const fields = noteFields(body)
      await requireFolder(organization, fields.parentFolderId)
      return shown(organization, await createNote(organization, principal, fields))
    },
  },

  // DELETE /v3/organizations/{org_id}/knowledge/notes/{note_id}
  'DELETE /v3/organizations/{org_id}/knowledge/notes/{note_id}': {
    permission: PERMISSION,
    handle: async ({ organization, principal, params }) =>
      shown(organization, await deleteNote(organization, principal, params.note_id)),
  },

  // GET /v3/organizations/{org_id}/knowledge/notes/{note_id}
  'GET /v3/organizations/{org_id}/knowledge/notes/{note_id}': {
    permission: PERMISSION,
    handle: async ({ organization, params }) =>
      shown(organization, await getNote(organization, params.note_id)),
  },

  // PUT /v3/organizations/{org_id}/knowledge/notes/{note_id}
  'PUT /v3/organizations/{org_id}/knowledge/notes/{note_id}': {
    permission: PERMISSION,
    handle: async ({ organization, principal, params, body }) => {
      const fields = noteFields(body)
      // An unknown note is reported rather than an unknown folder.
      await getNote(organization, params.note_id)
      await requireFolder(organization, fields.parentFolderId)
      return shown(organization, await updateNote(organization, principal, params.note_id, fields))
    },
  },
} satisfies V3Routes

/** Returns the fields of a note. The folder and the pin are null unless sent, also on an update: it rebuilds both. */
function noteFields(body: KnowledgeNoteCreateRequest): NoteFields {
  return {
    name: body.name,
    body: body.body,
    triggerDescription: body.trigger,
    parentFolderId: body.folder_id ?? null,
    pinnedRepo: body.pinned_repo ?? null,
    isEnabled: body.is_enabled ?? undefined,
  }
}

async function shown(organization: Organization, note: KnowledgeRecord): Promise<KnowledgeNoteResponse> {
  const { folderPath, isEnabled } = await placedNote(organization, note)
  return noteResponse(note, { folderPath, isEnabled, orgId: organization.orgId })
}
