import { unixSeconds } from '../../base/clock.ts'
import type { AutomationRecord } from '../../resources/automations.ts'
import {
  type Action,
  RULE_OPERATORS,
  SCHEDULE_EVENT,
  type Trigger,
  WEBHOOK_EVENT,
} from '../../simulation/automation-settings.ts'
import { OPERATORS } from '../../simulation/conditions.ts'
import type {
  AutomationAction,
  AutomationResponse,
  AutomationTrigger,
  AutomationWebhook,
} from './contract.ts'

/** Returns the wire form of an automation. `webhook` is its webhook, if it has one. */
export function automationResponse(
  automation: AutomationRecord,
  webhook: Required<AutomationWebhook>,
): AutomationResponse {
  const { settings, createdBy, lastInvocation } = automation
  return {
    automation_id: automation.id,
    name: settings.name,
    triggers: settings.triggers.map((trigger) => triggerResponse(trigger, webhook)),
    actions: settings.actions.map(actionResponse),
    run_as: settings.run_as,
    enabled: settings.enabled,
    concurrency: settings.concurrency,
    created_at: unixSeconds(automation.createdAt),
    created_by: createdBy && { id: createdBy.id, name: createdBy.name },
    last_invocation: lastInvocation && {
      status: lastInvocation.status,
      fired_at: unixSeconds(lastInvocation.firedAt),
    },
    limits: settings.limits,
    metadata: settings.metadata,
    session_settings: settings.session_settings,
    updated_at: unixSeconds(automation.updatedAt),
  }
}

function triggerResponse(trigger: Trigger, { url, secret }: Required<AutomationWebhook>): AutomationTrigger {
  const { event_type, conditions, replies } = trigger
  return {
    event_type,
    // The contract at hand lacks one of the operators.
    conditions: conditions as AutomationTrigger['conditions'],
    replies: [...replies],
    webhook: event_type === WEBHOOK_EVENT ? { url, secret } : null,
  }
}

/** `session` is the only member that cannot be null. */
function actionResponse({ type, prompt, session }: Action): AutomationAction {
  return {
    type,
    prompt,
    ...(session !== null && { session: session as AutomationAction['session'] & object }),
  }
}

/** Returns the events that start an automation of this server, and how their members can be tested. */
export function automationSchemas(): Record<string, unknown> {
  return {
    event_types: [
      {
        event_type: WEBHOOK_EVENT,
        // A condition can name every member of an event, which the sender defines.
        fields: null,
        operators: OPERATORS.filter((operator) => operator !== 'recurrence'),
        replies: [],
      },
      { event_type: SCHEDULE_EVENT, fields: ['rrule'], operators: RULE_OPERATORS, replies: [] },
    ],
  }
}
