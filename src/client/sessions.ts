import type { NewEvent } from '../schemas/control/sessions.ts'
import type { GetSessionResponse } from '../schemas/v1/sessions.ts'
import type { Control } from './control.ts'

/** Sessions, as whoever pulls the strings behind them sees them. */
export class Sessions {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  /** Makes Devin do something now, `{message: 'Which branch?', status_enum: 'blocked'}`, and gives the session after it. */
  async addEvent(sessionId: string, event: NewEvent): Promise<GetSessionResponse> {
    return this.#control.call('POST /_fake/sessions/{session_id}/events', {
      parameters: { session_id: sessionId },
      body: this.#control.scoped(event),
    })
  }
}
