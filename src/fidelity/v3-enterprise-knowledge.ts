import type { FidelityRow } from './row.ts'

const PROVIDER =
  "repo CognitionAI/terraform-provider-devin, the document that the vendor's provider is generated from"
const knowledge = '/v3/enterprise/knowledge'

/** The facts about the notes of the enterprise. */
export const v3EnterpriseKnowledge: readonly FidelityRow[] = [
  {
    operation: `GET ${knowledge}/notes`,
    what: 'the operation',
    value: 'the notes of the enterprise and of all organizations, oldest first',
    confidence: 'documented',
    source: PROVIDER,
  },
  {
    operation: `GET ${knowledge}/notes`,
    what: '`access_type`',
    value: 'the notes of the enterprise, or those of the organizations',
    confidence: 'guess',
    source: 'the values are documented, their effect is not',
  },
  {
    operation: `GET ${knowledge}/notes`,
    what: 'other parameters',
    value: 'as for the notes of an organization',
    confidence: 'documented',
    source: PROVIDER,
  },
  {
    operation: `GET ${knowledge}/notes`,
    what: 'whether an organization lists the notes of the enterprise',
    value: 'it does not, and finds none of them by id',
    confidence: 'guess',
    source: 'its operations are about “org-level notes”',
  },
  {
    operation: `POST ${knowledge}/notes`,
    what: 'the operation',
    value: 'creates a note of the enterprise: `access_type` is `enterprise`, and `org_id` null',
    confidence: 'documented',
    source: PROVIDER,
  },
  {
    operation: `POST ${knowledge}/notes`,
    what: 'answer to a `folder_id` that is not null, also when a note of the enterprise is replaced',
    value: '400 with a `detail`; a note of an organization can be in one of its folders',
    confidence: 'guess',
    source:
      "the vendor's Terraform provider has a folder for notes of organizations, and none for those of the enterprise",
  },
  {
    operation: `GET ${knowledge}/notes/{note_id}`,
    what: 'the operation',
    value: 'returns a note of the enterprise or of any organization',
    confidence: 'documented',
    source: PROVIDER,
  },
  {
    operation: `PUT ${knowledge}/notes/{note_id}`,
    what: 'the operation',
    value: 'replaces a note of the enterprise or of any organization',
    confidence: 'documented',
    source: PROVIDER,
  },
  {
    operation: `DELETE ${knowledge}/notes/{note_id}`,
    what: 'the operation',
    value: 'deletes a note of the enterprise or of any organization, and returns it',
    confidence: 'documented',
    source: PROVIDER,
  },
  {
    operation: `GET ${knowledge}/notes/{note_id}`,
    what: 'whether it can be a note of an organization',
    value: 'yes, also to change and delete it',
    confidence: 'guess',
    source:
      'the titles “Get a note by ID”, “Update a note” and “Delete a note”, against “Create an enterprise-level note”',
  },
  {
    operation: `GET ${knowledge}/folders`,
    what: 'the operation',
    value: 'the folders, with the numbers of their notes',
    confidence: 'documented',
    source: PROVIDER,
  },
  {
    operation: `GET ${knowledge}/folders`,
    what: 'whose folders',
    value: 'those of the enterprise only',
    confidence: 'guess',
    source: 'a folder has no `org_id`',
  },
]
