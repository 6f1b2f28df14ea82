import type { ControlSessionSummary } from '../../schemas/control/sessions.ts'

/** A session as the board shows it. */
export type SessionSummary = ControlSessionSummary

/** The columns of the board, in the order of a session's life. */
export const COLUMNS = ['new', 'working', 'blocked', 'suspended', 'finished', 'ended'] as const

/** A column of the board. */
export type Column = (typeof COLUMNS)[number]

/** The members that decide on the column. */
type Statuses = Pick<
  SessionSummary,
  'has_ended' | 'status' | 'status_enum' | 'v3_status' | 'v3_status_detail'
>

/**
 * Returns the column of a session, from the words of both generations. A session that sleeps only because nothing happened after it had
 * finished stays finished; one that waits for an answer and falls asleep is suspended.
 */
export function columnOf({ has_ended, status, status_enum, v3_status, v3_status_detail }: Statuses): Column {
  if (has_ended) return 'ended'
  if (status === 'suspended') return 'suspended'
  if ([status, status_enum, v3_status_detail].includes('finished')) return 'finished'
  if (v3_status === 'suspended') return 'suspended'
  if (status_enum === 'blocked' || v3_status_detail?.startsWith('waiting_for_')) return 'blocked'
  return v3_status === 'new' || v3_status === 'claimed' ? 'new' : 'working'
}

/** What the board shows of the sessions. */
export interface SessionFilter {
  /** Words that all must occur in the title, the prompt, a tag or the id. */
  readonly text: string
  /** A tag that a session must have. Empty for any. */
  readonly tag: string
  /** Undefined for all organizations. */
  readonly orgId: string | undefined
}

/** The texts that are searched, by session. */
const searched = new WeakMap<SessionSummary, string>()

function searchedTextOf(session: SessionSummary): string {
  const known = searched.get(session)
  if (known !== undefined) return known
  const { title, prompt, tags, session_id: id } = session
  const text = [title ?? '', prompt, ...tags, id].join('\n').toLowerCase()
  searched.set(session, text)
  return text
}

/** Returns the sessions that a filter selects, in the same order. */
export function filtered(
  sessions: readonly SessionSummary[],
  { text, tag, orgId }: SessionFilter,
): readonly SessionSummary[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return sessions.filter(
    (session) =>
      (orgId === undefined || session.org_id === orgId) &&
      (tag === '' || session.tags.includes(tag)) &&
      words.every((word) => searchedTextOf(session).includes(word)),
  )
}

/** Returns the sessions of each column, in the same order. */
export function grouped(
  sessions: readonly SessionSummary[],
): Readonly<Record<Column, readonly SessionSummary[]>> {
  const columns: Record<Column, SessionSummary[]> = {
    new: [],
    working: [],
    blocked: [],
    suspended: [],
    finished: [],
    ended: [],
  }
  for (const session of sessions) columns[columnOf(session)].push(session)
  return columns
}

/** Returns sessions newest first. Those of the same time keep their order. */
export function newestFirst(sessions: Iterable<SessionSummary>): SessionSummary[] {
  return [...sessions].sort(({ created_at: one }, { created_at: other }) =>
    one === other ? 0 : one < other ? 1 : -1,
  )
}

/** Returns the tags of sessions, the most frequent ones first. */
export function tagsOf(sessions: readonly SessionSummary[], max: number): string[] {
  const counts = new Map<string, number>()
  for (const { tags } of sessions) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, max)
    .map(([tag]) => tag)
}

/** Returns what to call a session: its title or else the first line of its prompt, which may be empty. */
export function nameOf({ title, prompt }: Pick<SessionSummary, 'title' | 'prompt'>): string {
  return title?.trim() || firstLineOf(prompt)
}

/** Returns what of the prompt to show below the title, without a marker that chooses a scenario: nothing if the title says it all. */
export function excerptOf({ title, prompt }: Pick<SessionSummary, 'title' | 'prompt'>): string {
  const text = prompt.replace(/\s*\[fake:[a-z0-9-]+\]/g, '').trim()
  return [text, prompt.trim()].includes(nameOf({ title, prompt })) ? '' : text
}

function firstLineOf(text: string): string {
  return (text.trim().split('\n', 1)[0] as string).trim()
}
