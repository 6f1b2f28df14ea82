import type { Organization } from '../../organization/organizations.ts'
import {
  type Collection,
  type Order,
  type PageQuery,
  type StoredRecord,
  UnknownPositionError,
} from '../../store/types.ts'
import { type CursorQuery, Cursors, invalidCursor } from './cursors.ts'

/** A page as v3 answers it. A type alias, because an interface is not assignable to `Record<string, unknown>`. */
export type CursorPage<Item> = {
  items: Item[]
  end_cursor: string | null
  has_next_page: boolean
  total: number | null
}

/** The maximum number of items on a page. */
const FIRST_MAX = 200

/** Returns the number of items on a page. Validation does not enforce its bounds. */
export function pageSize({ first }: CursorQuery): number {
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
  const cursors = new Cursors(`${list}:${encodeURIComponent(organization.orgId.toWellFormed())}`)
  const after = cursors.positionIn(query)
  const page = await records.page({ order, where, after, first: pageSize(query) }).catch((error) => {
    throw error instanceof UnknownPositionError ? invalidCursor() : error
  })
  const { answers } = organization
  const end = page.hasNext || answers.is('v3-last-cursor', 'set') ? page.end : null
  return {
    items: page.items.map(show),
    end_cursor: end === null ? null : cursors.at(end),
    has_next_page: page.hasNext,
    total: answers.is('v3-total', 'null') ? null : page.total,
  }
}

/** The sort key of a record in a list that is not a single collection. */
type SortKey = readonly [number, ...string[]]

interface SortedList<R, Item> {
  /** The name of the list, with the id of what it belongs to. Cursors of other lists are rejected. */
  readonly list: string
  readonly records: readonly R[]
  /** Returns the sort key of a record. No two records have the same key. */
  readonly sortKey: (record: R) => SortKey
  readonly query: CursorQuery
  readonly show: (record: R) => Item
  /** Whether the last page has a cursor unless it is empty. Default: false. */
  readonly endsWithCursor?: boolean
}

/**
 * Returns a page of a list that is computed in memory, in the order of its sort keys. A cursor contains the key of the last item, which may
 * be deleted afterwards. Throws an HttpException for a cursor that is invalid or belongs to another list.
 */
export function sortedPage<R, Item>({
  list,
  records,
  sortKey,
  query,
  show,
  endsWithCursor = false,
}: SortedList<R, Item>): CursorPage<Item> {
  const cursors = new Cursors(list)
  const after = cursors.parsedPositionIn(query, isSortKey)
  const sorted = records
    .map((record) => ({ record, key: sortKey(record) }))
    .sort((one, other) => compareKeys(one.key, other.key))
  const rest = after === undefined ? sorted : sorted.filter(({ key }) => compareKeys(key, after) > 0)
  const items = rest.slice(0, pageSize(query))
  const hasNext = items.length < rest.length
  const last = hasNext || endsWithCursor ? items.at(-1) : undefined
  return {
    items: items.map(({ record }) => show(record)),
    end_cursor: last === undefined ? null : cursors.at(JSON.stringify(last.key)),
    has_next_page: hasNext,
    total: sorted.length,
  }
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
export function arrayPage<Item>(items: readonly Item[], query: CursorQuery, list: string): CursorPage<Item> {
  const cursors = new Cursors(list)
  const start = cursors.positionIn(query) ?? '0'
  if (!/^\d{1,9}$/.test(start)) throw invalidCursor()
  const end = Number(start) + pageSize(query)
  const hasNext = end < items.length
  return {
    items: items.slice(Number(start), end),
    end_cursor: hasNext ? cursors.at(`${end}`) : null,
    has_next_page: hasNext,
    total: items.length,
  }
}
