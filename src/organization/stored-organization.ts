import type { AnswerChoices } from '../answers/questions.ts'
import type { StoredClock } from '../base/clock.ts'
import type { Organization } from './organization.ts'

/** An organization without its records, as a database keeps it. */
export interface StoredOrganization {
  readonly name: string
  readonly openedAt: number
  readonly position: number
  readonly clock: StoredClock
  readonly idsIssued: number
  readonly faultsIssued: number
  /** Its own answers to open questions. Default: none. */
  readonly answers?: AnswerChoices
  /** Whether it was written to. */
  readonly isClaimed: boolean
}

/** Returns an organization as a database keeps it. */
export function storedFrom(organization: Organization, isClaimed: boolean): StoredOrganization {
  const { name, openedAt, position, clock, ids, faults, answers } = organization
  const issued = { idsIssued: ids.issued, faultsIssued: faults.issued }
  const chosen = answers.own && { answers: answers.own }
  return { name, openedAt, position, clock: clock.stored, ...issued, ...chosen, isClaimed }
}

/** Gives an organization what a database has kept of it. */
export function fillStored(organization: Organization, stored: StoredOrganization): void {
  organization.name = stored.name
  organization.openedAt = stored.openedAt
  organization.clock.stored = stored.clock
  organization.answers.own = stored.answers
  organization.ids.issued = stored.idsIssued
  organization.faults.issued = stored.faultsIssued
}
