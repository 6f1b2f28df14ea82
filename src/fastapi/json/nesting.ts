/** Returns whether a JSON text nests deeper than `levels`. Correct for valid JSON only. Fast for a text with few brackets. */
export function nestsDeeper(text: string, levels: number): boolean {
  if (text.length <= 2 * levels) return false
  if (countUpTo(text, '[', levels + 1) + countUpTo(text, '{', levels + 1) <= levels) return false
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') inString = !inString
    else if (inString) {
      if (character === '\\') at++
    } else if (character === '[' || character === '{') {
      if (++depth > levels) return true
    } else if (character === ']' || character === '}') depth--
  }
  return false
}

function countUpTo(text: string, mark: string, max: number): number {
  let count = 0
  for (let at = text.indexOf(mark); at !== -1 && count < max; at = text.indexOf(mark, at + 1)) count++
  return count
}
