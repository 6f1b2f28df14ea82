import type { ClockSettings } from '../base/clock.ts'
import type { NewState, OrganizationState, ServerState } from '../organization/state.ts'
import { byKind, type RecordsState } from '../resources/index.ts'
import type { StateService } from '../state/service.ts'
import type { Snapshots } from '../state/snapshots.ts'
import type { StoredRecord } from '../store/types.ts'
import { packBytes, unpackBytes } from './file-bytes.ts'
import { type KeysData, toKeys, toKeysData } from './keys.ts'
import { toRecord } from './records.ts'
import { nothing, type RowKind } from './row-kind.ts'
import type { ScenarioPool } from './scenario-pool.ts'
import { toRule } from './scenarios.ts'

/** A state as JSON. */
interface StateData extends Omit<NewState, 'organizations' | 'overriddenNames' | 'keys'> {
  readonly organizations: readonly (Omit<OrganizationState<ClockSettings>, 'records'> & {
    readonly records: Readonly<Record<string, readonly StoredRecord[]>>
  })[]
  readonly overriddenNames?: readonly string[]
  readonly keys?: KeysData
}

function toStateData({ organizations, overriddenNames, keys, ...state }: NewState): StateData {
  return {
    ...state,
    ...(overriddenNames !== undefined && { overriddenNames: [...overriddenNames] }),
    ...(keys !== undefined && { keys: toKeysData(keys) }),
    organizations,
  }
}

/** Returns a state from its JSON form. It has the same members as the state that was written. */
function toState(stored: StateData, pool: ScenarioPool): NewState {
  const { organizations, overriddenNames, keys, scenarios, ...state } = stored
  return {
    ...state,
    ...(overriddenNames !== undefined && { overriddenNames: new Set(overriddenNames) }),
    ...(keys !== undefined && { keys: toKeys(keys) }),
    ...(scenarios !== undefined && { scenarios: scenarios.map((rule) => toRule(rule, pool)) }),
    organizations: organizations.map(({ records, ...organization }) => ({
      ...organization,
      // A kind that a later version has added has no list.
      records: byKind<RecordsState>((kind) => (records[kind] ?? []).map((record) => toRecord(record, pool))),
    })),
  }
}

/** The rows of the snapshots. */
export function snapshotRows(snapshots: Snapshots, pool: ScenarioPool): RowKind {
  const ownerOf = (orgId: string) => (orgId === '' ? undefined : orgId)
  return {
    name: 'snapshots',
    read(orgId, name) {
      const snapshot = snapshots.get(name, ownerOf(orgId))
      return snapshot && { position: snapshot.position, ...packBytes(toStateData(snapshot.state)) }
    },
    write(orgId, name, { position = 0, ...packed }) {
      const state = toState(unpackBytes(packed) as StateData, pool) as ServerState
      snapshots.put({ name, orgId: ownerOf(orgId), state, position })
    },
    remove: (orgId, name) => snapshots.drop(name, ownerOf(orgId)),
    clear() {
      for (const { name, orgId } of snapshots.list()) snapshots.drop(name, orgId)
    },
  }
}

/** The row of the state that resets restore. */
export function baselineRow(stateService: StateService, pool: ScenarioPool): RowKind {
  return {
    name: 'baseline',
    read() {
      const { state, seededClocks } = stateService.baseline
      return packBytes({ state: toStateData(state), seededClocks: [...seededClocks] })
    },
    write(_orgId, _id, packed) {
      const { state, seededClocks } = unpackBytes(packed) as {
        readonly state: StateData
        readonly seededClocks: readonly (readonly [string | null, ClockSettings])[]
      }
      const clocks = seededClocks.map(([orgId, settings]) => [orgId ?? undefined, settings] as const)
      stateService.baseline = { state: toState(state, pool), seededClocks: new Map(clocks) }
    },
    remove: nothing,
    clear: nothing,
  }
}
