import { createHash } from 'node:crypto'
import { MASK } from '../base/mask-keys.ts'
import { encodeJson } from '../fastapi/json/encode.ts'
import { objectTexts } from '../fastapi/long-answer.ts'
import { nextTurn } from '../fastapi/turns.ts'
import type { OrganizationState, ServerState } from '../organization/state.ts'
import { type AnyResource, resourceEntries } from '../resources/index.ts'
import type { KindDiff, OrganizationDiff } from '../schemas/control/snapshots.ts'
import type { StoredRecord } from '../store/types.ts'
import { maskTexts } from './mask-texts.ts'

type Document = Readonly<Record<string, unknown>>

/** The number of records compared per turn of the event loop. */
const RECORDS_PER_TURN = 500

/**
 * Returns the changes from one state to another, record by record. Omits organizations without a change. Yields to the
 * event loop between batches.
 */
export async function diffStates(before: ServerState, after: ServerState): Promise<OrganizationDiff[]> {
  const [old, now] = [byOrgId(before), byOrgId(after)]
  const diffs: OrganizationDiff[] = []
  for (const orgId of new Set([...old.keys(), ...now.keys()])) {
    const records = await diffOrganization(old.get(orgId), now.get(orgId))
    if (Object.keys(records).length > 0) diffs.push({ org_id: orgId, records })
  }
  return diffs
}

/** Writes the response with these differences as JSON, in chunks. */
export function* diffTexts(organizations: readonly OrganizationDiff[]): Generator<string> {
  yield `{"changed":${organizations.length > 0},"organizations":[`
  let comma = ''
  for (const { org_id, records } of organizations) {
    yield `${comma}{"org_id":${encodeJson(org_id)},"records":{`
    let separator = ''
    for (const [kind, diff] of Object.entries(records)) {
      yield `${separator}${encodeJson(kind)}:`
      yield* objectTexts({ ...diff })
      separator = ','
    }
    yield '}}'
    comma = ','
  }
  yield ']}'
}

function byOrgId({ organizations }: ServerState): Map<string, OrganizationState> {
  return new Map(organizations.map((organization) => [organization.orgId, organization]))
}

async function diffOrganization(
  before: OrganizationState | undefined,
  after: OrganizationState | undefined,
): Promise<Record<string, KindDiff>> {
  const kinds: Record<string, KindDiff> = {}
  for (const [kind, resource] of resourceEntries) {
    const recordsOf = (organization: OrganizationState | undefined) =>
      new Map<string, StoredRecord>(organization?.records[kind].map((record) => [record.id, record]))
    const diff = await diffKind(recordsOf(before), recordsOf(after), resource)
    const { added, removed, changed } = diff
    if (added.length + removed.length + changed.length > 0) kinds[resource.name] = diff
  }
  return kinds
}

async function diffKind(
  before: ReadonlyMap<string, StoredRecord>,
  after: ReadonlyMap<string, StoredRecord>,
  resource: AnyResource,
): Promise<KindDiff> {
  const encode = (record: StoredRecord) => summarizeFile(resource.encode(record))
  let written = 0
  const pace = async () => {
    if (++written % RECORDS_PER_TURN === 0) await nextTurn()
  }
  const changed: KindDiff['changed'][number][] = []
  for (const [id, record] of after) {
    const old = before.get(id)
    // The same object is unchanged, since records are immutable. Equal objects have no changes either.
    if (old === undefined || old === record) continue
    const changes = changesOf(await encode(old), await encode(record), resource)
    if (Object.keys(changes).length > 0) changed.push({ id, changes })
    await pace()
  }
  const only = async (these: ReadonlyMap<string, StoredRecord>, those: ReadonlyMap<string, StoredRecord>) => {
    const documents: Document[] = []
    for (const [id, record] of these) {
      if (those.has(id)) continue
      documents.push(masked(await encode(record), resource))
      await pace()
    }
    return documents
  }
  return { added: await only(after, before), removed: await only(before, after), changed }
}

function changesOf(
  before: Document,
  after: Document,
  resource: AnyResource,
): KindDiff['changed'][number]['changes'] {
  const changes: ReturnType<typeof changesOf> = {}
  const [shownBefore, shownAfter] = [masked(before, resource), masked(after, resource)]
  for (const member of Object.keys(after)) {
    if (encodeJson(before[member]) === encodeJson(after[member])) continue
    changes[member] = { before: shownBefore[member], after: shownAfter[member] }
  }
  return changes
}

/** The number of bytes hashed per turn of the event loop, which takes about 3 ms. */
const HASHED_PER_TURN = 4 * 2 ** 20

/** Replaces the bytes of a file by their size and hash. */
async function summarizeFile(document: Document): Promise<Document> {
  const file = Object.entries(document).find(([, value]) => value instanceof Uint8Array)
  if (file === undefined) return document
  const [name, bytes] = file as [string, Uint8Array]
  const hash = createHash('sha256')
  for (let start = 0; start < bytes.length; start += HASHED_PER_TURN) {
    hash.update(bytes.subarray(start, start + HASHED_PER_TURN))
    await nextTurn()
  }
  const { [name]: _, ...rest } = document
  return { ...rest, size: bytes.byteLength, sha256: hash.digest('hex') }
}

/** Masks secrets and keys: a diff shows that the value of a secret changed, but not the value. */
function masked(document: Document, { secretMembers }: AnyResource): Document {
  return maskTexts({ ...document, ...Object.fromEntries(secretMembers.map((name) => [name, MASK])) })
}
