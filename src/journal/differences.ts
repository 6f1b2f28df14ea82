import { encodeJson } from '../fastapi/json/encode.ts'
import { jsonLength } from '../fastapi/json/length.ts'
import { QueryParameters } from '../fastapi/query.ts'
import { sentBody, sentPath, sentQuery } from './entry.ts'
import { isStatus, pathMatcher, type StatusFilter } from './filter.ts'
import type { JournalEntry } from './journal.ts'
import { DEPTH_MAX, maskJson, maskText } from './mask.ts'
import { HIDDEN, type Redaction, SHOWN, visibilityOf } from './secret-fields.ts'

/** What a request should have been like; what is left out does not matter. */
export interface Expected {
  readonly method?: string
  readonly path?: string
  readonly status?: StatusFilter
  /** Each has to be there: a text as the last value of its name, a list as all of them. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>
  /** Every member has to be in what was sent, at every level; lists have to be equally long. */
  readonly body?: unknown
}

/** How many differences of one request are looked for. */
export const DIFFERENCES_MAX = 50

/** Finds what about a request is not as expected: a line for each difference, up to `DIFFERENCES_MAX`. */
export function differencesFrom(expected: Expected): (exchange: JournalEntry) => string[] {
  const { method, path, status, query = {} } = expected
  const isPath = path === undefined ? undefined : pathMatcher(path)
  return (exchange) => {
    const lines: string[] = []
    if (method !== undefined && exchange.method !== method) {
      lines.push(`method: expected ${method}, got ${exchange.method}`)
    }
    if (isPath?.(exchange) === false) {
      lines.push(`path: expected ${show(path)}, got ${show(sentPath(exchange))}`)
    }
    if (status !== undefined && !isStatus(status, exchange.status)) {
      lines.push(`status: expected ${status}, got ${exchange.status ?? 'no answer'}`)
    }
    compareQuery(query, exchange, lines)
    if ('body' in expected) {
      const visibility = visibilityOf(exchange.route)
      compare(expected.body, sentBody(exchange), { at: 'body', visibility, depth: 0 }, lines)
    }
    return lines
  }
}

function compareQuery(
  expected: NonNullable<Expected['query']>,
  exchange: JournalEntry,
  lines: string[],
): void {
  const sent = new QueryParameters(sentQuery(exchange))
  for (const [name, values] of Object.entries(expected)) {
    const visibility = visibilityOf(exchange.route).of(name)
    const place = { at: `query.${name}`, visibility, depth: 0 }
    compare(values, typeof values === 'string' ? sent.last(name) : sent.all(name), place, lines)
  }
}

/** Where in a request one is. */
interface Place {
  readonly at: string
  readonly visibility: Redaction
  readonly depth: number
}

/** Stops after `DIFFERENCES_MAX`, so that it takes no more steps than what was sent has members, and those. */
function compare(expected: unknown, sent: unknown, place: Place, lines: string[]): void {
  const { at, depth } = place
  const visibility = (isObject(sent) && place.visibility.narrow?.(sent)) || place.visibility
  if (lines.length >= DIFFERENCES_MAX) return
  const tell = (line: string) => void lines.push(`${shorten(maskText(at))}: ${line}`)
  const inner = (name: string | number): Place => ({
    at: `${at}.${name}`,
    visibility: visibility.of(name),
    depth: depth + 1,
  })
  if (sent === undefined) tell(`expected ${show(expected, visibility)}, got nothing`)
  else if (depth > DEPTH_MAX) tell('nested too deeply to be compared')
  else if (visibility === HIDDEN) {
    const differences: string[] = []
    compare(expected, sent, { at, visibility: SHOWN, depth }, differences)
    if (differences.length > 0) tell('not the expected value, which is masked')
  } else if (Array.isArray(expected) && Array.isArray(sent)) {
    if (expected.length !== sent.length) tell(`expected ${items(expected)}, got ${items(sent)}`)
    else expected.forEach((item, index) => void compare(item, sent[index], inner(index), lines))
  } else if (isObject(expected) && isObject(sent)) {
    for (const [name, member] of Object.entries(expected)) {
      compare(member, Object.hasOwn(sent, name) ? sent[name] : undefined, inner(name), lines)
    }
  } else if (!isSame(expected, sent)) {
    tell(`expected ${show(expected, visibility)}, got ${show(sent, visibility)}`)
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** NaN is what it is, and 0 is -0. */
function isSame(expected: unknown, sent: unknown): boolean {
  return expected === sent || Object.is(expected, sent)
}

function items({ length }: readonly unknown[]): string {
  return length === 1 ? '1 item' : `${length} items`
}

/** As JSON, in a line. Of what is much longer than that, only what it is: it may be shown for each of a thousand requests. */
export function show(value: unknown, visibility: Redaction = SHOWN): string {
  if (jsonLength(value, LOOKED_AT_MAX) <= LOOKED_AT_MAX)
    return shorten(encodeJson(maskJson(value, visibility)))
  if (Array.isArray(value)) return `a list of ${items(value)}`
  return typeof value === 'string' ? `a text of ${value.length} characters` : 'an object of many members'
}

/** How long a value may be to be shown, in characters. */
const LOOKED_AT_MAX = 65_536

const LENGTH_MAX = 200

function shorten(text: string): string {
  return text.length <= LENGTH_MAX ? text : `${text.slice(0, LENGTH_MAX).toWellFormed()}…`
}
