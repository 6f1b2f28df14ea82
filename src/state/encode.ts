import type { Principal } from '../auth/principal.ts'
import { type ClockState, formatInstant } from '../base/clock.ts'
import { encodeJson } from '../fastapi/json/encode.ts'
import { listTexts, wrap } from '../fastapi/long-answer.ts'
import type { OrganizationState, ServerState } from '../organization/state.ts'
import { type AnyResource, resourceEntries } from '../resources/index.ts'
import { maskTexts } from './mask-texts.ts'

type Document = Readonly<Record<string, unknown>>

/** The options for writing a state. */
export interface EncodeOptions {
  /** Whether keys and secrets are written. Without them, a restored secret has only its metadata. Default false. */
  readonly reveal?: boolean
  /** The lists of records to write, by their names, and nothing else but the organizations. Default: the whole document. */
  readonly collections?: readonly string[]
  /** Whether the contents of files are written; otherwise their `size` in bytes, and the document cannot be loaded. Default true. */
  readonly files?: boolean
}

/**
 * Writes the document of a state as JSON in chunks: one per record, several per file. With files of some hundred megabytes
 * the document is longer than V8's longest string.
 */
export function* stateTexts(state: ServerState, options: EncodeOptions = {}): Generator<string> {
  const { reveal = false, collections } = options
  const { clock, answers, idsIssued, organizations, scenarios, keys } = state
  const chosen = Object.keys(answers).length > 0 && { answers }
  yield openObject({ version: 1, clock: encodeClock(clock), ...chosen, ids_given: idsIssued }, true)
  yield ',"organizations":['
  for (const [index, organization] of organizations.entries()) {
    if (index > 0) yield ','
    yield* organizationTexts(organization, state, options)
  }
  yield ']'
  if (collections === undefined) {
    yield* member('scenarios', scenarios, encodeRule, reveal)
    // Sorted, because the registry does not keep their order.
    if (reveal) yield* member('revoked_keys', [...keys.revoked].sort(), (key) => key, true)
  }
  yield '}'
}

function* organizationTexts(
  organization: OrganizationState,
  { overriddenNames, keys }: ServerState,
  { reveal = false, collections, files = true }: EncodeOptions,
): Generator<string> {
  const { orgId, name, openedAt, clock, answers, idsIssued, records } = organization
  const chosen = answers && { answers }
  yield openObject(
    {
      org_id: orgId,
      name,
      created_at: formatInstant(openedAt),
      clock: encodeClock(clock),
      ...chosen,
      ids_given: idsIssued,
    },
    reveal,
  )
  if (reveal && collections === undefined)
    yield* member('keys', keysOf(organization, keys.registered), (key) => key, true)
  for (const [kind, resource] of resourceEntries) {
    if (collections?.includes(resource.name) === false) continue
    yield `,"${resource.name}":[`
    let comma = ''
    for (const record of records[kind]) {
      const document = visible(resource, resource.encode(record, overriddenNames), { reveal, files })
      yield* recordTexts(comma, document, reveal)
      comma = ','
    }
    yield ']'
  }
  yield '}'
}

/** Returns the document to write. Omits secret members without `reveal`, and replaces files by their sizes without `files`. */
function visible(
  { secretMembers }: AnyResource,
  document: Document,
  { reveal, files }: { readonly reveal: boolean; readonly files: boolean },
): Document {
  if ((reveal || secretMembers.length === 0) && files) return document
  const members = Object.entries(document).filter(([name]) => reveal || !secretMembers.includes(name))
  const shown = members.map(([name, value]) =>
    value instanceof Uint8Array && !files ? ['size', value.length] : [name, value],
  )
  return Object.fromEntries(shown)
}

/** Writes an object without its closing brace, so that members can follow. Keys in its texts are masked without `reveal`. */
function openObject(value: Readonly<Record<string, unknown>>, reveal: boolean): string {
  return encodeJson(reveal ? value : maskTexts(value)).slice(0, -1)
}

/** Writes a list as a further member of an object, item by item. Keys in its texts are masked without `reveal`. */
function* member<Item>(
  name: string,
  items: Iterable<Item>,
  encode: (item: Item) => unknown,
  reveal: boolean,
): Generator<string> {
  const show = reveal ? encode : (item: Item) => maskTexts(encode(item))
  yield* wrap(`,"${name}":[`, listTexts(items, show), ']')
}

/** The number of bytes of a file in one chunk: a multiple of three, so that base64 has no padding inside. */
const FILE_CHUNK = 49_152

/** Writes `comma` and a record: one text, or chunks if it contains a file. Keys in its texts are masked without `reveal`. */
function* recordTexts(comma: string, document: Document, reveal: boolean): Generator<string> {
  const show = reveal ? <Value>(value: Value) => value : maskTexts
  const file = Object.entries(document).find(([, value]) => value instanceof Uint8Array)
  if (file === undefined) return yield comma + encodeJson(show(document))
  const [name, bytes] = file as [string, Uint8Array]
  // The chunks of the file go where the empty text is.
  const [before, after] = encodeJson(show({ ...document, [name]: '' })).split(`"${name}":""`)
  yield `${comma}${before}"${name}":"`
  for (let start = 0; start < bytes.length; start += FILE_CHUNK) {
    yield Buffer.from(bytes.subarray(start, start + FILE_CHUNK)).toString('base64')
  }
  yield `"${after}`
}

function encodeRule({ id, orgId, name, match, scenario }: ServerState['scenarios'][number]) {
  return {
    id,
    org_id: orgId,
    ...(name !== undefined && { name }),
    ...(match !== undefined && { match }),
    scenario,
  }
}

/** Returns the keys of an organization, except those of its service users, which are in `api_keys`. */
function keysOf({ orgId }: OrganizationState, registered: ReadonlyMap<string, Principal>): unknown[] {
  return [...registered]
    .filter(([, principal]) => principal.orgId === orgId && principal.roles === undefined)
    .map(([key, principal]) => encodeKey(key, principal))
}

/** Returns a key with its owner. A v1 service key is a plain string, since v1 shows no service users. */
function encodeKey(
  key: string,
  { generation, user, actor, permissions, expiresAt, session }: Principal,
): unknown {
  if (generation === 'v1') return user === null ? key : { key, user }
  return {
    key,
    user: actor,
    ...(permissions !== null && { permissions: [...permissions] }),
    ...(expiresAt !== null && { expires_at: formatInstant(expiresAt) }),
    ...(session !== undefined && { principal_type: session.type }),
    ...(session?.type === 'devin_brain' && { devin_id: session.devinId }),
  }
}

function encodeClock({ now, ...rest }: ClockState) {
  return { now: formatInstant(now), ...rest }
}
