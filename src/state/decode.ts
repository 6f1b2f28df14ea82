import { DEFAULT_ORG_ID } from '../auth/principal.ts'
import type { ClockSettings } from '../base/clock.ts'
import type { LocItem, ValidationIssue } from '../fastapi/errors.ts'
import { nextTurn } from '../fastapi/turns.ts'
import { lateValidator } from '../fastapi/validation/compile.ts'
import type { Organizations } from '../organization/organizations.ts'
import { type NewState, type OrganizationState, stateWith } from '../organization/state.ts'
import { DocumentReader } from '../resources/document-reader.ts'
import { type RecordsState, resourceEntries } from '../resources/index.ts'
import { createdAtOf } from '../resources/resource.ts'
import { checkRule } from '../simulation/check-rule.ts'
import { ScenarioRules } from '../simulation/scenario-rules.ts'
import type { StoredRecord } from '../store/types.ts'
import {
  type DecodeOptions,
  decodeKeys,
  decodeServiceUserKeys,
  keyState,
  tokensIn,
  withKnownTokens,
} from './decode-keys.ts'
import { redactIssue } from './redact-issue.ts'
import { type ClockDocument, type OrganizationDocument, RuleOwnerDocument, StateDocument } from './schema.ts'

/** The maximum number of sessions that all `count`s of a document create: a few bytes could otherwise create millions. */
const COUNTED_SESSIONS_MAX = 100_000

/** The number of organizations decoded per turn of the event loop. */
const ORGANIZATIONS_PER_TURN = 100

/** The maximum number of issues reported for a document. */
const ISSUES_MAX = 100

const validate = lateValidator(StateDocument)
const validateOwner = lateValidator(RuleOwnerDocument)

/** Decodes a state document or a seed. Returns the issues and their locations if it is invalid. */
export async function decodeState(
  input: unknown,
  at: readonly LocItem[],
  options: DecodeOptions,
): Promise<NewState | { issues: readonly ValidationIssue[] }> {
  const reader = new DocumentReader(at)
  const document = validate(input, reader) as StateDocument
  const decoded = reader.issues.length === 0 ? await decodeDocument(document, options, reader) : undefined
  if (decoded !== undefined && reader.issues.length === 0) return decoded
  const issues = reader.issues.slice(0, ISSUES_MAX)
  return { issues: issues.map((issue) => redactIssue(issue, at.length)) }
}

async function decodeDocument(
  document: StateDocument,
  options: DecodeOptions,
  reader: DocumentReader,
): Promise<NewState> {
  const { organizations: documents, scenarios, revoked_keys: revoked } = document
  const { organizations, orgId } = options
  const clock = document.clock && decodeClock(document.clock, reader)
  const serverIds = organizations.idsOf('')
  const before = organizations.ids.issued
  serverIds.issued = document.ids_given ?? before
  const rules = new ScenarioRules(serverIds)
  if (options.adds || scenarios === undefined) rules.restore(organizations.scenarios.capture())
  await decodeRules(scenarios ?? [], rules, reader)
  checkCounts(documents, reader)
  const registered = decodeKeys(documents, options, reader)
  const now = { ...organizations.clock.state(), ...clock }.now
  const tokens = tokensIn(documents)
  const states: OrganizationState<ClockSettings>[] = []
  const seen = new Map<string, string>()
  for (const [index, organization] of documents.entries()) {
    reader.path.push('organizations', index)
    const state = await decodeOrganization(organization, { organizations, now, rules, tokens }, reader)
    reader.requireUnique(seen, state.orgId, 'org_id')
    reader.path.length -= 2
    states.push(state)
    if (states.length % ORGANIZATIONS_PER_TURN === 0) await nextTurn()
  }
  if (orgId !== undefined && !seen.has(orgId))
    reader.reject(['organizations'], 'no organization with this org_id')
  const ofServiceUsers = decodeServiceUserKeys(states, options, reader)
  return {
    ...(clock !== undefined && { clock }),
    ...(document.answers !== undefined && { answers: document.answers }),
    ...(serverIds.issued !== before && { idsIssued: serverIds.issued }),
    ...(scenarios !== undefined && { scenarios: rules.capture() }),
    keys: keyState(options, registered, ofServiceUsers, revoked),
    organizations: states,
  }
}

function decodeClock({ now, ...rest }: ClockDocument, reader: DocumentReader): ClockSettings {
  return { ...rest, ...(now !== undefined && { now: reader.instant(['clock', 'now'], now, 0, 0) }) }
}

/** Decodes scenario rules. Each rule may refer to the scenarios of earlier ones. */
async function decodeRules(
  inputs: readonly unknown[],
  rules: ScenarioRules,
  reader: DocumentReader,
): Promise<void> {
  const seen = new Map<string, string>()
  for (const [index, input] of inputs.entries()) {
    reader.path.push('scenarios', index)
    const before = reader.issues.length
    const owner = validateOwner(input, reader) as RuleOwnerDocument
    if (reader.issues.length === before) {
      const { id, org_id: orgId = null } = owner
      const { id: _id, org_id: _orgId, ...rule } = input as Record<string, unknown>
      if (id !== undefined) reader.requireUnique(seen, id, 'id')
      const checked = await checkRule(rule, reader.path, rules.knownNames(orgId))
      if ('issues' in checked) reader.issues.push(...checked.issues)
      else rules.add(checked.rule, orgId, id)
    }
    reader.path.length -= 2
  }
}

function checkCounts(organizations: readonly OrganizationDocument[], reader: DocumentReader): void {
  const counts = organizations.flatMap(({ sessions = [] }) => sessions.map(({ count = 0 }) => count))
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total > COUNTED_SESSIONS_MAX)
    reader.reject(['organizations'], `count creates more than ${COUNTED_SESSIONS_MAX} sessions`)
}

/** The record lists of an organization, by name. */
type RecordDocuments = Readonly<Record<string, Record<string, unknown>[] | undefined>>

async function decodeOrganization(
  document: OrganizationDocument,
  server: { organizations: Organizations; now: number; rules: ScenarioRules; tokens: ReadonlySet<string> },
  reader: DocumentReader,
): Promise<OrganizationState<ClockSettings>> {
  const { org_id: orgId = DEFAULT_ORG_ID, name = orgId, ids_given: given = 0, answers } = document
  const clock = decodeClock(document.clock ?? {}, reader)
  const ids = server.organizations.idsOf(orgId)
  ids.issued = given
  const defaults = { orgId, ids, now: clock.now ?? server.now, scenarios: server.rules }
  const records: Record<string, readonly StoredRecord[]> = {}
  for (const [kind, resource] of resourceEntries) {
    reader.path.push(resource.name)
    records[kind] = await resource.decodeAll(
      (document as RecordDocuments)[resource.name] ?? [],
      defaults,
      reader,
    )
    reader.path.length--
  }
  const { apiKeys, ...others } = records as RecordsState
  const openedAt = createdAtOf(document, defaults, reader)
  const known = server.organizations.find(orgId)
  return stateWith(
    { orgId, name, openedAt, clock, answers: nonEmpty(answers), idsIssued: ids.issued },
    { ...others, apiKeys: await withKnownTokens(apiKeys, known, server.tokens) },
  )
}

/** Returns an object, or undefined if it is empty. */
function nonEmpty<Value extends object>(value: Value | undefined): Value | undefined {
  return value === undefined || Object.keys(value).length === 0 ? undefined : value
}
