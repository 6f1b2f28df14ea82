import { MASK, maskKeys } from '../base/mask-keys.ts'

// The rule for everything that a report shows of an answer: its status, the names of its members and the types of their values. Texts
// are shown only where the API puts constant messages: in the members of MESSAGES, of an answer with an error status or with nothing
// else in it. Keys, ids, addresses and URLs in such a text are masked. So no value that a customer has stored is ever shown.

/** The members with constant messages of the API. */
const MESSAGES = new Set(['detail', 'title', 'type', 'msg', 'message', 'status', 'error'])

/** Members whose own members have names that customers choose. */
export const FREE = new Set([
  'structured_output',
  'structured_output_schema',
  'metadata',
  'data',
  'input',
  'ctx',
  'session_settings',
])

const TEXT_MAX = 200
const MEMBERS_MAX = 30
const DEPTH_MAX = 4

/** What is needed to describe an answer. */
export interface Describable {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The parsed body; undefined if it is not JSON. */
  readonly json: unknown
}

/** Describes an answer: `404 {detail: "Secret not found"}`, `200 [{id: text, created_at: text}, …]`. */
export function describe({ status, headers, text, json }: Describable): string {
  if (text === '') return `${status} without a body`
  if (json === undefined) return `${status} ${mediaType(headers)}`
  return `${status} ${shapeOf(json, status >= 400 || isMessage(json))}`
}

/** Describes a value by its type. With `withMessages`, shows the texts of {@link MESSAGES}. */
export function shapeOf(value: unknown, withMessages = false, depth = 0): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return 'text'
  if (typeof value !== 'object') return typeof value
  if (depth === DEPTH_MAX) return Array.isArray(value) ? 'array' : 'object'
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return `[${shapeOf(value[0], withMessages, depth + 1)}${value.length > 1 ? ', …' : ''}]`
  }
  const entries = Object.entries(value)
  const members = entries
    .slice(0, MEMBERS_MAX)
    .map(([name, member]) => `${shownName(name)}: ${memberShape(name, member, withMessages, depth + 1)}`)
  return `{${[...members, ...(entries.length > MEMBERS_MAX ? ['…'] : [])].join(', ')}}`
}

function memberShape(name: string, value: unknown, withMessages: boolean, depth: number): string {
  if (FREE.has(name) && typeof value === 'object' && value !== null) return 'object'
  if (withMessages && MESSAGES.has(name)) {
    if (typeof value === 'string') return JSON.stringify(maskText(value))
    if (typeof value === 'number') return String(value)
  }
  return shapeOf(value, withMessages, depth)
}

/** Shows a constant of the API, such as `running`; any other text only by its type. */
export function constantOr(value: unknown): string {
  return typeof value === 'string' && /^[a-z][a-z_]{0,39}$/.test(value)
    ? JSON.stringify(value)
    : shapeOf(value)
}

/** Masks the parts of a message that can name something of a customer, and shortens it. */
export function maskText(text: string): string {
  const masked = maskKeys(text)
    .replaceAll(/https?:\/\/\S+/g, '<url>')
    .replaceAll(/[^\s@"']+@[^\s@"']+/g, '<address>')
    .replaceAll(/\b[\w-]*(?:[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,})/gi, '<id>')
  return masked.length > TEXT_MAX ? `${masked.slice(0, TEXT_MAX)}…` : masked
}

/** Returns whether an answer has nothing but messages, such as `{"message": "Secret deleted successfully"}`. */
function isMessage(json: unknown): boolean {
  return ['detail', 'message', 'status'].includes(Object.keys(Object(json)).join())
}

/** Members of the API have simple names. Others can be a customer's. */
function shownName(name: string): string {
  return /^[a-z]\w{0,39}$/.test(name) && !/\d{4}/.test(name) ? name : MASK
}

/** Returns the media type of an answer, or that it has none. */
export function mediaType(headers: Readonly<Record<string, string>>): string {
  const type = headers['content-type']
  return type === undefined ? 'without a content type' : maskText(type)
}
