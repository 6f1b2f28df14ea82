import type { Organization } from '../../organization/organizations.ts'
import type { Order, Walkable } from '../../store/types.ts'
import {
  type CursorPage,
  type CursorQuery,
  encodeCursor,
  invalidCursor,
  positionOf,
  sizeOf,
} from './pages.ts'

/** What one organization contributes to a list. */
export interface PageSource<R> {
  readonly organization: Organization
  readonly records: Walkable<R>
  /** Selects the records for which it returns true. Default: all. */
  readonly where?: ((record: R) => boolean) | undefined
}

interface MergedList<R, Item> {
  /** The name of the list. Cursors of other lists are rejected. */
  readonly list: string
  /** At most one per organization. */
  readonly sources: readonly PageSource<R>[]
  readonly query: CursorQuery
  readonly order: Order
  readonly show: (record: R, organization: Organization) => Item
  /** Whether the last page has a cursor, too, if it has items. */
  readonly endsWithCursor?: boolean
}

/** The place of a record in a list: the time of its creation, its organization, and its position there. */
type Place = readonly [createdAt: number, orgId: string, position: number]

interface Candidate<R> {
  readonly place: Place
  readonly record: R
  readonly organization: Organization
}

/**
 * Returns a page of the records of several organizations by their creation; of those created at the same time, each organization's
 * in the order of insertion. It takes one walk over the records, none of which are sorted but those of the page. A cursor has the
 * place of the last item, so that records may come and go. Throws an HttpException for a cursor that is invalid or of another list.
 */
export async function mergedPage<R extends { readonly createdAt: number }, Item>({
  list,
  sources,
  query,
  order,
  show,
  endsWithCursor = false,
}: MergedList<R, Item>): Promise<CursorPage<Item>> {
  const owner = `v1:${list}:`
  const after = query.after ? placeIn(positionOf(query.after, owner)) : undefined
  const size = sizeOf(query)
  // One more than the page has tells whether there is another page.
  const first = new FirstPlaces<R>(size + 1, order)
  let total = 0
  for (const { organization, records, where } of sources) {
    await records.walk(order, (record, position) => {
      if (where !== undefined && !where(record)) return
      total++
      const isAfter =
        after === undefined || first.compare(record.createdAt, organization.orgId, position, after) > 0
      if (isAfter) first.offer(record, organization, position)
    })
  }
  const items = first.candidates.slice(0, size)
  const hasNext = first.candidates.length > size
  const last = hasNext || endsWithCursor ? items.at(-1) : undefined
  return {
    items: items.map(({ record, organization }) => show(record, organization)),
    end_cursor: last === undefined ? null : encodeCursor(`${owner}${JSON.stringify(last.place)}`),
    has_next_page: hasNext,
    total,
  }
}

/** The first candidates of those that it was offered. */
class FirstPlaces<R extends { readonly createdAt: number }> {
  readonly candidates: Candidate<R>[] = []
  readonly #limit: number
  readonly #sign: 1 | -1

  constructor(limit: number, order: Order) {
    this.#limit = limit
    this.#sign = order === 'oldest' ? 1 : -1
  }

  /** Returns a positive number if a place, in its parts, is after another one. Most records need no place beyond that. */
  compare(
    createdAt: number,
    orgId: string,
    position: number,
    [otherAt, otherOrgId, otherPosition]: Place,
  ): number {
    if (createdAt !== otherAt) return (createdAt - otherAt) * this.#sign
    if (orgId !== otherOrgId) return orgId < otherOrgId ? -1 : 1
    return (position - otherPosition) * this.#sign
  }

  offer(record: R, organization: Organization, position: number): void {
    const { candidates } = this
    const { createdAt } = record
    const { orgId } = organization
    const last = candidates.at(-1)
    const isFull = candidates.length === this.#limit
    if (isFull && last !== undefined && this.compare(createdAt, orgId, position, last.place) > 0) return
    const place = [createdAt, orgId, position] as const
    candidates.splice(this.#indexOf(place), 0, { place, record, organization })
    if (isFull) candidates.pop()
  }

  /** Returns the index of the first candidate that is after a place. */
  #indexOf([createdAt, orgId, position]: Place): number {
    let [low, high] = [0, this.candidates.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.candidates[middle]
      if (other !== undefined && this.compare(createdAt, orgId, position, other.place) < 0) high = middle
      else low = middle + 1
    }
    return low
  }
}

function placeIn(text: string): Place {
  try {
    const place: unknown = JSON.parse(text)
    if (isPlace(place)) return place
  } catch {
    // Answered below.
  }
  throw invalidCursor()
}

function isPlace(value: unknown): value is Place {
  if (!Array.isArray(value) || value.length !== 3) return false
  const [createdAt, orgId, position] = value
  return typeof createdAt === 'number' && typeof orgId === 'string' && typeof position === 'number'
}
