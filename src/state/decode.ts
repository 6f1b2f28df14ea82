import { KeyRing, type RegisteredKey } from '../auth/keys.ts'
import { DEFAULT_ORG_ID, userOf } from '../auth/principal.ts'
import type { ValidationIssue } from '../fastapi/errors.ts'
import { compileValidator, ValidationContext } from '../fastapi/validation/compile.ts'
import { type Ids, randomUuid } from '../ids.ts'
import { checkRule } from '../simulation/check-rule.ts'
import { type LoadedRule, ScenarioBook } from '../simulation/scenario-book.ts'
import type { SessionRecord } from '../store/records.ts'
import { decodeSession, type Filling, instantOr } from './decode-session.ts'
import { type ClockDocument, KeyDocument, type OrganizationDocument, StateDocument } from './schema.ts'
import type { ClockState, RecordsState, UniverseState } from './types.ts'

/** What a document says. What is undefined it does not say. */
export interface DecodedState {
  readonly clock: ClockState | undefined
  readonly idsGiven: number | undefined
  readonly universes: readonly UniverseState[]
  readonly scenarios: readonly LoadedRule[] | undefined
  readonly keys: readonly RegisteredKey[] | undefined
  readonly revoked: readonly string[] | undefined
}

/** What fills in what a document leaves open. */
export interface DecodeOptions {
  /** How the clocks of organisations stand that say nothing of it. */
  readonly clock: ClockState
  readonly ids: (owner: string, start?: number) => Ids
  /** The rules that are in force where the document brings none. */
  readonly scenarios: readonly LoadedRule[]
}

const validate = compileValidator(StateDocument)
const validateKey = compileValidator(KeyDocument)

/** Reads a state document or a seed. Gives all that is wrong with it instead, with the place of each fault. */
export async function decodeState(
  input: unknown,
  at: ValidationIssue['loc'],
  options: DecodeOptions,
): Promise<{ state: DecodedState } | { issues: readonly ValidationIssue[] }> {
  const context = new ValidationContext()
  context.path.push(...at)
  const document = validate(input, context) as StateDocument
  if (context.issues.length > 0) return { issues: context.issues }
  const rules =
    document.scenarios === undefined ? undefined : await decodeRules(document.scenarios, options, context)
  const scenarios = new ScenarioBook(options.ids(''))
  scenarios.restore(rules ?? options.scenarios)
  const universes: UniverseState[] = []
  const keys: RegisteredKey[] = []
  for (const [index, organization] of document.organizations.entries()) {
    context.path.push('organizations', index)
    const universe = await decodeOrganization(organization, { ...options, scenarios }, context)
    if (universes.some(({ orgId }) => orgId === universe.orgId)) {
      report(context, ['org_id'], 'another organisation has this id', universe.orgId)
    }
    universes.push(universe)
    keys.push(...decodeKeys(organization.keys ?? [], universe.orgId, keys, context))
    context.path.length = at.length
  }
  if (context.issues.length > 0) return { issues: context.issues }
  const saysKeys = document.organizations.some((organization) => organization.keys !== undefined)
  return {
    state: {
      clock: document.clock === undefined ? undefined : decodeClock(document.clock),
      idsGiven: document.ids_given,
      universes,
      scenarios: rules,
      keys: saysKeys ? keys : undefined,
      revoked: document.revoked_keys,
    },
  }
}

function decodeClock({ now, ...rest }: ClockDocument): ClockState {
  return { now: instantOr(0, now), ...rest }
}

/** Each may name the scenarios of those before it. */
async function decodeRules(
  inputs: readonly unknown[],
  { ids }: DecodeOptions,
  context: ValidationContext,
): Promise<LoadedRule[]> {
  const book = new ScenarioBook(ids(''))
  for (const [index, input] of inputs.entries()) {
    const { id, org_id: orgId = null, ...rule } = Object(input) as Record<string, unknown>
    const owner = typeof orgId === 'string' ? orgId : null
    const at = [...context.path, 'scenarios', index]
    const checked = await checkRule(rule, at, book.knownNames(owner))
    if ('issues' in checked) context.issues.push(...checked.issues)
    else book.add(checked.rule, owner, typeof id === 'string' ? id : undefined)
  }
  return book.capture()
}

async function decodeOrganization(
  document: OrganizationDocument,
  options: Omit<DecodeOptions, 'scenarios'> & { scenarios: ScenarioBook },
  context: ValidationContext,
): Promise<UniverseState> {
  const { org_id: orgId = DEFAULT_ORG_ID, name = orgId, ids_given: given = 0 } = document
  const clock = document.clock === undefined ? options.clock : decodeClock(document.clock)
  const ids = options.ids(orgId, given)
  const filling = { orgId, ids, now: clock.now, scenarios: options.scenarios }
  const sessions: SessionRecord[] = []
  for (const [index, session] of (document.sessions ?? []).entries()) {
    context.path.push('sessions', index)
    sessions.push(...(await decodeSession(session, filling, context)))
    context.path.length -= 2
  }
  const records = { ...decodeRecords(document, filling), sessions }
  reportTwins(records, context)
  return { orgId, name, clock, idsGiven: ids.given, records }
}

function decodeRecords(
  document: OrganizationDocument,
  { ids, now }: Filling,
): Omit<RecordsState, 'sessions'> {
  return {
    secrets: (document.secrets ?? []).map(({ id, created_at, ...secret }) => ({
      type: 'key-value' as const,
      value: '',
      sensitive: true,
      note: '',
      ...secret,
      id: id ?? `secret-${ids.hex()}`,
      createdAt: instantOr(now, created_at),
    })),
    attachments: (document.attachments ?? []).map((attachment) => ({
      id: attachment.id ?? randomUuid(ids),
      name: attachment.name,
      contentType: attachment.content_type ?? 'application/octet-stream',
      bytes: Buffer.from(attachment.base64 ?? '', 'base64'),
      createdAt: instantOr(now, attachment.created_at),
    })),
    knowledge: (document.knowledge ?? []).map((note) => ({
      id: note.id ?? `note-${ids.hex()}`,
      name: note.name,
      body: note.body ?? '',
      triggerDescription: note.trigger_description ?? '',
      macro: note.macro ?? null,
      parentFolderId: note.parent_folder_id ?? null,
      pinnedRepo: note.pinned_repo ?? null,
      createdAt: instantOr(now, note.created_at),
      createdBy: note.created_by ?? null,
    })),
    folders: (document.folders ?? []).map((folder) => ({
      id: folder.id ?? `folder-${ids.hex()}`,
      name: folder.name,
      description: folder.description ?? '',
      createdAt: instantOr(now, folder.created_at),
    })),
    playbooks: (document.playbooks ?? []).map((playbook) => ({
      id: playbook.id ?? `playbook-${ids.hex()}`,
      title: playbook.title,
      body: playbook.body,
      macro: playbook.macro ?? null,
      status: playbook.status ?? 'published',
      createdAt: instantOr(now, playbook.created_at),
      createdBy: playbook.created_by ?? null,
      updatedAt: instantOr(instantOr(now, playbook.created_at), playbook.updated_at),
      updatedBy: playbook.updated_by ?? playbook.created_by ?? null,
    })),
    auditLog: (document.audit_logs ?? []).map((entry) => ({
      id: entry.id ?? `audit_log-${ids.hex()}`,
      action: entry.action,
      createdAt: instantOr(now, entry.created_at),
      userId: entry.user_id ?? null,
      subjectId: entry.subject_id,
    })),
  }
}

/** What the store would refuse is told before anything is stored. */
function reportTwins(records: RecordsState, context: ValidationContext): void {
  const check = (kind: string, member: string, texts: readonly (string | null)[]) => {
    const seen = new Set<string | null>([null])
    for (const [index, text] of texts.entries()) {
      if (text !== null && seen.has(text))
        report(context, [kind, index, member], `another one has this ${member}`, text)
      seen.add(text)
    }
  }
  for (const [kind, list] of Object.entries(records)) {
    check(
      kind,
      'id',
      list.map(({ id }: { id: string }) => id),
    )
  }
  check(
    'secrets',
    'key',
    records.secrets.map(({ key }) => key),
  )
  check(
    'playbooks',
    'macro',
    records.playbooks.map(({ macro }) => macro),
  )
  const prompts = records.sessions.map(({ answersForPrompt, prompt }) => (answersForPrompt ? prompt : null))
  check('sessions', 'prompt', prompts)
}

function decodeKeys(
  inputs: readonly unknown[],
  orgId: string,
  before: readonly RegisteredKey[],
  context: ValidationContext,
): RegisteredKey[] {
  const keys: RegisteredKey[] = []
  for (const [index, input] of inputs.entries()) {
    context.path.push('keys', index)
    const issues = context.issues.length
    const { key, user_id, user } = validateKey(
      typeof input === 'string' ? { key: input } : input,
      context,
    ) as {
      key: string
      user_id?: string
      user?: NonNullable<RegisteredKey['user']>
    }
    if (context.issues.length === issues) {
      const person = user ?? (user_id === undefined ? undefined : userOf(user_id))
      const registered = { key, orgId, ...(person !== undefined && { user: person }) }
      // The key itself stays out of the message.
      if (!isKey(registered)) report(context, [], 'not a v1 key (apk_user_… or apk_…)', null)
      if ([...before, ...keys].some((other) => other.key === key))
        report(context, [], 'the same key as an earlier one', null)
      keys.push(registered)
    }
    context.path.length -= 2
  }
  return keys
}

function isKey(key: RegisteredKey): boolean {
  try {
    new KeyRing({ keys: [key] })
    return true
  } catch {
    return false
  }
}

function report(
  context: ValidationContext,
  at: ValidationIssue['loc'],
  reason: string,
  input: unknown,
): void {
  const loc = [...context.path, ...at]
  context.issues.push({ type: 'value_error', loc, msg: `Value error, ${reason}`, input, ctx: { error: {} } })
}
