import type { Principal } from '../auth/principal.ts'
import type { PlaybookRecord } from '../resources/playbooks.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import { checkedSchema } from '../simulation/checked-schema.ts'
import { UniqueKeyError } from '../store/types.ts'
import { Conflict, found, Impossible, NotFound } from './errors.ts'
import type { Organization } from './organizations.ts'

/** The fields of a playbook that clients set. */
export interface PlaybookFields extends Pick<PlaybookRecord, 'title' | 'body'> {
  /** Without a value, a change keeps the macro, and a new playbook has none. */
  readonly macro?: string | null | undefined
  /** Without a value, a change keeps the schema, and a new playbook has none. */
  readonly structuredOutputSchema?: Readonly<Record<string, unknown>> | null | undefined
}

/** Returns the playbooks of an organization that are not deleted, oldest first. */
export function listPlaybooks({ playbooks }: Organization): Promise<PlaybookRecord[]> {
  return playbooks.list({ where: isPublished })
}

/** The prefix of ids. Clients send them with and without it. */
const PREFIX = 'playbook-'

function barePlaybookId(id: string): string {
  return id.startsWith(PREFIX) ? id.slice(PREFIX.length) : id
}

/** Returns whether a session was created with a playbook. */
export function usesPlaybook({ playbookId: own }: Pick<SessionRecord, 'playbookId'>, id: string): boolean {
  return own !== null && barePlaybookId(own) === barePlaybookId(id)
}

/** Returns the playbook with an id, where the prefix is optional. It may be deleted. */
export async function findPlaybook(
  { playbooks }: Organization,
  id: string,
): Promise<PlaybookRecord | undefined> {
  return (await playbooks.get(id)) ?? (id.startsWith(PREFIX) ? undefined : playbooks.get(PREFIX + id))
}

/** Returns a playbook. Throws {@link NotFound}, also if it is deleted. */
export async function getPlaybook(organization: Organization, id: string): Promise<PlaybookRecord> {
  const playbook = await findPlaybook(organization, id)
  if (playbook === undefined || !isPublished(playbook)) throw new NotFound('playbook')
  return playbook
}

/** Returns the playbook that a session of an organization uses: one of its own, or of the enterprise. Undefined if it is deleted. */
export async function usedPlaybook(
  organization: Organization,
  id: string | null,
): Promise<PlaybookRecord | undefined> {
  if (id === null) return undefined
  const enterprise = organization.findEnterprise()
  const playbook =
    (await findPlaybook(organization, id)) ?? (enterprise && (await findPlaybook(enterprise, id)))
  return playbook !== undefined && isPublished(playbook) ? playbook : undefined
}

/** Stores a playbook. Throws {@link Conflict} if the macro is taken, or {@link Impossible} for an unusable schema. */
export async function createPlaybook(
  { playbooks, ids, clock, auditLog }: Organization,
  principal: Principal,
  fields: PlaybookFields,
): Promise<PlaybookRecord> {
  const checked = await checkedFields(fields)
  const now = clock.now()
  const playbook: PlaybookRecord = {
    id: `playbook-${ids.hex()}`,
    macro: null,
    structuredOutputSchema: null,
    ...checked,
    status: 'published',
    createdAt: now,
    createdBy: principal.actor,
    updatedAt: now,
    updatedBy: principal.actor,
  }
  await refuseTakenMacro(playbooks.insert(playbook))
  auditLog.write(principal, 'create_playbook', playbook.id)
  return playbook
}

/**
 * Replaces the fields of a playbook that clients set. Throws {@link NotFound}, {@link Conflict} if the macro is taken, or
 * {@link Impossible} for an unusable schema.
 */
export async function updatePlaybook(
  organization: Organization,
  principal: Principal,
  id: string,
  fields: PlaybookFields,
): Promise<PlaybookRecord> {
  const { clock, auditLog } = organization
  const checked = await checkedFields(fields)
  const changes = { ...checked, updatedAt: clock.now(), updatedBy: principal.actor }
  const before = await findPlaybook(organization, id)
  const playbook = await refuseTakenMacro(changePublished(organization, before?.id ?? id, changes))
  auditLog.write(principal, 'update_playbook', playbook.id)
  return playbook
}

/** Marks a playbook as deleted, which frees its macro. Returns it as it was before. Throws {@link NotFound}. */
export async function deletePlaybook(
  organization: Organization,
  principal: Principal,
  id: string,
): Promise<PlaybookRecord> {
  const playbook = await getPlaybook(organization, id)
  await changePublished(organization, playbook.id, { status: 'deleted', macro: null })
  organization.auditLog.write(principal, 'delete_playbook', playbook.id)
  return playbook
}

/** Returns whether a playbook is not deleted. */
export function isPublished(playbook: PlaybookRecord): boolean {
  return playbook.status === 'published'
}

/** Returns the fields that have a value. Replaces lone surrogates in them, which no response could show. Throws {@link Impossible}. */
async function checkedFields({ title, body, macro, structuredOutputSchema: schema }: PlaybookFields) {
  return {
    title: title.toWellFormed(),
    body: body.toWellFormed(),
    ...(macro !== undefined && { macro: macro?.toWellFormed() ?? null }),
    ...(schema !== undefined && { structuredOutputSchema: await checkedSchema(schema, refuseSchema) }),
  }
}

function refuseSchema(reason: string): never {
  throw new Impossible(`structured_output_schema ${reason}`)
}

/** Checks and changes a playbook atomically, so one of two concurrent deletions fails. Throws NotFound or UniqueKeyError. */
async function changePublished(
  { playbooks }: Organization,
  id: string,
  changes: Partial<PlaybookRecord>,
): Promise<PlaybookRecord> {
  const playbook = await playbooks.update(id, (before) => {
    if (!isPublished(before)) throw new NotFound('playbook')
    return { ...before, ...changes }
  })
  return found(playbook, 'playbook')
}

async function refuseTakenMacro<R>(write: Promise<R>): Promise<R> {
  try {
    return await write
  } catch (error) {
    throw error instanceof UniqueKeyError ? new Conflict('playbook') : error
  }
}
