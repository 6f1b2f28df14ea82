/** A record of a state document. Which members it has follows from its collection. */
export interface StateRecord {
  readonly id?: string
  readonly created_at?: string
  readonly [member: string]: unknown
}

/** Who did something. */
export interface Actor {
  readonly id: string
  readonly email: string | null
  readonly name: string
}

/** A state document of some collections: their records by their names, for each organization. */
export interface StateDocument {
  readonly organizations: readonly ({ readonly org_id: string } & Readonly<Record<string, unknown>>)[]
}

/** A record of an organization. */
export interface Item<Of extends StateRecord = StateRecord> {
  readonly orgId: string
  /** Unique within the organization. */
  readonly id: string
  readonly record: Of
  /** What a filter looks in, in lower case. */
  readonly text: string
}

/** The longest text of a member that a filter looks in, in characters. */
const SEARCHED_MAX = 10_000

/** Returns the records of a collection of all organizations in a document, newest first. `shape` returns undefined for one to leave out. */
export function itemsOf<Of extends StateRecord>(
  { organizations }: StateDocument,
  collection: string,
  shape: (record: StateRecord) => Of | undefined,
): Item<Of>[] {
  const items: Item<Of>[] = []
  for (const organization of organizations) {
    const records = (organization[collection] ?? []) as readonly StateRecord[]
    for (const [index, given] of records.entries()) {
      const record = shape(given)
      if (record === undefined) continue
      const { org_id: orgId } = organization
      items.push({ orgId, id: record.id ?? String(index + 1), record, text: textOf(record) })
    }
  }
  // Records that have the same time, or none, are in the order in which they were written.
  return items.reverse().sort((one, other) => compare(other.record.created_at, one.record.created_at))
}

/** Times of documents have the same form, and can be compared as texts. */
function compare(one = '', other = ''): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, SEARCHED_MAX).toLowerCase()
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'object' || value === null) return ''
  return Object.values(value).map(textOf).join('\n')
}

/** Returns the items that contain all words of a filter. */
export function matching<Of extends StateRecord>(
  items: readonly Item<Of>[],
  filter: string,
): readonly Item<Of>[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return items
  return items.filter(({ text }) => words.every((word) => text.includes(word)))
}

/** Returns the item with an id; the first one, if the organization is not given. */
export function itemOf<Of extends StateRecord>(
  items: readonly Item<Of>[],
  id: string | undefined,
  orgId?: string,
): Item<Of> | undefined {
  return items.find((item) => item.id === id && (orgId === undefined || item.orgId === orgId))
}

/** Returns the item to show after one is deleted: the next one, or else the one before. */
export function neighbourOf<Of extends StateRecord>(
  items: readonly Item<Of>[],
  { id, orgId }: Pick<Item, 'id' | 'orgId'>,
): Item<Of> | undefined {
  const index = items.findIndex((item) => item.id === id && item.orgId === orgId)
  return index === -1 ? undefined : (items[index + 1] ?? items[index - 1])
}

/** Returns what a record of any collection is called: the first of its members that say it, or else its id. */
export function titleOf(record: StateRecord): string {
  for (const name of [
    'title',
    'name',
    'key',
    'repository_name',
    'repo_name',
    'email',
    'path',
    'prompt',
    'url',
  ]) {
    const value = record[name]
    if (typeof value === 'string' && value !== '') return value.slice(0, 300)
  }
  return record.id ?? ''
}

/** Returns the number of bytes that a base64 text stands for. */
export function bytesOf(base64: string): number {
  const length = base64.replace(/[\r\n=]+/g, '').length
  return Math.floor((length * 3) / 4)
}

/** A number of bytes in a unit that suits it. */
export interface Size {
  readonly value: number
  readonly unit: 'byte' | 'kilobyte' | 'megabyte'
}

/** Returns a number of bytes in a unit that suits it. */
export function sizeOf(bytes: number): Size {
  if (bytes < 1_000) return { value: bytes, unit: 'byte' }
  if (bytes < 1_000_000) return { value: bytes / 1_000, unit: 'kilobyte' }
  return { value: bytes / 1_000_000, unit: 'megabyte' }
}

/** The prefixes of the ids that records of the API have, and the paths at which the page shows the records. */
const PLACES: readonly (readonly [prefix: string, path: readonly string[]])[] = [
  ['devin-', ['sessions']],
  ['secret-', ['state', 'secrets']],
  ['note-', ['state', 'knowledge']],
  ['playbook-', ['state', 'playbooks']],
  ['sched-', ['state', 'schedules']],
]

/** Returns the path at which the page shows a record; undefined if its id does not say what it is. */
export function pathOfRecord(id: string): readonly string[] | undefined {
  const found = PLACES.find(([prefix]) => id.startsWith(prefix))
  return found === undefined ? undefined : [...found[1], id]
}
