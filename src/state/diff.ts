import { encodeJson } from '../fastapi/json/encode.ts'
import { encodeRecords } from './encode.ts'
import { RECORD_KINDS, type ServerState, type UniverseState } from './types.ts'

type Document = Readonly<Record<string, unknown>>

/** What became of the records of one kind, as the state document has them. */
export interface KindDiff {
  readonly added: readonly Document[]
  readonly removed: readonly Document[]
  readonly changed: readonly { id: string; changes: Record<string, { before: unknown; after: unknown }> }[]
}

/** What became of the records of one organisation, by kind; kinds without a change are left out. */
export interface UniverseDiff {
  readonly org_id: string
  readonly records: Readonly<Record<string, KindDiff>>
}

/** What changed from one state to another, record by record. Organisations without a change are left out. */
export function diffStates(before: ServerState, after: ServerState): UniverseDiff[] {
  const orgIds = new Set([...before.universes, ...after.universes].map(({ orgId }) => orgId))
  return [...orgIds].flatMap((orgId) => {
    const universe = (state: ServerState) => state.universes.find((other) => other.orgId === orgId)
    const records = diffUniverse(universe(before), universe(after))
    return Object.keys(records).length === 0 ? [] : [{ org_id: orgId, records }]
  })
}

function diffUniverse(
  before: UniverseState | undefined,
  after: UniverseState | undefined,
): Record<string, KindDiff> {
  const kinds: Record<string, KindDiff> = {}
  for (const [kind, name] of Object.entries(RECORD_KINDS)) {
    const list = (universe: UniverseState | undefined) =>
      universe?.records[kind as keyof typeof RECORD_KINDS] ?? []
    const [old, now] = [list(before), list(after)]
    // Records are never changed in place, so the same object is the same record.
    const present = new Set<unknown>(now)
    if (now.length === old.length && old.every((record) => present.has(record))) continue
    kinds[name] = diffKind(documentsOf(before, name), documentsOf(after, name))
  }
  return kinds
}

/** By id. Values of secrets are compared, but not shown. */
function documentsOf(universe: UniverseState | undefined, name: string): Map<string, Document> {
  if (universe === undefined) return new Map()
  const documents = encodeRecords(universe.records, { reveal: true })[name as 'secrets'] as Document[]
  return new Map(documents.map((document) => [String(document.id), document]))
}

function diffKind(before: Map<string, Document>, after: Map<string, Document>): KindDiff {
  const changed: KindDiff['changed'][number][] = []
  for (const [id, document] of after) {
    const old = before.get(id)
    const changes = old === undefined ? {} : changesOf(old, document)
    if (Object.keys(changes).length > 0) changed.push({ id, changes })
  }
  const only = (these: Map<string, Document>, those: Map<string, Document>) =>
    [...these].filter(([id]) => !those.has(id)).map(([, document]) => masked(document))
  return { added: only(after, before), removed: only(before, after), changed }
}

function changesOf(before: Document, after: Document): Record<string, { before: unknown; after: unknown }> {
  const changes: Record<string, { before: unknown; after: unknown }> = {}
  const [shownBefore, shownAfter] = [masked(before), masked(after)]
  for (const member of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (encodeJson(before[member]) === encodeJson(after[member])) continue
    changes[member] = { before: shownBefore[member] ?? null, after: shownAfter[member] ?? null }
  }
  return changes
}

function masked(document: Document): Document {
  return 'value' in document ? { ...document, value: '***' } : document
}
