import type { NewAutomationEvent, StartedSessions } from '../schemas/control/automations.ts'
import type { Control } from './control.ts'

/** The automations, from the side of the services whose events start them. */
export class Automations {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  /**
   * Lets an event happen that a trigger of the automation waits for, e.g. `{event_type: 'github:issues', event: {action: 'opened'}}`, and
   * resolves with the ids of the sessions that it starts. Rejects with FakeDevinError for an unknown automation (404), an event that no
   * trigger waits for (400), a disabled automation (409), and beyond its limits (429).
   */
  async trigger(automationId: string, event: NewAutomationEvent): Promise<StartedSessions> {
    return this.#control.call('POST /_fake/automations/{automation_id}/trigger', {
      parameters: { automation_id: automationId },
      body: this.#control.scoped(event),
    })
  }
}
