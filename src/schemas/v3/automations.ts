import { unixSeconds } from '../../base/clock.ts'
import type { AutomationRecord } from '../../resources/automations.ts'
import {
  type Action,
  RULE_OPERATORS,
  SCHEDULE_EVENT,
  type Trigger,
  WEBHOOK_EVENT,
} from '../../simulation/automation-settings.ts'
import { OPERATORS, type Operator } from '../../simulation/conditions.ts'
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

/** The operators of conditions that the members of an event can meet. */
const EVENT_OPERATORS = OPERATORS.filter((operator) => operator !== 'recurrence')

/** A member of an event that a condition can test. */
const member = (operators: readonly Operator[], isRequired = false) => ({ operators, required: isRequired })

const REPOSITORY = { 'repository.full_name': member(EVENT_OPERATORS) }
const ACTION = { action: member(EVENT_OPERATORS) }
const LABEL = { 'label.name': member(EVENT_OPERATORS) }

/**
 * The members of events that conditions are written for, by type. No event is limited to them: tests send those of GitHub, with any
 * members.
 */
const EVENTS: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  // The sender defines the members.
  [WEBHOOK_EVENT]: {},
  [SCHEDULE_EVENT]: { rrule: member(RULE_OPERATORS, true) },
  'github:issues': { ...REPOSITORY, ...ACTION, ...LABEL },
  'github:pull_request': {
    ...REPOSITORY,
    ...ACTION,
    ...LABEL,
    'pull_request.merged': member(EVENT_OPERATORS),
  },
  'github:push': { ...REPOSITORY, ref: member(EVENT_OPERATORS) },
}

/** Returns the events that start an automation, by source and name, and how their members can be tested. */
export function automationSchemas(): Record<string, unknown> {
  const sources: Record<string, Record<string, object>> = {}
  for (const [type, fields] of Object.entries(EVENTS)) {
    const [source, name] = type.split(':') as [string, string]
    sources[source] = {
      ...sources[source],
      [name]: { event_type: type, fields, supported_replies: [] },
    }
  }
  return { sources }
}
