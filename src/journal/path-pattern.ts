import { percentDecode } from '../fastapi/percent.ts'

/** Says whether a path is meant. */
export type MatchPath = (path: string) => boolean

/** A parameter of a template: `{session_id}`. */
const PARAMETER = /\{[^{}/]+\}/g

/** Compiles a template or glob that {@link pathFlaw} has nothing against. */
export function compilePath(pattern: string): MatchPath {
  // In what is compiled, a question mark stands for any one character: no path has one.
  const segments = pattern.replaceAll(PARAMETER, '?*').split('/')
  return (path) => fits(segments, path.split('/'), '**', segmentFits)
}

function segmentFits(pattern: string, segment: string): boolean {
  return fits(pattern, segment, '*', (part, character) => part === '?' || part === character)
}

/**
 * Whether each item fits its part of a pattern, where the part `many` stands for any number of items. Once a later `many` is
 * reached, no earlier one needs to be tried again, so it takes at most the product of the two lengths.
 */
function fits(
  pattern: ArrayLike<string>,
  items: ArrayLike<string>,
  many: string,
  itemFits: (part: string, item: string) => boolean,
): boolean {
  let at = 0
  let next = 0
  let lastMany = -1
  let resumeAt = 0
  while (next < items.length) {
    const part = pattern[at]
    if (part === many) {
      lastMany = at++
      resumeAt = next
    } else if (part !== undefined && itemFits(part, items[next] as string)) {
      at++
      next++
    } else if (lastMany !== -1) {
      at = lastMany + 1
      next = ++resumeAt
    } else return false
  }
  while (pattern[at] === many) at++
  return at === pattern.length
}

/** Why a pattern would match nothing, or not what was meant; undefined when it is fine. */
export function pathFlaw(pattern: string): string | undefined {
  if (!/^[/*]/.test(pattern)) return 'a path starts with / or *'
  if (/[?#]/.test(pattern)) return 'a path has no query: faults look at the path alone'
  if (isControl(pattern)) return 'the control plane has no faults'
  if (/[{}]|\/:/.test(pattern.replaceAll(PARAMETER, ''))) return 'parameters are written as {session_id}'
  return undefined
}

/**
 * Whether a path is the control plane's. The storage is not: it stands where it does since no path of the vendor's does, but
 * stands in for the object store that the vendor's addresses lead to.
 */
export function isControl(path: string): boolean {
  return /^\/_fake(?:\/(?!storage\/)|$)/.test(path)
}

/** The decoded path of a request target, which may have the absolute form. */
export function pathOf(target: string): string {
  const [path = ''] = target.split('?', 1)
  return percentDecode(path.replace(/^https?:\/\/[^/]*/i, ''))
}
