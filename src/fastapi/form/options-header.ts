/** A parsed header value such as `form-data; name="file"`. */
export interface OptionsHeader {
  /** The part before the first semicolon. */
  readonly value: string
  readonly options: ReadonlyMap<string, string>
}

/**
 * Parses a header as python-multipart's `parse_options_header` does, which uses Python 3.13's
 * `email.message.Message.get_params`. Header and options have one character per byte (Latin-1). The caller decodes them.
 * Only a value without options is converted to lower case.
 */
export function parseOptionsHeader(header: string): OptionsHeader {
  if (!header.includes(';')) return { value: strip(header.toLowerCase()), options: new Map() }
  const [first = '', ...rest] = splitParameters(header)
  const options = decodeParameters(rest.map(parseParameter))
  const filename = options.get('filename')
  if (filename !== undefined) options.set('filename', withoutWindowsPath(filename))
  return { value: parseParameter(first).name, options }
}

interface Parameter {
  readonly name: string
  readonly value: string
}

/** Splits at semicolons outside quotes. A quote after a backslash is ignored, even if the backslash is itself escaped. */
function splitParameters(header: string): string[] {
  const parameters: string[] = []
  let start = 0
  let quoted = false
  for (let at = 0; at < header.length; at += 1) {
    const character = header[at]
    if (character === '"' && (at === start || header[at - 1] !== '\\')) quoted = !quoted
    else if (character === ';' && !quoted) {
      parameters.push(header.slice(start, at))
      start = at + 1
    }
  }
  parameters.push(header.slice(start))
  return parameters
}

const EMPTY: Parameter = { name: '', value: '' }

function parseParameter(text: string): Parameter {
  if (text === '') return EMPTY
  const equals = text.indexOf('=')
  if (equals === -1) return { name: strip(text), value: '' }
  return { name: strip(text.slice(0, equals)).toLowerCase(), value: strip(text.slice(equals + 1)) }
}

interface Section {
  readonly number: number | undefined
  readonly value: string
  readonly encoded: boolean
}

const EXTENDED = /^(\w+)\*(?:(\d+)\*?)?$/

/** Implements RFC 2231: `name*=charset'language'text` and the sections `name*0`, `name*1*`, … override a plain `name`. */
function decodeParameters(parameters: Parameter[]): Map<string, string> {
  const options = new Map<string, string>()
  const extended = new Map<string, Section[]>()
  for (const { name, value } of parameters) {
    const [, extendedName, number] = name.includes('*') ? (EXTENDED.exec(name) ?? []) : []
    if (extendedName === undefined) options.set(name, unquote(value))
    else {
      const section = {
        number: number === undefined ? undefined : Number(number),
        value: unquote(value),
        encoded: name.endsWith('*'),
      }
      const sections = extended.get(extendedName)
      if (sections) sections.push(section)
      else extended.set(extendedName, [section])
    }
  }
  for (const [name, sections] of extended) options.set(name, joinSections(sections))
  return options
}

/** Joins the sections of a value in order. A section without a number comes first, but is ignored if section 0 exists. */
function joinSections(sections: Section[]): string {
  const hasFirst = sections.some(({ number }) => number === 0)
  const used = sections
    .filter(({ number }) => number !== undefined || !hasFirst)
    .sort((a, b) => (a.number ?? 0) - (b.number ?? 0))
  const text = used.map(({ value, encoded }) => (encoded ? percentDecodeBytes(value) : value)).join('')
  if (!used.some(({ encoded }) => encoded)) return text
  const prefix = /^[^']*'[^']*'/.exec(text)
  return prefix === null ? text : text.slice(prefix[0].length)
}

function percentDecodeBytes(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function unquote(value: string): string {
  if (value.length < 2) return value
  if (value.startsWith('"') && value.endsWith('"')) {
    return value.slice(1, -1).replaceAll('\\\\', '\\').replaceAll('\\"', '"')
  }
  return value.startsWith('<') && value.endsWith('>') ? value.slice(1, -1) : value
}

/** Keeps only the file name, since Internet Explorer 6 sent the full path. */
function withoutWindowsPath(filename: string): string {
  const isPath = filename.startsWith('\\\\') || filename.startsWith(':\\', 1)
  return isPath ? filename.slice(filename.lastIndexOf('\\') + 1) : filename
}

/** The Latin-1 characters that Python's `str.strip` removes. */
const WHITESPACE = new Set('\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0')

function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && WHITESPACE.has(text.charAt(start))) start += 1
  while (end > start && WHITESPACE.has(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}
