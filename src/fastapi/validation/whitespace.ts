/** Returns whether a character is White_Space in Unicode, as in Rust. `String.prototype.trim` differs: it also trims U+FEFF but not U+0085. */
function isWhiteSpace(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d)
  return WIDE_SPACES.has(code) || (code >= 0x2000 && code <= 0x200a)
}

const WIDE_SPACES = new Set([0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000])

/** Trims White_Space at both ends, like Rust's `str::trim`. */
export function trimWhiteSpace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isWhiteSpace(text.charCodeAt(start))) start++
  while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/**
 * Removes the underscores of a number. Returns undefined without underscores, and if one is leading, trailing or doubled:
 * like Python's number literals, pydantic does not allow those.
 */
export function stripUnderscores(text: string): string | undefined {
  if (!text.includes('_') || text.startsWith('_') || text.endsWith('_') || text.includes('__'))
    return undefined
  return text.replaceAll('_', '')
}
