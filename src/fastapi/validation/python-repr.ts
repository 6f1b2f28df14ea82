/** Returns Python's `repr()` of a JSON scalar that can be a member of a Literal. */
export function pythonRepr(value: string | number | boolean | null): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'number' ? String(value) : stringRepr(value)
}

/** Uses single quotes, unless the string contains single quotes and no double quotes. */
function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let body = ''
  for (const character of text) body += character === quote ? `\\${quote}` : escapeCharacter(character)
  return quote + body + quote
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** The characters that `str.isprintable` rejects: separators except the space, control characters and unassigned ones. */
const UNPRINTABLE = /^(?! )[\p{C}\p{Z}]$/u

function escapeCharacter(character: string): string {
  const short = SHORT_ESCAPES[character]
  if (short !== undefined) return short
  if (!UNPRINTABLE.test(character)) return character
  const code = Number(character.codePointAt(0))
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  return code <= 0xffff
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`
}
