import type { FidelityRow } from './row.ts'

const FOLDERS = 'GET /v3/organizations/{org_id}/knowledge/folders'
const LIST = 'GET /v3/organizations/{org_id}/knowledge/notes'
const CREATE = 'POST /v3/organizations/{org_id}/knowledge/notes'
const GET = 'GET /v3/organizations/{org_id}/knowledge/notes/{note_id}'
const UPDATE = 'PUT /v3/organizations/{org_id}/knowledge/notes/{note_id}'
const DELETE = 'DELETE /v3/organizations/{org_id}/knowledge/notes/{note_id}'

const PAGES = 'the pages of v3/notes'

const UNKNOWN = {
  what: 'answer to an unknown or deleted id, and to another organization’s',
  value: '404 with the detail `Note not found`',
  confidence: 'seen',
  source: 'the vendor’s Terraform provider expects a 404; the text follows the sessions',
} as const

const UNKNOWN_FOLDER = {
  what: 'answer to an unknown `folder_id`',
  value: '404 with the detail `Folder not found`, and nothing is stored; v1 accepts any folder',
  confidence: 'guess',
  source: 'no answer is published',
} as const

/** The facts about notes and folders of v3. */
export const v3Knowledge: readonly FidelityRow[] = [
  {
    operation: FOLDERS,
    what: 'the operation',
    value: 'all folders at once, with their paths and numbers of notes; only a seed can create folders',
    confidence: 'documented',
    source: `${PAGES}; the vendor publishes no operation that creates one`,
  },
  {
    operation: FOLDERS,
    what: 'form of a path',
    value: 'the names of the folders, separated by slashes, without one at either end: `Engineering/Backend`',
    confidence: 'seen',
    source: 'examples and tests of the vendor’s Terraform provider',
  },
  {
    operation: FOLDERS,
    what: 'counted notes, and order of the folders',
    value:
      '`note_count` has the notes directly in the folder, `root_note_count` those outside of all known folders; oldest folder first',
    confidence: 'guess',
    source: 'not published; the vendor’s Terraform provider sorts the folders itself',
  },
  {
    operation: LIST,
    what: 'the operation',
    value: 'a page by cursor, optionally filtered by `search`, `folder_path` and `pinned_repo`',
    confidence: 'documented',
    source: PAGES,
  },
  {
    operation: LIST,
    what: 'order of the list',
    value: 'oldest first',
    confidence: 'guess',
    source: 'no order is published',
  },
  {
    operation: LIST,
    what: 'meaning of the filters',
    value:
      '`search` is a part of the name, trigger or body, in any case; `folder_path` is the exact path of the folder (empty or `/` for notes outside of folders); `pinned_repo` is the exact text; several must all hold',
    confidence: 'guess',
    source: 'only their names are published',
  },
  {
    operation: LIST,
    what: 'required permission, also of the other operations on notes and folders',
    value: '`ManageKnowledge` or `ManageAccountKnowledge`',
    confidence: 'documented',
    source: `${PAGES}, which name one or the other`,
  },
  {
    operation: CREATE,
    what: 'the operation',
    value: 'requires `name`, `body` and `trigger`, and answers with the note',
    confidence: 'documented',
    source: PAGES,
  },
  {
    operation: CREATE,
    what: '`folder_path` of a note outside of folders',
    value: 'an empty text',
    confidence: 'guess',
    source: 'the member is a text that cannot be null',
  },
  {
    operation: CREATE,
    what: '`is_enabled`',
    value: 'true by default; the answers show false below a disabled folder',
    confidence: 'seen',
    source: 'description of the member in the vendor’s Terraform provider',
  },
  { operation: CREATE, ...UNKNOWN_FOLDER },
  {
    operation: GET,
    what: 'the operation',
    value: 'the note as in the list',
    confidence: 'documented',
    source: PAGES,
  },
  { operation: GET, ...UNKNOWN },
  {
    operation: UPDATE,
    what: 'the operation',
    value: 'requires the same fields as for a new note, and answers with the changed one',
    confidence: 'documented',
    source: PAGES,
  },
  {
    operation: UPDATE,
    what: 'omitted `folder_id` and `pinned_repo`',
    value: 'become null',
    confidence: 'seen',
    source:
      'a comment in the vendor’s Terraform provider: the API rebuilds both from the request, so it always sends them',
  },
  {
    operation: UPDATE,
    what: 'omitted `is_enabled`, and the macro, which v3 cannot set',
    value: 'stay as they are',
    confidence: 'guess',
    source: 'not published',
  },
  { operation: UPDATE, ...UNKNOWN_FOLDER },
  { operation: UPDATE, ...UNKNOWN },
  {
    operation: DELETE,
    what: 'the operation',
    value: 'deletes permanently and answers with the note',
    confidence: 'documented',
    source: PAGES,
  },
  { operation: DELETE, ...UNKNOWN },
]
