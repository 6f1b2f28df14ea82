import type { FastifyReply } from 'fastify'
import { ENTERPRISE_ID, type Principal } from '../../auth/principal.ts'
import { objectTexts, sendTexts } from '../../fastapi/long-answer.ts'
import { Impossible } from '../../organization/errors.ts'
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

const permission = ['ManageKnowledge', 'ManageAccountKnowledge']

/** The knowledge of an organization: notes and their folders. */
export const knowledgeRoutes = {
  // GET /v3/organizations/{org_id}/knowledge/folders
  'GET /v3/organizations/{org_id}/knowledge/folders': {
    permission,
    handle: async ({ organization }, reply) => sendFolders(reply, organization),
  },

  // GET /v3/organizations/{org_id}/knowledge/notes
  'GET /v3/organizations/{org_id}/knowledge/notes': {
    permission,
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
      const items = await Promise.all(page.items.map((note) => showNote(organization, note)))
      return sendTexts(reply, objectTexts({ ...page, items }))
    },
  },

  // POST /v3/organizations/{org_id}/knowledge/notes
  'POST /v3/organizations/{org_id}/knowledge/notes': {
    permission,
    handle: async ({ organization, principal, body }) => addNote(organization, principal, body),
  },

  // DELETE /v3/organizations/{org_id}/knowledge/notes/{note_id}
  'DELETE /v3/organizations/{org_id}/knowledge/notes/{note_id}': {
    permission,
    handle: async ({ organization, principal, params }) =>
      showNote(organization, await deleteNote(organization, principal, params.note_id)),
  },

  // GET /v3/organizations/{org_id}/knowledge/notes/{note_id}
  'GET /v3/organizations/{org_id}/knowledge/notes/{note_id}': {
    permission,
    handle: async ({ organization, params }) =>
      showNote(organization, await getNote(organization, params.note_id)),
  },

  // PUT /v3/organizations/{org_id}/knowledge/notes/{note_id}
  'PUT /v3/organizations/{org_id}/knowledge/notes/{note_id}': {
    permission,
    handle: async ({ organization, principal, params, body }) =>
      replaceNote(organization, principal, params.note_id, body),
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

/** Sends the folder tree of an organization, or of the enterprise. */
export async function sendFolders(reply: FastifyReply, organization: Organization): Promise<FastifyReply> {
  const { folders, rootNoteCount } = await folderTree(organization)
  const summaries = folders.map(({ folder, path, noteCount }) => folderSummary(folder, path, noteCount))
  return sendTexts(reply, objectTexts({ folders: summaries, root_note_count: rootNoteCount }))
}

/** Creates a note and returns it. Throws NotFound for an unknown folder, and {@link Impossible} for any folder of a note of the enterprise. */
export async function addNote(
  organization: Organization,
  principal: Principal,
  body: KnowledgeNoteCreateRequest,
): Promise<KnowledgeNoteResponse> {
  const fields = noteFields(body)
  await requirePlace(organization, fields)
  return showNote(organization, await createNote(organization, principal, fields))
}

/** Replaces a note and returns it. Throws NotFound for an unknown note, and the errors of {@link addNote}. */
export async function replaceNote(
  organization: Organization,
  principal: Principal,
  id: string,
  body: KnowledgeNoteCreateRequest,
): Promise<KnowledgeNoteResponse> {
  const fields = noteFields(body)
  // An unknown note is reported rather than an unknown folder.
  await getNote(organization, id)
  await requirePlace(organization, fields)
  return showNote(organization, await updateNote(organization, principal, id, fields))
}

/** Throws NotFound if the folder of a note is unknown, and {@link Impossible} if a note of the enterprise has a folder. */
async function requirePlace(organization: Organization, { parentFolderId }: NoteFields): Promise<void> {
  if (organization.orgId === ENTERPRISE_ID && parentFolderId !== null) {
    throw new Impossible('A note of the enterprise cannot be in a folder')
  }
  await requireFolder(organization, parentFolderId)
}

/** Returns the wire form of a note of an organization, or of the enterprise. */
export async function showNote(
  organization: Organization,
  note: KnowledgeRecord,
): Promise<KnowledgeNoteResponse> {
  const { folderPath, isEnabled } = await placedNote(organization, note)
  return noteResponse(note, { folderPath, isEnabled, orgId: organization.orgId })
}
