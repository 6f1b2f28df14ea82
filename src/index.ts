import { type FakeDevin, fakeDevinOf } from './client/fake-devin.ts'
import type { NewRule } from './schemas/control/scenarios.ts'
import { startLocal } from './server/engine.ts'
import type { ServerSettings } from './settings/config.ts'
import { ownStartError } from './settings/start-error.ts'
import type { StateDocument } from './state/schema.ts'

export type { AllAnswers, AnswerChoices, AnswerName } from './answers/questions.ts'
export { type ConnectOptions, connectFakeDevin } from './client/connect.ts'
export type { Controls as World } from './client/controls.ts'
export { FakeDevinError } from './client/error.ts'
export type { EventsOptions } from './client/events.ts'
export type { FakeDevin } from './client/fake-devin.ts'
export type { FaultPreset } from './client/faults.ts'
export type { Organization } from './client/organizations.ts'
export type { OpenQuestion } from './fidelity/answers.ts'
export type { FidelityRow } from './fidelity/row.ts'
export type { NewAutomationEvent, StartedSessions } from './schemas/control/automations.ts'
export type { Clock, SetClock } from './schemas/control/clock.ts'
export type { EventKind, LiveEvent } from './schemas/control/events.ts'
export type { FaultSpec, FaultView as ShownFault } from './schemas/control/fault.ts'
export type { RequestEntry } from './schemas/control/journal.ts'
export type { OrganizationList } from './schemas/control/organizations.ts'
export type { ExpectedRequest, Requests, RequestsQuery, Verification } from './schemas/control/requests.ts'
export type { NewRule, Rule, Rules } from './schemas/control/scenarios.ts'
export type {
  NewEvent,
  SessionDetail,
  SessionPage,
  SessionsQuery,
} from './schemas/control/sessions.ts'
export type { Snapshot, SnapshotDiff, SnapshotList } from './schemas/control/snapshots.ts'
export type { GetSessionResponse } from './schemas/v1/sessions.ts'
export type { LogLevel, ServerConfig } from './settings/config.ts'
export { StartError } from './settings/start-error.ts'
export type { Scenario } from './simulation/scenario.ts'
export type { StateDocument } from './state/schema.ts'

/**
 * The options of a fake: the command-line flags in camelCase. The defaults are the same, except for free ports and a silent log. The
 * contents of a seed file or a scenarios file may also be given as data.
 */
export type FakeDevinOptions = ServerSettings & {
  /** The initial state in the format of docs/state.md, instead of a `seedFile`. */
  readonly seed?: StateDocument | undefined
  /** Rules that assign scenarios to sessions, added to those of `scenariosFile`. */
  readonly scenarios?: readonly NewRule[] | undefined
}

/**
 * Starts a fake in this process: `await using devin = await startFakeDevin()`. Rejects with a StartError when an option, a file or the
 * data is invalid, or the address is not available.
 */
export async function startFakeDevin(options: FakeDevinOptions = {}): Promise<FakeDevin> {
  const { send, open, controlToken, close, ...parts } = await startLocal(options).catch((error) => {
    throw ownStartError(error)
  })
  return fakeDevinOf({
    ...parts,
    close: async () => close(),
    control: { url: parts.url, send, open, token: controlToken },
  })
}
