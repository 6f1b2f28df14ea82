import type { OrgQuery } from '../schemas/control/scope.ts'
import type { NewEvent, SessionDetail, SessionPage, SessionsQuery } from '../schemas/control/sessions.ts'
import type { GetSessionResponse } from '../schemas/v1/sessions.ts'
import type { Control } from './control.ts'

/** The sessions, from the side of the test that drives them. */
export class Sessions {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  /** Lists sessions, the newest first: `{limit, cursor, ids}`. Unlike calls of the API, it does not count as a read of them. */
  async list(query: SessionsQuery = {}): Promise<SessionPage> {
    return this.#control.call('GET /_fake/sessions', { query: this.#control.scoped(query) })
  }

  /**
   * Returns everything that is known about a session, with its course and the steps that follow. Does not count as a read of it. Rejects
   * with FakeDevinError (404) for an unknown session.
   */
  async get(sessionId: string, query: OrgQuery = {}): Promise<SessionDetail> {
    return this.#control.call('GET /_fake/sessions/{session_id}', {
      parameters: { session_id: sessionId },
      query: this.#control.scoped(query),
    })
  }

  /**
   * Makes the next step happen now, and later ones of the turn earlier by as much. Resolves with the session after it. Rejects with
   * FakeDevinError for an unknown session (404), one that has ended (400), and if no step follows (409).
   */
  async nextStep(sessionId: string, query: OrgQuery = {}): Promise<SessionDetail> {
    return this.#control.call('POST /_fake/sessions/{session_id}/next-step', {
      parameters: { session_id: sessionId },
      body: this.#control.scoped(query),
    })
  }

  /**
   * Makes Devin act now, e.g. `{message: 'Which branch?', status_enum: 'blocked'}`, and resolves with the updated session. Rejects with
   * FakeDevinError for an unknown session (404) and one that has ended (400).
   */
  async addEvent(sessionId: string, event: NewEvent): Promise<GetSessionResponse> {
    return this.#control.call('POST /_fake/sessions/{session_id}/events', {
      parameters: { session_id: sessionId },
      body: this.#control.scoped(event),
    })
  }
}
