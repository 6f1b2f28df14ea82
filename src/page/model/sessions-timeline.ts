import type { TimelineItem } from '../../schemas/control/sessions.ts'
import { pullRequestUrl } from './sessions-effects.ts'

/** A part of what an item of a time line does. */
export type TimelinePart =
  | { readonly kind: 'status' | 'detail' | 'title' | 'message' | 'category' | 'file'; readonly text: string }
  | { readonly kind: 'pull'; readonly text: string; readonly state: string }
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'acus'; readonly count: number }

/** The longest output that is shown, in characters. */
const OUTPUT_MAX = 120

/** Returns what an item of a time line does, in parts. */
export function partsOf(
  { effect, text }: Pick<TimelineItem, 'effect' | 'text'>,
  sessionId: string,
): TimelinePart[] {
  const said: TimelinePart[] = text === null ? [] : [{ kind: 'message', text }]
  if (effect === null) return said
  const { status, status_enum, status_detail, title, acus, structured_output: output } = effect
  const { category, subcategory, attachment, pull_request: one, pull_requests: all } = effect
  const pulls = all ?? (one ? [{ ...one, state: undefined }] : [])
  const parts: (TimelinePart | undefined)[] = [
    part('status', status_enum === undefined ? status : joined(status_enum ?? 'new', status)),
    part('detail', status_detail),
    part('title', title),
    ...said,
    ...pulls.map(
      ({ url, state = 'open' }): TimelinePart => ({
        kind: 'pull',
        text: url.replaceAll('{{pull_request_url}}', pullRequestUrl(sessionId)),
        state,
      }),
    ),
    part('file', attachment?.name),
    part('category', joined(category, subcategory)),
    output === undefined ? undefined : { kind: 'output', text: shortened(JSON.stringify(output)) },
    acus === undefined ? undefined : { kind: 'acus', count: acus },
  ]
  return parts.filter((one) => one !== undefined)
}

type TextKind = 'status' | 'detail' | 'title' | 'category' | 'file'

function part(kind: TextKind, text: string | null | undefined): TimelinePart | undefined {
  return text === null || text === undefined || text === '' ? undefined : { kind, text }
}

function joined(...texts: readonly (string | null | undefined)[]): string {
  return texts.filter((text) => text !== null && text !== undefined).join(' · ')
}

function shortened(text: string): string {
  return text.length <= OUTPUT_MAX ? text : `${text.slice(0, OUTPUT_MAX).toWellFormed()}…`
}
