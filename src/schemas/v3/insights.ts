import type { SessionRecord } from '../../resources/sessions.ts'
import type { SessionState } from '../../simulation/session.ts'
import { sessionSize } from '../../simulation/session-size.ts'
import { firstLine } from '../../simulation/titles.ts'
import type { SessionPlace } from '../session-url.ts'
import type {
  SessionInsightsActionItem,
  SessionInsightsAnalysis,
  SessionInsightsIssue,
  SessionInsightsResponse,
  SessionInsightsSuggestedPrompt,
} from './contract.ts'
import { sessionResponse } from './sessions.ts'

/** The maximum number of messages that an analysis quotes. */
const QUOTED_MAX = 100

/** The maximum length of a quotation, in UTF-16 units. */
const QUOTATION_LENGTH_MAX = 200

/**
 * Returns the wire form of a session with its metrics and its analysis. The analysis describes the state `analyzed`; null for no
 * analysis.
 */
export function insightsResponse(
  session: SessionRecord,
  state: SessionState,
  { analyzed, ...place }: SessionPlace & { readonly analyzed: SessionState | null },
): SessionInsightsResponse {
  const devinMessages = state.messages.filter(({ type }) => type === 'devin_message').length
  return {
    ...sessionResponse(session, state, place),
    num_user_messages: state.messages.length - devinMessages,
    num_devin_messages: devinMessages,
    session_size: sessionSize(state.acus, state.messages.length),
    analysis: analyzed === null ? null : analysisOf(session, analyzed),
  }
}

/** Derives an analysis from the facts of a session. Nothing is known about its languages, tools and notes. */
function analysisOf(session: SessionRecord, state: SessionState): SessionInsightsAnalysis {
  const issues = issuesOf(state)
  return {
    action_items: actionItemsOf(state, issues),
    classification:
      state.category === null
        ? null
        : { category: state.category, confidence: 1, programming_languages: [], tools_and_frameworks: [] },
    issues,
    note_usage: null,
    suggested_prompt: suggestedPromptOf(session, state),
    timeline: state.messages.slice(0, QUOTED_MAX).map(({ type, text }) => ({
      title: type === 'devin_message' ? 'Message from Devin' : 'Message from the user',
      description: firstLine(text, QUOTATION_LENGTH_MAX),
      color: type === 'devin_message' ? 'blue' : 'gray',
      issue_id: null,
    })),
  }
}

/** Returns what stopped the session, unless a user did. */
function issuesOf({ phase, statusEnum }: SessionState): SessionInsightsIssue[] {
  const { status, detail } = phase
  const issue = (label: string, text: string): SessionInsightsIssue[] => [
    { id: 'issue-1', impact: 'The session cannot go on.', issue: text, label },
  ]
  if (status === 'error') return issue('error', 'The session failed.')
  if (statusEnum === 'expired') return issue('expired', 'The session expired.')
  if (status !== 'suspended' || detail === 'user_request') return []
  return issue(`${detail ?? status}`, `The session was suspended: ${detail ?? status}.`)
}

/** Returns what is left to do: resolve the issues, answer Devin, review the open pull requests. */
function actionItemsOf(
  { phase, statusEnum, pullRequests }: SessionState,
  issues: readonly SessionInsightsIssue[],
): SessionInsightsActionItem[] {
  const isWaiting = phase.status === 'running' && statusEnum === 'blocked'
  const item = (text: string, issueId: string | null = null): SessionInsightsActionItem => ({
    type: 'other',
    action_item: text,
    issue_id: issueId,
  })
  return [
    ...issues.map(({ id, issue }) => item(issue, id)),
    ...(isWaiting ? [item('Send Devin a message.')] : []),
    ...pullRequests.filter(({ state }) => state === 'open').map(({ url }) => item(`Review ${url}`)),
  ]
}

/** Returns the prompt with everything that the user had to add later; null if that is nothing. */
function suggestedPromptOf(
  { prompt }: SessionRecord,
  { messages }: SessionState,
): SessionInsightsSuggestedPrompt | null {
  const added = messages.filter(({ type }) => type === 'user_message').slice(0, QUOTED_MAX)
  if (added.length === 0) return null
  const texts = added.map(({ text }) => text)
  return {
    original_prompt: prompt,
    suggested_prompt: [prompt, ...texts].join('\n\n'),
    feedback_items: texts.map((text) => ({
      summary: 'This could have been part of the prompt.',
      details: firstLine(text, QUOTATION_LENGTH_MAX),
      excerpt: firstLine(text, QUOTATION_LENGTH_MAX),
      issue_id: null,
    })),
  }
}
