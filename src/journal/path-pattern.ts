/** Returns whether a path matches a pattern. */
export type MatchPath = (path: string) => boolean

/** Parameters of a template: `{session_id}`. */
const PARAMETER = /\{[^{}/]+\}/g

/** Compiles a template or glob that {@link patternFlaw} accepts. */
export function compilePath(pattern: string): MatchPath {
  // In compiled patterns, `?` matches any single character, since paths cannot contain it.
  const segments = pattern.replaceAll(PARAMETER, '?*').split('/')
  return (path) => matches(segments, path.split('/'), '**', segmentMatches)
}

function segmentMatches(pattern: string, segment: string): boolean {
  return matches(pattern, segment, '*', (part, character) => part === '?' || part === character)
}

/**
 * Returns whether each item matches its part of a pattern. The part `wildcard` matches any number of items. Backtracking goes no
 * further than the last wildcard, so the number of steps is at most the product of the two lengths.
 */
function matches(
  pattern: ArrayLike<string>,
  items: ArrayLike<string>,
  wildcard: string,
  itemMatches: (part: string, item: string) => boolean,
): boolean {
  let at = 0
  let next = 0
  let lastWildcard = -1
  let resumeAt = 0
  while (next < items.length) {
    const part = pattern[at]
    if (part === wildcard) {
      lastWildcard = at++
      resumeAt = next
    } else if (part !== undefined && itemMatches(part, items[next] as string)) {
      at++
      next++
    } else if (lastWildcard !== -1) {
      at = lastWildcard + 1
      next = ++resumeAt
    } else return false
  }
  while (pattern[at] === wildcard) at++
  return at === pattern.length
}

/** Returns why a pattern would match nothing or something unintended. Returns undefined for a valid or missing pattern. */
export function patternFlaw(pattern = '/'): string | undefined {
  if (!/^[/*]/.test(pattern)) return 'a path starts with / or *'
  if (/[?#]/.test(pattern)) return 'a path has no query'
  if (pattern.includes('/:')) return PARAMETER_FLAW
  return undefined
}

/** Returns why the pattern of a fault would match nothing or something unintended, or undefined for a valid pattern. */
export function faultPatternFlaw(pattern: string): string | undefined {
  if (isControl(pattern)) return 'the control plane has no faults'
  if (/[{}]/.test(pattern.replaceAll(PARAMETER, ''))) return PARAMETER_FLAW
  return patternFlaw(pattern)
}

const PARAMETER_FLAW = 'parameters are written as {session_id}'

/** Matches every path that only the fake has: the control plane, the storage and the webhooks. */
export const PATHS_OF_FAKE = /^\/_fake(?:\/|$)/

/**
 * Matches the paths of the control plane. The storage and the webhooks do not belong to it: they stand in for services of the vendor, and
 * are below `/_fake/` only to avoid the vendor's paths.
 */
export const CONTROL_PATHS = /^\/_fake(?:\/(?!(?:storage|webhooks)\/)|$)/

/** Returns whether a path belongs to the control plane. */
export function isControl(path: string): boolean {
  return CONTROL_PATHS.test(path)
}
