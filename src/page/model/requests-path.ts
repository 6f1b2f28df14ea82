import type { RequestEntry } from '../../schemas/control/journal.ts'

/** The longest pattern that the control plane takes, in characters. */
const PATTERN_MAX = 500

/** The methods that the control plane knows. */
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** A method that the control plane knows. */
export type KnownMethod = (typeof METHODS)[number]

/** Returns a method if the control plane knows it. */
export function knownMethod(method: string): KnownMethod | undefined {
  return METHODS.find((known) => known === method)
}

/** Returns the path of an absolute URL; other paths stay as they are. */
export function withoutOrigin(path: string): string {
  return path.replace(/^[a-z]+:\/\/[^/]*/i, '')
}

/**
 * Returns a pattern that matches requests like this one, for faults and verifications: the template of its route, or else its path, in
 * which `*` stands for segments that a pattern cannot have or that are masked. Undefined if there is none.
 */
export function patternOf({ path, route }: Pick<RequestEntry, 'path' | 'route'>): string | undefined {
  return route ?? pathPatternOf(path)
}

/** Returns the pattern of a path: itself, if it can be one. Undefined if there is none. */
export function pathPatternOf(path: string): string | undefined {
  const [first, ...segments] = withoutOrigin(path).split('/')
  if (first !== '') return undefined
  const pattern = ['', ...segments.map(patternOfSegment)].join('/')
  return pattern.length > PATTERN_MAX || pattern.startsWith('/_fake/*') ? undefined : pattern
}

function patternOfSegment(segment: string): string {
  // An escaped slash becomes one, and a mask may stand for more than one segment.
  if (/%2f|\*\*\*/i.test(segment)) return '**'
  return /[%{}?#*\ufffd]|^:/.test(segment) ? '*' : segment
}

/** Returns the id of the session that a request is about, by its path, or that its answer is. */
export function sessionOf({ path, response_body: answer }: RequestEntry): string | undefined {
  const id: unknown = /\bdevin-[0-9a-f]{32}\b/.exec(path)?.[0] ?? Object(answer).session_id
  return typeof id === 'string' && /^(?:devin-)?[0-9a-f]{32}$/.test(id) ? id : undefined
}
