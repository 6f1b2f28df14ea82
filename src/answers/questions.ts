/**
 * The questions about the API that the vendor's documents leave open, or that witnesses answer differently: by name, the possible answers,
 * the default first. `fidelity/answers.ts` says what they mean, and has the evidence for each.
 */
export const QUESTIONS = {
  'v1-bad-key': ['403', '401', '401-unauthenticated'],
  'v1-secret-list': ['array', 'object'],
  'v1-secret-note': ['optional', 'required'],
  'v1-create-secret': ['200', '201'],
  'v1-delete-secret': ['200', '204'],
  'v1-unknown-secret': ['404', '403'],
  'v1-is-new-session': ['null', 'absent'],
  'v1-session-status': ['lifecycle', 'status-enum'],
  'v1-tag-filter': ['any', 'all'],
  'v1-list-bounds': ['none', 'limited'],
  'v1-message': ['200', '204'],
  'v1-message-path': ['both', 'singular'],
  'v1-attachment-url': ['json', 'text'],
  'v1-playbook-list': ['array', 'object'],
  'v1-delete-playbook': ['200', '204'],
  'v3-bad-key': ['403', '401'],
  'v3-unknown-organization': ['403', '404'],
  'v3-422': ['problem', 'unprocessable-content', 'detail-list'],
  'v3-error-type': ['problem', 'json'],
  'v3-unknown-secret': ['403', '404'],
  'v3-created-status': ['new', 'running'],
  'v3-session-id': ['bare', 'prefixed'],
  'v3-terminated-detail': ['null', 'finished'],
  'v3-session-attachments': ['array', 'object'],
  'v3-tag-filter': ['any', 'all'],
  'v3-total': ['count', 'null'],
  'v3-last-cursor': ['null', 'set'],
  'v3-repeated-pr-review': ['200', '409'],
  'v3-self-permission': ['none', 'ReadAccountMeta'],
  'v3-create-session-permission': ['ManageOrgSessions', 'UseDevinSessions'],
} as const satisfies Readonly<Record<string, readonly [string, string, ...string[]]>>

/** The name of an open question. */
export type AnswerName = keyof typeof QUESTIONS

/** One of the answers to an open question. */
export type AnswerOption<Name extends AnswerName> = (typeof QUESTIONS)[Name][number]

/** An answer to each open question. */
export type AllAnswers = { [Name in AnswerName]: AnswerOption<Name> }

/** Answers to some of the open questions. The others keep theirs. */
export type AnswerChoices = { [Name in AnswerName]?: AnswerOption<Name> }

/** The names of all open questions. */
export const ANSWER_NAMES = Object.keys(QUESTIONS) as AnswerName[]

/** The questions that are answered before the organization of a request is known, so that the answer is the same for all. */
export const SERVER_WIDE: readonly AnswerName[] = ['v1-bad-key', 'v3-bad-key', 'v3-unknown-organization']
