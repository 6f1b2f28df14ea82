import { HttpException } from '../../fastapi/errors.ts'
import type { Organization } from '../../organization/organizations.ts'
import {
  type Collection,
  type Order,
  type PageQuery,
  type StoredRecord,
  UnknownPositionError,
} from '../../store/types.ts'

/** The query parameters of a list by cursor. */
export interface CursorQuery {
  /** Empty for the first page, too. */
  readonly after?: string | null
  /** Default: 100. */
  readonly first: number
}

/** A page as v3 answers it. Not an interface, because that would be no `Record<string, unknown>`. */
export type CursorPage<Item> = {
  items: Item[]
  end_cursor: string | null
  has_next_page: boolean
  total: number | null
}

/** The maximum number of items on a page. */
const FIRST_MAX = 200

/** Returns the number of items on a page. Validation does not enforce its bounds. */
export function sizeOf({ first }: CursorQuery): number {
  return Math.min(Math.max(Number(first), 1), FIRST_MAX)
}

interface ListOptions<R extends StoredRecord, Item> {
  /** The name of the list. Cursors of other lists are rejected. */
  readonly list: string
  readonly organization: Organization
  readonly records: Collection<R>
  readonly query: CursorQuery
  readonly order: Order
  readonly where?: PageQuery<R>['where']
  readonly show: (record: R) => Item
}

/**
 * Returns a page of a collection. Throws an HttpException for a cursor that is invalid or belongs to another list or
 * organization.
 */
export async function cursorPage<R extends StoredRecord, Item>({
  list,
  organization,
  records,
  query,
  order,
  where,
  show,
}: ListOptions<R, Item>): Promise<CursorPage<Item>> {
  const owner = `v1:${list}:${encodeURIComponent(organization.orgId.toWellFormed())}:`
  const after = query.after ? positionOf(query.after, owner) : undefined
  const page = await records.page({ order, where, after, first: sizeOf(query) }).catch((error) => {
    throw error instanceof UnknownPositionError ? invalidCursor() : error
  })
  const { answers } = organization
  const end = page.hasNext || answers.is('v3-last-cursor', 'set') ? page.end : null
  return {
    items: page.items.map(show),
    end_cursor: end === null ? null : encodeCursor(`${owner}${end}`),
    has_next_page: page.hasNext,
    total: answers.is('v3-total', 'null') ? null : page.total,
  }
}

/** What a list that is not one collection is sorted by. */
type SortKey = readonly [number, ...string[]]

interface SortedList<R, Item> {
  /** The name of the list, with the id of what it belongs to. Cursors of other lists are rejected. */
  readonly list: string
  readonly records: readonly R[]
  /** No two records have the same. */
  readonly sortKey: (record: R) => SortKey
  readonly query: CursorQuery
  readonly show: (record: R) => Item
  /** Whether the last page has a cursor, too, if it has items. Default: false. */
  readonly endsWithCursor?: boolean
}

/**
 * Returns a page of a list that is computed in memory, in the order of its sort keys. Cursors have the key of the last item, so it
 * may be deleted. Throws an HttpException for a cursor that is invalid or belongs to another list.
 */
export function sortedPage<R, Item>({
  list,
  records,
  sortKey,
  query,
  show,
  endsWithCursor = false,
}: SortedList<R, Item>): CursorPage<Item> {
  const owner = `v1:${list}:`
  const after = query.after ? sortKeyIn(positionOf(query.after, owner)) : undefined
  const sorted = records
    .map((record) => ({ record, key: sortKey(record) }))
    .sort((one, other) => compareKeys(one.key, other.key))
  const rest = after === undefined ? sorted : sorted.filter(({ key }) => compareKeys(key, after) > 0)
  const items = rest.slice(0, sizeOf(query))
  const hasNext = items.length < rest.length
  const last = items.at(-1)
  return {
    items: items.map(({ record }) => show(record)),
    end_cursor:
      last !== undefined && (hasNext || endsWithCursor)
        ? encodeCursor(`${owner}${JSON.stringify(last.key)}`)
        : null,
    has_next_page: hasNext,
    total: sorted.length,
  }
}

function sortKeyIn(text: string): SortKey {
  try {
    const key: unknown = JSON.parse(text)
    if (isSortKey(key)) return key
  } catch {
    // Answered below.
  }
  throw invalidCursor()
}

function isSortKey(value: unknown): value is SortKey {
  if (!Array.isArray(value)) return false
  const [first, ...others] = value
  return typeof first === 'number' && others.every((part) => typeof part === 'string')
}

function compareKeys(one: SortKey, other: SortKey): number {
  for (const [at, part] of one.entries()) {
    const counterpart = other[at]
    if (counterpart === undefined || part > counterpart) return 1
    if (part < counterpart) return -1
  }
  return one.length - other.length
}

/** Returns the items of a list in memory as a page. Positions are indices, so this is for lists that only grow. */
export function arrayPage<Item>(items: readonly Item[], query: CursorQuery, owner: string): CursorPage<Item> {
  const prefix = `v1:${owner}:`
  const start = query.after ? positionOf(query.after, prefix) : '0'
  if (!/^\d{1,9}$/.test(start)) throw invalidCursor()
  const end = Number(start) + sizeOf(query)
  const hasNext = end < items.length
  return {
    items: items.slice(Number(start), end),
    end_cursor: hasNext ? encodeCursor(`${prefix}${end}`) : null,
    has_next_page: hasNext,
    total: items.length,
  }
}

/** Returns the position in a cursor. Throws an HttpException for a cursor that does not begin with `owner`. */
export function positionOf(cursor: string, owner: string): string {
  const text = Buffer.from(cursor, 'base64').toString('utf8')
  if (!text.startsWith(owner) || encodeCursor(text) !== cursor) throw invalidCursor()
  return text.slice(owner.length)
}

/** Returns the cursor with a text. */
export function encodeCursor(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** 400: the answer to a cursor that no page has ended with. */
export function invalidCursor(): HttpException {
  return new HttpException(400, 'Invalid cursor')
}
