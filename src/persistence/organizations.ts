import type { AnswerChoices } from '../answers/questions.ts'
import type { StoredClock } from '../base/clock.ts'
import type { Organizations } from '../organization/organizations.ts'
import type { StoredOrganization } from '../organization/stored-organization.ts'
import type { Store } from '../store/types.ts'
import { nothing, type RowKind } from './row-kind.ts'

/** What belongs to the server itself. */
interface ServerData {
  readonly clock: StoredClock
  /** The answers to open questions that were chosen since the start. Default: none. */
  readonly answers?: AnswerChoices
  readonly idsIssued: number
  readonly faultsIssued: number
  readonly signingSecret: string
  readonly journal: Organizations['journals']['counters']
}

/** The row of what belongs to the server itself: its clock, the ids issued, the secret that signs addresses. */
export function serverRow(organizations: Organizations): RowKind {
  const { answers, clock, ids, faults, signer, journals } = organizations
  return {
    name: 'server',
    read(orgId) {
      if (orgId !== '') return undefined
      const data: ServerData = {
        clock: clock.stored,
        ...(answers.own && { answers: answers.own }),
        idsIssued: ids.issued,
        faultsIssued: faults.global.issued,
        signingSecret: signer.secret,
        journal: journals.counters,
      }
      return { data }
    },
    write(_orgId, _id, { data }) {
      const stored = data as ServerData
      clock.stored = stored.clock
      answers.own = stored.answers
      ids.issued = stored.idsIssued
      faults.global.issued = stored.faultsIssued
      signer.secret = stored.signingSecret
      journals.counters = stored.journal
    },
    remove: nothing,
    clear: nothing,
  }
}

/** The rows of the organizations: their names, clocks and the ids issued. */
export function organizationRows(organizations: Organizations, store: Store): RowKind {
  const remove = (orgId: string) => {
    organizations.setStored(orgId, undefined)
    // The store would still have it otherwise.
    void store.remove(orgId)
  }
  return {
    name: 'organizations',
    read(orgId) {
      const data = organizations.stored(orgId)
      return data && { position: data.position, data }
    },
    write(orgId, _id, { data }) {
      const stored = data as StoredOrganization
      // Another position: the same batch has removed it and created it again.
      if (organizations.find(orgId)?.position !== stored.position) remove(orgId)
      organizations.setStored(orgId, stored)
    },
    remove,
    clear() {
      for (const { orgId } of organizations.all()) organizations.setStored(orgId, undefined)
    },
  }
}

/** The rows of the ids of deleted organizations. */
export function deletedOrganizationRows({ deleted }: Organizations): RowKind {
  return {
    name: 'deletedOrganizations',
    read(orgId) {
      const position = deleted.positionOf(orgId)
      return position === undefined ? undefined : { position, data: null }
    },
    write: (orgId, _id, { position }) => deleted.set(orgId, position),
    remove: (orgId) => deleted.set(orgId, undefined),
    clear: () => deleted.clear(),
  }
}
