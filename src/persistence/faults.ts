import type { CheckedFault } from '../faults/fault.ts'
import { Fault } from '../faults/fault.ts'
import type { StoredFault } from '../faults/faults.ts'
import type { Organizations } from '../organization/organizations.ts'
import type { RowKind } from './row-kind.ts'

/** A fault as JSON, which has no undefined members. */
type FaultData = Pick<StoredFault, 'spec' | 'counters'> & { readonly answer?: CheckedFault['answer'] }

function toFaultData({ spec, answer, counters }: Fault): FaultData {
  return { spec, answer, counters }
}

/** The rows of the faults, with what is left of them. */
export function faultRows(organizations: Organizations): RowKind {
  const { faults } = organizations
  const listOf = (orgId: string) => (orgId === '' ? faults.global : organizations.find(orgId)?.faults)
  return {
    name: 'faults',
    read(orgId, id) {
      const list = listOf(orgId)
      const fault = list && faults.get(id, [list])
      return fault && { position: list.positionOf(fault), data: toFaultData(fault) }
    },
    write(orgId, id, { position = 0, data }) {
      listOf(orgId)?.put(id, { answer: undefined, ...(data as FaultData) }, position)
    },
    remove(orgId, id) {
      listOf(orgId)?.drop(id)
    },
    clear() {
      faults.reset()
    },
  }
}

/** The rows of the retries that are expected of clients whose connection a fault has closed. */
export function retryRows(organizations: Organizations): RowKind {
  const { faults } = organizations
  const { retries } = faults
  return {
    name: 'retries',
    read(_orgId, id) {
      const expected = retries.get(id)
      if (expected === undefined) return undefined
      const { fault, until } = expected
      return { data: { id: fault.id, until, ...toFaultData(fault) } }
    },
    write(_orgId, id, { data }) {
      const stored = data as FaultData & { readonly id: string; readonly until: number }
      const { spec, answer, counters, until } = stored
      const fault = new Fault(stored.id, { spec, answer }, organizations.idsOf(stored.id))
      fault.counters = counters
      retries.set(id, { fault: faults.get(stored.id) ?? fault, until })
    },
    remove: (_orgId, id) => retries.set(id, undefined),
    clear: () => retries.forget(() => true),
  }
}
