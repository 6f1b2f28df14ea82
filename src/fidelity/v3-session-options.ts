import type { FidelityRow } from './row.ts'

const CREATE = 'POST /v3/organizations/{org_id}/sessions'

/** The facts about options of new sessions that the vendor's page names but hardly describes. */
export const v3SessionOptions: readonly FidelityRow[] = [
  {
    operation: CREATE,
    what: '`structured_output_required`',
    value:
      'true by default: a turn that finishes has an output that fits the schema, unless the scenario sets one, or null. Without a schema, it has no effect. With false, the output is that of the scenario. Outputs of scenarios are not checked against the schema of the request',
    confidence: 'documented',
    source:
      'v3/sessions/post-organizations-sessions; two projects saw sessions that ended without, for which a scenario sets null',
  },
  {
    operation: CREATE,
    what: '`bypass_approval`',
    value:
      'a step of the scenario that waits for an approval is passed: what follows it happens without waiting, and after the last step the steps of `on_message`',
    confidence: 'guess',
    source: 'the page has only the name; `waiting_for_approval` is documented for safe mode',
  },
  {
    operation: CREATE,
    what: '`child_playbook_id`',
    value:
      'the playbook of the sessions that a key of this session creates without a `playbook_id`. Like that, it accepts any text',
    confidence: 'guess',
    source: 'the page has only the name; answers show `playbook_id` of the child',
  },
  {
    operation: CREATE,
    what: '`session_links`',
    value: 'are stored, and shown only in the state document',
    confidence: 'guess',
    source: 'what they do happens inside of a session; no answer has them',
  },
]
