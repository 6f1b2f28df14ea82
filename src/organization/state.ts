import type { AnswerChoices } from '../answers/questions.ts'
import type { KeyRegistryState } from '../auth/keys.ts'
import type { ClockSettings, ClockState } from '../base/clock.ts'
import { contentsOf, NO_RECORDS, type RecordsState, resourceEntries } from '../resources/index.ts'
import type { ActiveRule } from '../simulation/scenario-rules.ts'
import { sizeOfAll } from '../store/contents.ts'
import type { Organization } from './organization.ts'

/** The state of one organization. */
export interface OrganizationState<Clock extends ClockSettings = ClockState> {
  readonly orgId: string
  /** The display name. */
  readonly name: string
  /** When it was created, in microseconds since the epoch. */
  readonly openedAt: number
  readonly clock: Clock
  /** Its own answers to open questions. Default: none. */
  readonly answers?: AnswerChoices | undefined
  /** The number of ids issued so far. */
  readonly idsIssued: number
  readonly records: RecordsState
  /** The memory that the records take in the store. */
  readonly bytes: number
}

/** The state of an organization without its records. */
export interface OrganizationIdentity
  extends Omit<OrganizationState<ClockSettings>, 'openedAt' | 'records' | 'bytes'> {
  /** Default: the time of its clock. States that an earlier version has stored have none. */
  readonly openedAt?: number
}

/** Returns the state of a new organization, whose name is its id. */
export function newIdentity(orgId: string): OrganizationIdentity {
  return { orgId, name: orgId, clock: {}, idsIssued: 0 }
}

/** Returns the state of a new organization with a clock. */
export function newState(orgId: string, clock: ClockState): OrganizationState {
  return stateWith({ ...newIdentity(orgId), openedAt: clock.now, clock }, NO_RECORDS)
}

/** Returns the current state of an organization, whose records take these bytes in the store. */
export async function captureState(organization: Organization, bytes: number): Promise<OrganizationState> {
  const { orgId, name, openedAt, clock, ids, answers } = organization
  const now = { clock: clock.state(), answers: answers.own, idsIssued: ids.issued }
  // All lists are requested before anything is awaited, so they show the same moment.
  const lists = await Promise.all(
    resourceEntries.map(async ([kind]) => [kind, await organization[kind].list()] as const),
  )
  const records: unknown = Object.fromEntries(lists)
  return { orgId, name, openedAt, ...now, records: records as RecordsState, bytes }
}

/** Returns the state of an organization with these records. */
export function stateWith<State extends object>(state: State, records: RecordsState) {
  return { ...state, records, bytes: sizeOfAll(contentsOf(records)) }
}

/** The state of a server at one moment. It shares the records, since they are immutable. */
export interface ServerState {
  /** The initial clock of new organizations. */
  readonly clock: ClockState
  /** The answers to open questions that were chosen since the start. */
  readonly answers: AnswerChoices
  /** The number of ids issued by the server's own sequence. */
  readonly idsIssued: number
  readonly organizations: readonly OrganizationState[]
  readonly scenarios: readonly ActiveRule[]
  /** The names of all rules, which override built-in scenarios of the same name. */
  readonly overriddenNames: ReadonlySet<string>
  readonly keys: KeyRegistryState
}

/** A state to restore. Omitted members stay as they are; omitted clock settings follow the server's clock. */
export interface NewState extends Partial<Omit<ServerState, 'organizations' | 'clock'>> {
  readonly clock?: ClockSettings
  readonly organizations: readonly OrganizationState<ClockSettings>[]
}
