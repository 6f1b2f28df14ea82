import type { Principal } from '../auth/principal.ts'
import type { PlaybookRecord } from '../resources/playbooks.ts'
import { UniqueKeyError } from '../store/types.ts'
import { Conflict, NotFound } from './errors.ts'
import type { Organization } from './organizations.ts'

/** The fields of a playbook that clients set. */
export type PlaybookFields = Pick<PlaybookRecord, 'title' | 'body' | 'macro'>

/** Returns the playbooks of an organization that are not deleted, oldest first. */
export function listPlaybooks({ playbooks }: Organization): Promise<PlaybookRecord[]> {
  return playbooks.list({ where: isPublished })
}

/** Returns a playbook. Throws {@link NotFound}, also if it is deleted. */
export async function getPlaybook({ playbooks }: Organization, id: string): Promise<PlaybookRecord> {
  const playbook = await playbooks.get(id)
  if (playbook === undefined || !isPublished(playbook)) throw new NotFound('playbook')
  return playbook
}

/** Stores a playbook. Throws {@link Conflict} if the macro is taken. */
export async function createPlaybook(
  { playbooks, ids, clock, auditLog }: Organization,
  principal: Principal,
  fields: PlaybookFields,
): Promise<PlaybookRecord> {
  const now = clock.now()
  const playbook: PlaybookRecord = {
    id: `playbook-${ids.hex()}`,
    ...wellFormed(fields),
    status: 'published',
    createdAt: now,
    createdBy: principal.user,
    updatedAt: now,
    updatedBy: principal.user,
  }
  await refuseTakenMacro(playbooks.insert(playbook))
  auditLog.write(principal, 'create_playbook', playbook.id)
  return playbook
}

/** Replaces all fields of a playbook that clients set. Throws {@link NotFound}, or {@link Conflict} if the macro is taken. */
export async function updatePlaybook(
  organization: Organization,
  principal: Principal,
  id: string,
  fields: PlaybookFields,
): Promise<PlaybookRecord> {
  const { clock, auditLog } = organization
  const changes = { ...wellFormed(fields), updatedAt: clock.now(), updatedBy: principal.user }
  const playbook = await refuseTakenMacro(changePublished(organization, id, changes))
  auditLog.write(principal, 'update_playbook', playbook.id)
  return playbook
}

/** Marks a playbook as deleted, which frees its macro, and returns it. Throws {@link NotFound}. */
export async function deletePlaybook(
  organization: Organization,
  principal: Principal,
  id: string,
): Promise<PlaybookRecord> {
  const playbook = await changePublished(organization, id, { status: 'deleted', macro: null })
  organization.auditLog.write(principal, 'delete_playbook', playbook.id)
  return playbook
}

function isPublished(playbook: PlaybookRecord): boolean {
  return playbook.status === 'published'
}

/** Replaces lone surrogates in the macro, which no response could show. Validation rejects them in fields with a length limit. */
function wellFormed({ title, body, macro }: PlaybookFields): PlaybookFields {
  return { title, body, macro: macro?.toWellFormed() ?? null }
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
  if (playbook === undefined) throw new NotFound('playbook')
  return playbook
}

async function refuseTakenMacro<R>(write: Promise<R>): Promise<R> {
  try {
    return await write
  } catch (error) {
    throw error instanceof UniqueKeyError ? new Conflict('playbook') : error
  }
}
