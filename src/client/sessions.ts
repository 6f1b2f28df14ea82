import type { NewEvent } from '../schemas/control/sessions.ts'
import type { GetSessionResponse } from '../schemas/v1/sessions.ts'
import type { Control } from './control.ts'

/** The sessions, from the side of the test that drives them. */
export class Sessions {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  /** Makes Devin act now, e.g. `{message: 'Which branch?', status_enum: 'blocked'}`, and resolves with the updated session. */
  async addEvent(sessionId: string, event: NewEvent): Promise<GetSessionResponse> {
    return this.#control.call('POST /_fake/sessions/{session_id}/events', {
      parameters: { session_id: sessionId },
      body: this.#control.scoped(event),
    })
  }
}
