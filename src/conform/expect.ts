import { type FidelityRow, isExact } from '../fidelity/row.ts'
import type { Answer, Claim } from './api.ts'
import { constantOr, describe, mediaType } from './describe.ts'
import { Contradiction, Untestable } from './errors.ts'
import { flawOf, problemFlawOf } from './shapes.ts'

/** Throws a Contradiction unless the answer has the status. A refused key for something that should succeed is Untestable. */
export function hasStatus(answer: Answer, status: number): void {
  answer.claims.add('status')
  if (answer.status === status) return
  if (status < 400 && (answer.status === 401 || answer.status === 403)) {
    throw new Untestable(`the key may not do this: ${describe(answer)}`)
  }
  throw new Contradiction(String(status), describe(answer))
}

/** Throws a Contradiction unless a condition holds. `expected` and `got` follow the rule of describe.ts. */
export function expectThat(
  answer: Answer,
  holds: boolean,
  { claim = 'value', expected, got = describe(answer) }: { claim?: Claim; expected: string; got?: string },
): void {
  answer.claims.add(claim)
  if (!holds) throw new Contradiction(expected, got)
}

/** Throws a Contradiction unless members of an object have these values. The object is from the answer. */
export function hasMembers(
  answer: Answer,
  object: unknown,
  expected: Readonly<Record<string, unknown>>,
): void {
  for (const [name, value] of Object.entries(expected)) {
    const actual: unknown = Object(object)[name]
    expectThat(answer, JSON.stringify(actual) === JSON.stringify(value), {
      claim: `member ${name}`,
      expected: `\`${name}\`: ${constantOr(value)}`,
      got: actual === undefined ? `no \`${name}\`` : `\`${name}\`: ${gotMember(actual, value)}`,
    })
  }
}

/** Throws a Contradiction unless a list of the answer is empty. `what` names its items. */
export function isEmpty(answer: Answer, items: readonly unknown[], what: string): void {
  expectThat(answer, items.length === 0, { expected: `no ${what}`, got: 'some' })
}

/** Throws a Contradiction unless a condition holds for every item of a list. Untestable if there are no items. */
export function holdsForAll<Item>(
  answer: Answer,
  items: readonly Item[],
  holds: (item: Item, index: number) => boolean,
  texts: { readonly expected: string; readonly got?: string },
): void {
  if (items.length === 0) throw new Untestable('the list is empty')
  expectThat(answer, items.every(holds), texts)
}

function gotMember(actual: unknown, expected: unknown): string {
  const shown = constantOr(actual)
  return shown === constantOr(expected) ? `another ${shown}` : shown
}

/** Throws a Contradiction unless the answer has the status 200 and fits the schema of its operation. Resolves with the body. */
export async function fits(answer: Answer): Promise<Body> {
  hasStatus(answer, 200)
  const flaw = await flawOf(answer)
  expectThat(answer, flaw === undefined, {
    claim: 'shape',
    expected: 'a body with the members and types of the API’s document',
    got: `${describe(answer)}: ${flaw}`,
  })
  return answer.json as Body
}

/** A body that fits its schema. */
export type Body = Readonly<Record<string, unknown>>

/** `404 with the detail …`, `400 with a …`, `status 400, with …`, `404`. */
const REFUSAL = /^(?:status )?([45]\d\d)\b(?:[^`]*(?:`detail`|detail) `([^`]+)`)?/

/** Throws a Contradiction unless the answer is what the row says: an exact status and body, or a refusal. */
export async function isAsWritten(answer: Answer, { value }: FidelityRow): Promise<void> {
  if (isExact(value)) return isExactly(answer, value)
  const [, status, detail] = REFUSAL.exec(value) ?? []
  if (status === undefined) throw new TypeError(`the ledger has no exact answer in ${value}`)
  await refuses(answer, Number(status), detail)
}

/** Throws a Contradiction unless v3 refuses the request with the status, and with the detail if one is given. */
export async function refuses(answer: Answer, status: number, detail?: string): Promise<void> {
  hasStatus(answer, status)
  const flaw = await problemFlawOf(answer)
  expectThat(answer, flaw === undefined, {
    claim: 'shape',
    expected: 'a problem body with `title`, `status` and `detail`',
    got: `${describe(answer)}: ${flaw}`,
  })
  const actual = Object(answer.json).detail
  expectThat(answer, detail === undefined ? typeof actual === 'string' : actual === detail, {
    claim: detail === undefined ? 'shape' : 'detail',
    expected: `${status} {detail: ${detail === undefined ? 'text' : JSON.stringify(detail)}}`,
  })
}

/** What the placeholders in exact answers stand for. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  'http://<host>': 'https?://[^/]+',
  '<32 hex>': '[0-9a-f]{32}',
  '<24 hex>': '[0-9a-f]{24}',
  '<uuid>': '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
}

/** Throws a Contradiction unless the answer has the status and the JSON of `404 {"detail":"Secret not found"}`. */
export function isExactly(answer: Answer, value: string): void {
  const status = Number(value.slice(0, 3))
  hasStatus(answer, status)
  const body = value.slice(4)
  const holds =
    answer.json === undefined ? answer.text === body : body !== '' && isLike(answer.json, JSON.parse(body))
  expectThat(answer, holds, { claim: 'body', expected: value })
}

/** Returns whether a value equals another one, in whose texts placeholders stand for anything. The order of members does not count. */
function isLike(actual: unknown, expected: unknown): boolean {
  if (typeof expected === 'string') return typeof actual === 'string' && patternOf(expected).test(actual)
  if (typeof expected !== 'object' || expected === null) return actual === expected
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual) !== Array.isArray(expected))
    return false
  const names = Object.keys(expected)
  return (
    names.length === Object.keys(actual).length &&
    names.every((name) => isLike(Reflect.get(actual, name), Reflect.get(expected, name)))
  )
}

function patternOf(text: string): RegExp {
  const source = text
    .split(/(http:\/\/<host>|<32 hex>|<24 hex>|<uuid>)/)
    .map((part) => PLACEHOLDERS[part] ?? part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
  return new RegExp(`^${source.join('')}$`)
}

/** How a list is sorted. */
interface Order {
  /** The member with the time, a number or an ISO 8601 text. */
  readonly by: string
  readonly isNewestFirst: boolean
  /** The member with the id, and the ids of two of the run's own things, the older one first, or no ids if the run has made none. */
  readonly own?: readonly [member: string, ...ids: unknown[]]
}

/** Throws a Contradiction unless items of the answer are sorted. Untestable if there are not two with different times. */
export function isSorted(answer: Answer, items: readonly Body[], { by, isNewestFirst, own }: Order): void {
  const times = items.map((item) => String(item[by]))
  const numeric = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true })
  const sorted = times.toSorted((a, b) => (isNewestFirst ? numeric(b, a) : numeric(a, b)))
  const [member = '', ...ids] = own ?? []
  const [older = -1, newer = -1] = ids.map((id) => items.findIndex((item) => item[member] === id))
  const hasOwn = older >= 0 && newer >= 0
  if (!hasOwn && new Set(times).size < 2)
    throw new Untestable('the list has no two items with different times')
  const isOwnSorted = !hasOwn || (isNewestFirst ? newer < older : older < newer)
  expectThat(answer, isOwnSorted && times.join() === sorted.join(), {
    claim: 'order',
    expected: isNewestFirst ? 'newest first' : 'oldest first',
    got: 'another order',
  })
}

/** Throws a Contradiction unless the content type is exactly this one. */
export function hasContentType(answer: Answer, type: string): void {
  const actual = answer.headers['content-type']
  expectThat(answer, actual === type, {
    claim: 'content-type',
    expected: type,
    got: mediaType(answer.headers),
  })
}

/** Throws a Contradiction unless the answer redirects with 307. Returns the target. */
export function redirects(answer: Answer): string {
  hasStatus(answer, 307)
  const { location = '' } = answer.headers
  expectThat(answer, location !== '', { claim: 'location', expected: 'a `location`', got: 'none' })
  return location
}
