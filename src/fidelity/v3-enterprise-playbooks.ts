import type { FidelityRow } from './row.ts'

const PROVIDER =
  "repo CognitionAI/terraform-provider-devin, the document that the vendor's provider is generated from"
const playbooks = '/v3/enterprise/playbooks'

/** The facts about the playbooks of the enterprise. */
export const v3EnterprisePlaybooks: readonly FidelityRow[] = [
  {
    operation: `GET ${playbooks}`,
    what: 'the operation',
    value: 'the playbooks of the enterprise and of all organizations, oldest first',
    confidence: 'documented',
    source: PROVIDER,
  },
  {
    operation: `GET ${playbooks}`,
    what: 'whether an organization lists the playbooks of the enterprise',
    value: 'it does not, and finds none of them by id',
    confidence: 'guess',
    source: 'its operations are about “org-level playbooks”',
  },
  {
    operation: `POST ${playbooks}`,
    what: 'the operation',
    value: 'creates a playbook of the enterprise: `access_type` is `enterprise`, and `org_id` null',
    confidence: 'documented',
    source: PROVIDER,
  },
  {
    operation: `POST ${playbooks}`,
    what: 'use',
    value: 'the sessions and schedules of all organizations can use it',
    confidence: 'guess',
    source: 'what else it could be for',
  },
  {
    operation: `POST ${playbooks}`,
    what: 'whose macros must differ',
    value: 'those of the enterprise; an organization may have the same',
    confidence: 'guess',
    source: 'as for the playbooks of an organization',
  },
  {
    operation: `GET ${playbooks}/{playbook_id}`,
    what: 'the operation',
    value: 'returns a playbook of the enterprise or of any organization',
    confidence: 'documented',
    source: PROVIDER,
  },
  {
    operation: `PUT ${playbooks}/{playbook_id}`,
    what: 'the operation',
    value: 'replaces a playbook of the enterprise or of any organization',
    confidence: 'documented',
    source: PROVIDER,
  },
  {
    operation: `DELETE ${playbooks}/{playbook_id}`,
    what: 'the operation',
    value: 'deletes a playbook of the enterprise or of any organization, and returns it',
    confidence: 'documented',
    source: PROVIDER,
  },
  {
    operation: `GET ${playbooks}/{playbook_id}`,
    what: 'whether it can be a playbook of an organization',
    value: 'yes, also to change and delete it',
    confidence: 'guess',
    source:
      'the titles “Get a playbook by ID”, “Update a playbook” and “Delete a playbook”, against “Create an enterprise-level playbook”',
  },
]
