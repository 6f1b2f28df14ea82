import type { RequestEntry } from '../../schemas/control/journal.ts'
import type { ExpectedRequest } from '../../schemas/control/requests.ts'
import { isNotKept } from './curl.ts'
import { knownMethod, patternOf } from './requests-path.ts'

/** The longest body that is expected, in characters of JSON. */
const BODY_MAX = 20_000

/** The longest line of a snippet that is not broken, in characters. */
const LINE_MAX = 100

/**
 * Returns an expectation that a request of the journal meets: its method, its path, its query and its body, without what the journal
 * masks or shows otherwise than it was sent.
 */
export function expectationOf(entry: RequestEntry): ExpectedRequest {
  const method = knownMethod(entry.method)
  const path = patternOf(entry)
  const query = queryOf(entry)
  const body = 'body' in entry && !isNotKept(entry.body) ? reliable(entry.body) : undefined
  const isShort = body !== undefined && JSON.stringify(body).length <= BODY_MAX
  return {
    ...(method !== undefined && { method }),
    ...(path !== undefined && { path }),
    ...(query !== undefined && { query }),
    ...(isShort && { body }),
  }
}

/** Returns the call of the library that verifies an expectation. */
export function verifySnippet(expected: ExpectedRequest): string {
  return `await devin.requests.verify(${literal(expected, '')})`
}

/** Returns the expected query. A masked name could be any name, also one that is shown. */
function queryOf({ query }: RequestEntry): Record<string, string | string[]> | undefined {
  const names = [...new Set(query.pairs.map(([name = '']) => name))]
  if (!names.every(isAsSent)) return undefined
  const entries = names.flatMap((name) => {
    const values = query.pairs.filter(([other]) => other === name).map(([, value = '']) => value)
    const [first = '', ...more] = values
    return values.every(isAsSent) ? [[name, more.length === 0 ? first : values] as const] : []
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** Returns what of a value is shown as it was sent; undefined if nothing is. */
function reliable(value: unknown): unknown {
  if (typeof value === 'string') return isAsSent(value) ? value : undefined
  // Larger numbers lose digits in a browser.
  if (typeof value === 'number') return Math.abs(value) < 2 ** 53 ? value : undefined
  if (Array.isArray(value)) {
    const items = value.map(reliable)
    return items.includes(undefined) ? undefined : items
  }
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, member]) => [name, reliable(member)] as const)
  return Object.fromEntries(members.filter(([name, member]) => isAsSent(name) && member !== undefined))
}

/** Returns whether a text of the journal has no marks in place of something else: masks, numbers that JSON lacks, replaced characters. */
function isAsSent(text: string): boolean {
  return !/\*\*\*|\ufffd|^-?Infinity$|^NaN$|^\(nested more than \d+ levels deep\)$/.test(text)
}

/** Returns JSON as an expression of JavaScript. */
function literal(value: unknown, indent: string): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const isList = Array.isArray(value)
  const inner = `${indent}  `
  const parts = isList
    ? value.map((item) => literal(item, inner))
    : Object.entries(value).map(([name, member]) => `${nameOf(name)}: ${literal(member, inner)}`)
  const [open, close] = isList ? '[]' : '{}'
  if (parts.length === 0) return `${open}${close}`
  const line = isList ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`
  if (indent.length + line.length <= LINE_MAX && !line.includes('\n')) return line
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join('')}${indent}${close}`
}

function nameOf(name: string): string {
  // Without brackets, it would set the prototype.
  if (name === '__proto__') return "['__proto__']"
  return /^[a-z_$][\w$]*$/i.test(name) ? name : quoted(name)
}

function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1)
  return `'${inner.replaceAll(/\\.|'/g, (found) => (found === '\\"' ? '"' : found === "'" ? "\\'" : found))}'`
}
