import { Ago } from '../components/time.tsx'
import type { Item, StateRecord } from '../model/state-items.ts'
import { nameOfOrg } from '../organizations.ts'
import { hrefOf, place, shownOrg } from '../place.ts'
import type { Kind } from './kind.ts'

/** Returns what identifies an item in the list. */
export function keyOf({ orgId, id }: Pick<Item, 'orgId' | 'id'>): string {
  return `${orgId} ${id}`
}

/** Returns the id of the element of an item in the list. */
export function rowOf(item: Item): string {
  return `row ${keyOf(item)}`
}

/** Returns the query of the address of an item, or of the list. */
export function queryOf(filter: string, orgId?: string): Record<string, string> {
  // When all organizations are shown, two of them may have items with the same id.
  return { filter, ...(shownOrg() === undefined && orgId !== undefined && { of: orgId }) }
}

/** Returns the address of an item. */
export function addressOf<Of extends StateRecord>(
  { path }: Kind<Of>,
  { id, orgId }: Item<Of>,
  filter: string,
): string {
  return hrefOf([...path, id], queryOf(filter, orgId))
}

interface RowProps<Of extends StateRecord> {
  readonly kind: Kind<Of>
  readonly item: Item<Of>
  readonly isSelected: boolean
}

/** An item in the list. */
export function Row<Of extends StateRecord>({ kind, item, isSelected }: RowProps<Of>) {
  const { filter = '' } = place.value.query
  const { title, note, marks } = kind.summary(item)
  const { created_at: time } = item.record
  return (
    <a
      id={rowOf(item)}
      class="state-row"
      href={addressOf(kind, item, filter)}
      aria-current={isSelected ? 'true' : undefined}
    >
      <span class="title">{title}</span>
      {note !== undefined && <span class="note">{note}</span>}
      <span class="marks">
        {marks}
        {shownOrg() === undefined && <span class="badge">{nameOfOrg(item.orgId)}</span>}
      </span>
      {time !== undefined && (
        <span class="age">
          <Ago time={time} orgId={item.orgId} />
        </span>
      )}
    </a>
  )
}
