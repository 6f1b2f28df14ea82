import { KeyRegistry, type KeyRegistryState, type RegisteredKey } from '../auth/keys.ts'
import { DEFAULT_ORG_ID, userOf } from '../auth/principal.ts'
import type { ClockSettings } from '../base/clock.ts'
import type { LocItem, ValidationIssue } from '../fastapi/errors.ts'
import { nextTurn } from '../fastapi/turns.ts'
import { compileValidator } from '../fastapi/validation/compile.ts'
import type { Organizations } from '../organization/organizations.ts'
import type { NewState, OrganizationState } from '../organization/state.ts'
import { checkRule } from '../simulation/check-rule.ts'
import { ScenarioRules } from '../simulation/scenario-rules.ts'
import { decodeRecords } from './decode-records.ts'
import { DocumentReader } from './document-reader.ts'
import { redactIssue } from './redact-issue.ts'
import {
  type ClockDocument,
  KeyDocument,
  type OrganizationDocument,
  RuleOwnerDocument,
  StateDocument,
} from './schema.ts'

/** What fills in what a document leaves open, and what of it is meant. */
export interface DecodeOptions {
  readonly organizations: Organizations
  readonly keys: KeyRegistry
  /** The one organization that is meant. Default: all. */
  readonly orgId?: string | undefined
  /** Whether rules and keys come to those there are instead of in their place. Default false. */
  readonly adds?: boolean
}

/** A document that was read; `keys` are those that it names. */
export interface Decoded {
  readonly state: NewState
  readonly keys: readonly RegisteredKey[]
}

/** How many sessions the `count`s of a document may make: each takes memory, and a number is quickly written. */
const COUNTED_SESSIONS_MAX = 100_000

/** How many organizations are read before others have their turn of the event loop. */
const ORGANIZATIONS_PER_TURN = 100

/** How many faults are told of a document. */
const ISSUES_MAX = 100

const validate = compileValidator(StateDocument)
const validateKey = compileValidator(KeyDocument)
const validateOwner = compileValidator(RuleOwnerDocument)

/** Reads a state document or a seed. Gives what is wrong with it instead, with the place of each fault. */
export async function decodeState(
  input: unknown,
  at: readonly LocItem[],
  options: DecodeOptions,
): Promise<Decoded | { issues: readonly ValidationIssue[] }> {
  const reading = new DocumentReader(at)
  const document = validate(input, reading) as StateDocument
  const decoded = reading.issues.length === 0 ? await decodeDocument(document, options, reading) : undefined
  if (decoded !== undefined && reading.issues.length === 0) return decoded
  const issues = reading.issues.slice(0, ISSUES_MAX)
  return { issues: issues.map((issue) => redactIssue(issue, at.length)) }
}

async function decodeDocument(
  document: StateDocument,
  options: DecodeOptions,
  reading: DocumentReader,
): Promise<Decoded> {
  const { organizations: documents, scenarios, revoked_keys: revoked } = document
  const { organizations, orgId } = options
  const clock = document.clock && decodeClock(document.clock, reading)
  const serverIds = organizations.idsOf('')
  const before = organizations.ids.issued
  serverIds.issued = document.ids_given ?? before
  const book = new ScenarioRules(serverIds)
  if (options.adds || scenarios === undefined) book.restore(organizations.scenarios.capture())
  await decodeRules(scenarios ?? [], book, reading)
  checkCounts(documents, reading)
  const { keys, registered } = decodeKeys(documents, options, reading)
  const now = { ...organizations.clock.state(), ...clock }.now
  const states: OrganizationState<ClockSettings>[] = []
  const seen = new Map<string, string>()
  for (const [index, organization] of documents.entries()) {
    reading.path.push('organizations', index)
    const state = await decodeOrganization(organization, { organizations, now, book }, reading)
    reading.requireUnique(seen, state.orgId, 'org_id')
    reading.path.length -= 2
    states.push(state)
    if (states.length % ORGANIZATIONS_PER_TURN === 0) await nextTurn()
  }
  if (orgId !== undefined && !seen.has(orgId))
    reading.reject(['organizations'], 'none of them has this org_id')
  const saysKeys = documents.some((organization) => organization.keys !== undefined)
  return {
    keys,
    state: {
      ...(clock !== undefined && { clock }),
      ...(serverIds.issued !== before && { idsGiven: serverIds.issued }),
      ...(scenarios !== undefined && { scenarios: book.capture() }),
      ...((saysKeys || revoked !== undefined) && {
        keys: keyState(options, saysKeys ? registered : undefined, revoked),
      }),
      organizations: states,
    },
  }
}

function decodeClock({ now, ...rest }: ClockDocument, reading: DocumentReader): ClockSettings {
  return { ...rest, ...(now !== undefined && { now: reading.instant(['clock', 'now'], now, 0, 0) }) }
}

/** Each rule may name the scenarios of those before it. */
async function decodeRules(
  inputs: readonly unknown[],
  book: ScenarioRules,
  reading: DocumentReader,
): Promise<void> {
  const seen = new Map<string, string>()
  for (const [index, input] of inputs.entries()) {
    reading.path.push('scenarios', index)
    const before = reading.issues.length
    const owner = validateOwner(input, reading) as RuleOwnerDocument
    if (reading.issues.length === before) {
      const { id, org_id: orgId = null } = owner
      const { id: _id, org_id: _orgId, ...rule } = input as Record<string, unknown>
      if (id !== undefined) reading.requireUnique(seen, id, 'id')
      const checked = await checkRule(rule, reading.path, book.knownNames(orgId))
      if ('issues' in checked) reading.issues.push(...checked.issues)
      else book.add(checked.rule, orgId, id)
    }
    reading.path.length -= 2
  }
}

function checkCounts(organizations: readonly OrganizationDocument[], reading: DocumentReader): void {
  const counts = organizations.flatMap(({ sessions = [] }) => sessions.map(({ count = 0 }) => count))
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total > COUNTED_SESSIONS_MAX)
    reading.reject(['organizations'], `count makes more than ${COUNTED_SESSIONS_MAX} sessions`)
}

async function decodeOrganization(
  document: OrganizationDocument,
  server: { organizations: Organizations; now: number; book: ScenarioRules },
  reading: DocumentReader,
): Promise<OrganizationState<ClockSettings>> {
  const { org_id: orgId = DEFAULT_ORG_ID, name = orgId, ids_given: given = 0 } = document
  const clock = decodeClock(document.clock ?? {}, reading)
  const ids = server.organizations.idsOf(orgId)
  ids.issued = given
  const filling = { orgId, ids, now: clock.now ?? server.now, scenarios: server.book }
  const records = await decodeRecords(document, filling, reading)
  return { orgId, name, clock, idsGiven: ids.issued, records }
}

/** No key is ever part of a fault. */
function decodeKeys(
  organizations: readonly OrganizationDocument[],
  options: DecodeOptions,
  reading: DocumentReader,
): { keys: readonly RegisteredKey[]; registered: KeyRegistryState['registered'] } {
  const keys: RegisteredKey[] = []
  const seen = new Map<string, string>()
  const ring = new KeyRegistry()
  const decodeKey = (input: unknown, orgId: string): void => {
    const before = reading.issues.length
    const document = validateKey(typeof input === 'string' ? { key: input } : input, reading) as KeyDocument
    if (reading.issues.length > before) return
    const { key, user_id, user = user_id === undefined ? undefined : userOf(user_id) } = document
    const registered = { key, orgId, ...(user !== undefined && { user }) }
    reading.requireUnique(seen, key, 'key')
    // What is about one organization must not take a key from another one.
    if (orgId === options.orgId && (options.keys.ownerOf(key) ?? orgId) !== orgId) {
      reading.reject([], 'this key belongs to another organization')
    }
    try {
      ring.register(registered)
    } catch (error) {
      reading.reject([], (error as RangeError).message)
    }
    keys.push(registered)
  }
  reading.each('organizations', organizations, ({ org_id: orgId = DEFAULT_ORG_ID, keys: inputs }) =>
    reading.each('keys', inputs, (input) => decodeKey(input, orgId)),
  )
  return { keys, registered: ring.capture().registered }
}

/** What the document does not say of keys stays as it is. */
function keyState(
  { keys, adds = false }: DecodeOptions,
  registered: KeyRegistryState['registered'] | undefined,
  revoked: readonly string[] | undefined,
): KeyRegistryState {
  const before = keys.capture()
  return {
    registered: new Map([
      ...(adds || registered === undefined ? before.registered : []),
      ...(registered ?? []),
    ]),
    revoked: new Set([...(adds || revoked === undefined ? before.revoked : []), ...(revoked ?? [])]),
  }
}
