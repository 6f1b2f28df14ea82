import type { Order, Walkable } from '../store/types.ts'
import type { Organization } from './organizations.ts'

/** What one organization contributes to a list. */
export interface ListSource<R> {
  readonly organization: Organization
  readonly records: Walkable<R>
  /** Selects the records for which it returns true. Default: all. */
  readonly where?: ((record: R) => boolean) | undefined
}

/** The place of a record in a list: the time of its creation, its organization, and its position there. */
export type Place = readonly [createdAt: number, orgId: string, position: number]

/** A record in a list of several organizations. */
export interface Placed<R> {
  readonly place: Place
  readonly record: R
  readonly organization: Organization
}

/** A page of such a list. */
interface MergedQuery<R> {
  /** At most one per organization. */
  readonly sources: readonly ListSource<R>[]
  readonly order: Order
  /** The place of the last record of the previous page. Default: the first page. */
  readonly after?: Place | undefined
  readonly limit: number
}

/** The records of a page. */
interface MergedRecords<R> {
  readonly placed: readonly Placed<R>[]
  readonly hasNext: boolean
  /** The number of records on all pages. */
  readonly total: number
}

/**
 * Returns a page of the records of several organizations in the order of their creation. Those created at the same time are sorted by
 * organization, and within one by insertion. Visits each record once, and sorts only those of the page. Records may be added and deleted
 * between pages.
 */
export async function listMerged<R extends { readonly createdAt: number }>({
  sources,
  order,
  after,
  limit,
}: MergedQuery<R>): Promise<MergedRecords<R>> {
  // One more than the page has tells whether there is another page.
  const first = new FirstPlaces<R>(limit + 1, order)
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
  return { placed: first.placed.slice(0, limit), hasNext: first.placed.length > limit, total }
}

/** Keeps the first of the records that it is offered. */
class FirstPlaces<R extends { readonly createdAt: number }> {
  readonly placed: Placed<R>[] = []
  readonly #limit: number
  readonly #sign: 1 | -1

  constructor(limit: number, order: Order) {
    this.#limit = limit
    this.#sign = order === 'oldest' ? 1 : -1
  }

  /** Returns a positive number if a place is after another one. Takes its parts, so that no list is created for each record. */
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
    const { placed } = this
    const { createdAt } = record
    const { orgId } = organization
    const last = placed.at(-1)
    const isFull = placed.length === this.#limit
    if (isFull && last !== undefined && this.compare(createdAt, orgId, position, last.place) > 0) return
    const place = [createdAt, orgId, position] as const
    placed.splice(this.#indexOf(place), 0, { place, record, organization })
    if (isFull) placed.pop()
  }

  /** Returns the index of the first record that is after a place. */
  #indexOf([createdAt, orgId, position]: Place): number {
    let [low, high] = [0, this.placed.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.placed[middle]
      if (other !== undefined && this.compare(createdAt, orgId, position, other.place) < 0) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** Returns whether a JSON value is a place. */
export function isPlace(value: unknown): value is Place {
  if (!Array.isArray(value) || value.length !== 3) return false
  const [createdAt, orgId, position] = value
  return typeof createdAt === 'number' && typeof orgId === 'string' && typeof position === 'number'
}
