import { isPlace, type ListSource, listMerged, type Place } from '../../organization/merged-list.ts'
import type { Organization } from '../../organization/organizations.ts'
import type { Order } from '../../store/types.ts'
import {
  type CursorPage,
  type CursorQuery,
  encodeCursor,
  invalidCursor,
  positionOf,
  sizeOf,
} from './pages.ts'

interface MergedList<R, Item> {
  /** The name of the list. Cursors of other lists are rejected. */
  readonly list: string
  /** At most one per organization. */
  readonly sources: readonly ListSource<R>[]
  readonly query: CursorQuery
  readonly order: Order
  readonly show: (record: R, organization: Organization) => Item
  /** Whether the last page has a cursor, too, if it has items. */
  readonly endsWithCursor?: boolean
}

/**
 * Returns a page of the records of several organizations, as {@link listMerged} does. A cursor has the place of the last item. Throws an
 * HttpException for a cursor that is invalid or of another list.
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
  const { placed, hasNext, total } = await listMerged({ sources, order, after, limit: sizeOf(query) })
  const last = hasNext || endsWithCursor ? placed.at(-1) : undefined
  return {
    items: placed.map(({ record, organization }) => show(record, organization)),
    end_cursor: last === undefined ? null : encodeCursor(`${owner}${JSON.stringify(last.place)}`),
    has_next_page: hasNext,
    total,
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
