import { type Column, columnOf, type SessionSummary } from '../model/sessions.ts'
import { texts } from '../texts/index.ts'

/** The look of a badge for each column. */
export const TONES: Readonly<Record<Column, string>> = {
  new: 'quiet',
  working: 'info',
  blocked: 'warn',
  suspended: 'quiet',
  finished: 'good',
  ended: 'quiet',
}

/** The column of a session as a badge. */
export function StatusBadge({ session }: { readonly session: SessionSummary }) {
  const column = columnOf(session)
  const isFailed = session.status === 'error'
  return (
    <span class={`badge ${isFailed ? 'bad' : TONES[column]}`}>
      {isFailed ? texts.value.sessions.failed : texts.value.status[column]}
    </span>
  )
}

/** The ACUs of a session, of its limit if it has one. */
export function acusText(
  { acus, max_acu_limit: max }: SessionSummary,
  format: (value: number) => string,
): string {
  return max === null ? format(acus) : `${format(acus)} / ${format(max)}`
}
