import { hash } from 'node:crypto'
import { encodeJson } from '../fastapi/json/encode.ts'
import { objectTexts } from '../fastapi/long-answer.ts'
import { nextTurn } from '../fastapi/turns.ts'
import type { OrganizationState, RecordKind, ServerState } from '../organization/state.ts'
import type { KindDiff, OrganizationDiff } from '../schemas/control/snapshots.ts'
import type { AttachmentRecord } from '../store/records.ts'
import type { StoredRecord } from '../store/types.ts'
import { encoders } from './encode.ts'
import { maskTexts } from './mask-texts.ts'

type Document = Readonly<Record<string, unknown>>

/** Each kind has its own encoder; here a record is never given to another's. */
const encoderOf = { ...encoders, attachments: summarizeFile } as unknown as Readonly<
  Record<RecordKind, (record: StoredRecord) => Document>
>

/** How many records are written before others have their turn of the event loop. */
const RECORDS_PER_TURN = 500

/**
 * What changed from one state to another, record by record, while others have their turns of the event loop. Organizations without
 * a change are left out.
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

/** The answer that shows such differences, as JSON, text by text. */
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
  for (const kind of Object.keys(encoderOf) as RecordKind[]) {
    const recordsOf = (organization: OrganizationState | undefined) =>
      new Map<string, StoredRecord>(organization?.records[kind].map((record) => [record.id, record]))
    const diff = await diffKind(recordsOf(before), recordsOf(after), encoderOf[kind])
    const { added, removed, changed } = diff
    if (added.length + removed.length + changed.length > 0) kinds[nameOf(kind)] = diff
  }
  return kinds
}

/** The name that the state document has for a kind. */
function nameOf(kind: RecordKind): string {
  return kind === 'auditLog' ? 'audit_logs' : kind
}

async function diffKind(
  before: ReadonlyMap<string, StoredRecord>,
  after: ReadonlyMap<string, StoredRecord>,
  encode: (record: StoredRecord) => Document,
): Promise<KindDiff> {
  let written = 0
  const pace = async () => {
    if (++written % RECORDS_PER_TURN === 0) await nextTurn()
  }
  const changed: KindDiff['changed'][number][] = []
  for (const [id, record] of after) {
    const old = before.get(id)
    // Records are never changed in place, so the same object is the same record.
    if (old === undefined || old === record) continue
    const changes = changesOf(encode(old), encode(record))
    if (Object.keys(changes).length > 0) changed.push({ id, changes })
    await pace()
  }
  const only = async (these: ReadonlyMap<string, StoredRecord>, those: ReadonlyMap<string, StoredRecord>) => {
    const documents: Document[] = []
    for (const [id, record] of these) {
      if (those.has(id)) continue
      documents.push(masked(encode(record)))
      await pace()
    }
    return documents
  }
  return { added: await only(after, before), removed: await only(before, after), changed }
}

function changesOf(before: Document, after: Document): KindDiff['changed'][number]['changes'] {
  const changes: ReturnType<typeof changesOf> = {}
  const [shownBefore, shownAfter] = [masked(before), masked(after)]
  for (const member of Object.keys(after)) {
    if (encodeJson(before[member]) === encodeJson(after[member])) continue
    changes[member] = { before: shownBefore[member], after: shownAfter[member] }
  }
  return changes
}

/** A file with the size and the hash of its contents in their place. */
function summarizeFile(file: AttachmentRecord): Document {
  return { ...encoders.attachments(file), size: file.bytes.byteLength, sha256: sha256Of(file.bytes) }
}

/** By the contents of files, which never change: to hash a hundred mebibytes takes some 60 ms. */
const knownHashes = new WeakMap<Uint8Array, string>()

function sha256Of(bytes: Uint8Array): string {
  const known = knownHashes.get(bytes) ?? hash('sha256', bytes)
  knownHashes.set(bytes, known)
  return known
}

/** That the value of a secret is another one may be known, but not which. */
function masked(document: Document): Document {
  return maskTexts('value' in document ? { ...document, value: '***' } : document)
}
