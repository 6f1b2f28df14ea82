import { type FidelityRow, LEGACY_DOCUMENT } from './row.ts'
import { UNKNOWN_ID } from './sessions.ts'

/** The facts about messages and tags of sessions. */
export const sessionDetails: readonly FidelityRow[] = [
  {
    operation: 'POST /v1/sessions/{session_id}/message',
    what: 'the operation',
    value: '200 null',
    confidence: 'documented',
    source: `v1/sessions/send-a-message-to-an-existing-devin-session; the ${LEGACY_DOCUMENT} had 204 without a body`,
    question: 'v1-message',
  },
  {
    operation: 'POST /v1/sessions/{session_id}/message',
    what: 'answer to a suspended session, which receives the message',
    value: '200 {"detail":"Session is suspended"}',
    confidence: 'guess',
    source:
      'v1/sessions/send-a-message-to-an-existing-devin-session has the shape; the text is not published',
  },
  {
    operation: 'POST /v1/sessions/{session_id}/message',
    what: 'a message to a finished session',
    value: 'resumes the work, like a message to a blocked session',
    confidence: 'seen',
    source: 'clients of the newer API send follow-up messages to finished sessions',
  },
  {
    operation: 'POST /v1/sessions/{session_id}/message',
    what: 'answer to a session that has ended, which does not receive the message',
    value: '200 {"detail":"Session has already exited"}',
    confidence: 'guess',
    source: 'not published; a client interprets a `detail` as the end of the session',
  },
  {
    operation: 'POST /v1/sessions/{session_id}/message',
    what: 'answer to an archived session, or a suspended one that cannot be resumed, which do not receive the message',
    value: '200 with the reason as `detail`',
    confidence: 'guess',
    source:
      'v1/sessions/send-a-message-to-an-existing-devin-session answers a suspended session in this way; archived ones are documented for the newer API',
  },
  { operation: 'POST /v1/sessions/{session_id}/message', ...UNKNOWN_ID },
  {
    operation: 'PUT /v1/sessions/{session_id}/tags',
    what: 'the operation',
    value: '200 {"detail":"Tags updated successfully"}',
    confidence: 'documented',
    source: `v1/sessions/update-session-tags for the shape, ${LEGACY_DOCUMENT} for the text`,
  },
  {
    operation: 'PUT /v1/sessions/{session_id}/tags',
    what: 'which tags are replaced, and the maximum number',
    value:
      'all of them, also in a session that has ended; no maximum; 400 for a session that v3 has archived',
    confidence: 'guess',
    source:
      'the newer API allows 50, and no change of an archived session; no limit is published for this one',
  },
  { operation: 'PUT /v1/sessions/{session_id}/tags', ...UNKNOWN_ID },
]
