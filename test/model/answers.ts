import type { Operation } from './operations.ts'

/** The contents of an answer, in one form for both generations of the API. */
export interface Answer {
  readonly result: 'done' | 'missing' | 'taken' | 'ended' | 'archived' | 'unexpected'
  /** The id of the record in the answer. */
  readonly id: string
  /** The ids of the listed records, each with the member that the model knows. */
  readonly listed: readonly (readonly [id: string, value: string | null])[]
  /** The ids of the listed sessions. */
  readonly sessions: readonly string[]
  /** The macro of a playbook. */
  readonly macro: string | null
  readonly tags: readonly string[]
  /** The messages to a session, without its prompt. */
  readonly texts: readonly string[]
  /** Whether an idempotent request created a session; null for other requests. */
  readonly isNew: boolean | null
  readonly isArchived: boolean
}

/** The members of an answer that the model reads. Which of them there are depends on the operation. */
interface Body {
  readonly [name: string]: unknown
  readonly detail?: string
  readonly macro?: string | null
  readonly tags?: readonly string[]
  readonly is_new_session?: boolean | null
  readonly is_archived?: boolean
  readonly messages?: readonly { readonly type: string; readonly message: string }[]
  readonly items?: readonly Body[]
}

/** Reads an answer to an operation. */
export function readAnswer(operation: Operation, status: number, body: unknown): Answer {
  const members = (body ?? {}) as Body
  const isList = operation.kind.startsWith('list ')
  const listed = isList ? listedIn(members) : []
  return {
    result: resultOf(operation, status, members),
    id: operation.kind === 'upload' ? attachmentOf(body) : idOf(members),
    listed: listed.map((one) => [idOf(one), (one.key ?? one.name ?? one.macro ?? null) as string | null]),
    sessions: listed.map(idOf),
    macro: members.macro ?? null,
    tags: members.tags ?? [],
    texts: operation.kind === 'list messages' ? v3Texts(listed) : v1Texts(members),
    isNew: members.is_new_session ?? null,
    isArchived: members.is_archived ?? false,
  }
}

/** The statuses of success, except 200. */
const SUCCESSES: Readonly<Record<string, number>> = { 'v1 delete note': 204, 'v1 download': 307 }

function resultOf({ by, kind }: Operation, status: number, { detail }: Body): Answer['result'] {
  // v1 answers a message to a session that does not receive it with 200.
  if (by === 'v1' && kind === 'send message' && detail === 'Session has already exited') return 'ended'
  if (by === 'v1' && kind === 'send message' && detail === 'The session is archived') return 'archived'
  if (status === (SUCCESSES[`${by} ${kind}`] ?? 200)) return 'done'
  if (status === 400) return detail === 'The session is archived' ? 'archived' : 'ended'
  if (status === 409) return 'taken'
  // v3 forbids the deletion of an unknown secret.
  const missing = by === 'v3' && kind === 'delete secret' ? 403 : 404
  return status === missing ? 'missing' : 'unexpected'
}

/** Returns the records of a list: v3 has pages, v1 a list or a member with one. */
function listedIn(body: Body): readonly Body[] {
  if (Array.isArray(body)) return body
  return (body.items ?? body.sessions ?? body.knowledge ?? []) as readonly Body[]
}

/** Returns the id of a record. v3 shows the ids of sessions without their prefix. */
function idOf(body: Body): string {
  if (body.session_id !== undefined) return `devin-${String(body.session_id).replace('devin-', '')}`
  return String(body.id ?? body.secret_id ?? body.note_id ?? body.playbook_id ?? '')
}

function v1Texts({ messages = [] }: Body): string[] {
  return messages.filter(({ type }) => type === 'user_message').map(({ message }) => message)
}

/** Returns the messages of the user in a list of v3, where the prompt is the first. */
function v3Texts(messages: readonly Body[]): string[] {
  return messages
    .filter(({ source }) => source === 'user')
    .slice(1)
    .map(({ message }) => String(message))
}

/** Returns the part of an attachment's URL that identifies it. */
export function attachmentOf(url: unknown): string {
  return String(url).replace(/^.*\/attachments\//, '')
}
