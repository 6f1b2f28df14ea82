import { isPlace, type ListSource, listMerged } from '../../organization/merged-list.ts'
import type { Organization } from '../../organization/organizations.ts'
import type { Order } from '../../store/types.ts'
import { type CursorQuery, Cursors } from './cursors.ts'
import { type CursorPage, pageSize } from './pages.ts'

interface MergedList<R, Item> {
  /** The name of the list. Cursors of other lists are rejected. */
  readonly list: string
  /** At most one per organization. */
  readonly sources: readonly ListSource<R>[]
  readonly query: CursorQuery
  readonly order: Order
  readonly show: (record: R, organization: Organization) => Item
  /** Whether the last page has a cursor unless it is empty. Default: false. */
  readonly endsWithCursor?: boolean
}

/**
 * Returns a page of the records of several organizations, as {@link listMerged} does. A cursor contains the place of the last item. Throws an
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
  const cursors = new Cursors(list)
  const after = cursors.parsedPositionIn(query, isPlace)
  const { placed, hasNext, total } = await listMerged({ sources, order, after, limit: pageSize(query) })
  const last = hasNext || endsWithCursor ? placed.at(-1) : undefined
  return {
    items: placed.map(({ record, organization }) => show(record, organization)),
    end_cursor: last === undefined ? null : cursors.at(JSON.stringify(last.place)),
    has_next_page: hasNext,
    total,
  }
}
