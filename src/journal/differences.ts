import { encodeJson } from '../fastapi/json/encode.ts'
import { jsonLength } from '../fastapi/json/length.ts'
import { QueryParameters } from '../fastapi/query.ts'
import { sentBody, sentHeaderValues, sentPath, sentQuery } from './entry.ts'
import { matchesStatus, pathMatcher, type StatusFilter } from './filter.ts'
import type { JournalEntry } from './journal.ts'
import { DEPTH_MAX, maskHeader, maskJson, maskText } from './mask.ts'
import { HIDDEN, type Redaction, redactionOf, SHOWN } from './secret-fields.ts'

/** An expected request. Omitted parts match anything. */
export interface Expected {
  readonly method?: string
  readonly path?: string
  readonly status?: StatusFilter
  /** Expected parameters: a string is the last value of its name, a list is all values. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>
  /** Expected headers, with names in any case. */
  readonly headers?: Readonly<Record<string, string>>
  /** The request must contain every member at every level. Lists must have the same length. */
  readonly body?: unknown
}

/** The maximum number of differences that are reported per request. */
export const DIFFERENCES_MAX = 50

/** Returns a function that lists the differences between a request and `expected`, one line each, up to `DIFFERENCES_MAX`. */
export function differencesFrom(expected: Expected): (entry: JournalEntry) => string[] {
  const { method, path, status, query = {}, headers = {} } = expected
  const matchesPath = path === undefined ? undefined : pathMatcher(path)
  return (entry) => {
    const lines: string[] = []
    if (method !== undefined && entry.method !== method) {
      lines.push(`method: expected ${method}, got ${entry.method}`)
    }
    if (matchesPath?.(entry) === false) {
      lines.push(`path: expected ${show(path)}, got ${show(sentPath(entry))}`)
    }
    if (status !== undefined && !matchesStatus(status, entry.status)) {
      lines.push(`status: expected ${status}, got ${entry.status ?? 'no answer'}`)
    }
    compareQuery(query, entry, lines)
    compareHeaders(headers, entry, lines)
    if ('body' in expected) {
      const redaction = redactionOf(entry.route)
      compare(expected.body, sentBody(entry), { path: 'body', redaction, depth: 0 }, lines)
    }
    return lines
  }
}

function compareQuery(expected: NonNullable<Expected['query']>, entry: JournalEntry, lines: string[]): void {
  const sent = new QueryParameters(sentQuery(entry))
  for (const [name, values] of Object.entries(expected)) {
    const redaction = redactionOf(entry.route).of(name)
    const position = { path: `query.${name}`, redaction, depth: 0 }
    compare(values, typeof values === 'string' ? sent.last(name) : sent.all(name), position, lines)
  }
}

function compareHeaders(
  expected: NonNullable<Expected['headers']>,
  entry: JournalEntry,
  lines: string[],
): void {
  for (const [name, value] of Object.entries(expected)) {
    if (lines.length >= DIFFERENCES_MAX) return
    const sent = sentHeaderValues(entry, name.toLowerCase())
    if (sent === value) continue
    const wanted = show(maskHeader(name, value))
    const got = sent === undefined ? 'nothing' : show(maskHeader(name, sent))
    const difference =
      wanted === got ? 'not the expected value, which is masked' : `expected ${wanted}, got ${got}`
    lines.push(`headers.${shorten(maskText(name))}: ${difference}`)
  }
}

/** A position in a request. */
interface Position {
  readonly path: string
  readonly redaction: Redaction
  readonly depth: number
}

/** Stops after `DIFFERENCES_MAX`, so the number of steps is at most that plus the number of sent members. */
function compare(expected: unknown, sent: unknown, position: Position, lines: string[]): void {
  const { path, depth } = position
  const redaction = (isObject(sent) && position.redaction.narrow?.(sent)) || position.redaction
  if (lines.length >= DIFFERENCES_MAX) return
  const report = (line: string) => void lines.push(`${shorten(maskText(path))}: ${line}`)
  const inner = (name: string | number): Position => ({
    path: `${path}.${name}`,
    redaction: redaction.of(name),
    depth: depth + 1,
  })
  if (sent === undefined) report(`expected ${show(expected, redaction)}, got nothing`)
  else if (depth > DEPTH_MAX) report('nested too deeply to be compared')
  else if (redaction === HIDDEN) {
    const differences: string[] = []
    compare(expected, sent, { path, redaction: SHOWN, depth }, differences)
    if (differences.length > 0) report('not the expected value, which is masked')
  } else if (Array.isArray(expected) && Array.isArray(sent)) {
    if (expected.length !== sent.length) report(`expected ${items(expected)}, got ${items(sent)}`)
    else expected.forEach((item, index) => void compare(item, sent[index], inner(index), lines))
  } else if (isObject(expected) && isObject(sent)) {
    for (const [name, member] of Object.entries(expected)) {
      compare(member, Object.hasOwn(sent, name) ? sent[name] : undefined, inner(name), lines)
    }
  } else if (!isEqual(expected, sent)) {
    report(`expected ${show(expected, redaction)}, got ${show(sent, redaction)}`)
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Compares scalars like `===`, except that NaN equals itself. */
function isEqual(expected: unknown, sent: unknown): boolean {
  return expected === sent || Object.is(expected, sent)
}

function items({ length }: readonly unknown[]): string {
  return length === 1 ? '1 item' : `${length} items`
}

/** Returns a value as shortened JSON on one line. Only describes a very long value, since encoding it for a thousand requests takes too long. */
export function show(value: unknown, redaction: Redaction = SHOWN): string {
  if (jsonLength(value, SHOWN_JSON_MAX) <= SHOWN_JSON_MAX)
    return shorten(encodeJson(maskJson(value, redaction)))
  if (Array.isArray(value)) return `a list of ${items(value)}`
  return typeof value === 'string' ? `a text of ${value.length} characters` : 'an object of many members'
}

/** The maximum length of a value that is shown as JSON, in characters. */
const SHOWN_JSON_MAX = 65_536

const TEXT_MAX = 200

function shorten(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX).toWellFormed()}…`
}
