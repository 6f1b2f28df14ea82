import type { Principal } from '../auth/principal.ts'
import type { PlaybookRecord } from '../store/records.ts'
import { UniqueKeyError } from '../store/types.ts'
import { Conflict, NotFound } from './errors.ts'
import type { Organization } from './organizations.ts'

/** What a client says of a playbook. */
export type PlaybookFields = Pick<PlaybookRecord, 'title' | 'body' | 'macro'>

/** The playbooks of an organization that are not deleted, oldest first. */
export function listPlaybooks({ playbooks }: Organization): Promise<PlaybookRecord[]> {
  return playbooks.list({ where: isPublished })
}

/** A playbook. Throws {@link NotFound}, also when it is deleted. */
export async function getPlaybook({ playbooks }: Organization, id: string): Promise<PlaybookRecord> {
  const playbook = await playbooks.get(id)
  if (playbook === undefined || !isPublished(playbook)) throw new NotFound('playbook')
  return playbook
}

/** Stores a playbook. Throws {@link Conflict} when the organization has one with this macro. */
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

/** Replaces all that a client may say of a playbook. Throws {@link NotFound}, or {@link Conflict} when another one has this macro. */
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

/** Validation refuses lone surrogates where it bounds a length; in a macro nothing could ever show them. */
function wellFormed({ title, body, macro }: PlaybookFields): PlaybookFields {
  return { title, body, macro: macro?.toWellFormed() ?? null }
}

/** Checks and changes in one step, so that of two deletions at once one succeeds. Throws NotFound or UniqueKeyError. */
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
