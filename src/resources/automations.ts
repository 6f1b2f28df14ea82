import { type Static, Type } from '@sinclair/typebox'
import type { Actor } from '../auth/principal.ts'
import { formatInstant } from '../base/clock.ts'
import { AnyObject, DateTime, Nullable, Secret, StringEnum } from '../schemas/types.ts'
import {
  type AutomationSettings,
  checkSettings,
  INVOCATIONS_MAX,
  WEBHOOK_EVENT,
} from '../simulation/automation-settings.ts'
import type { StoredRecord } from '../store/types.ts'
import type { DocumentReader } from './document-reader.ts'
import {
  createdAtOf,
  type DecodeDefaults,
  defineResource,
  Id,
  MaybeActor,
  RecordId,
  StrictObject,
  Text,
  Time,
} from './resource.ts'

const OUTCOMES = ['succeeded', 'failed'] as const

/** An automation, which starts sessions when something happens. Times are in microseconds since the epoch. */
export interface AutomationRecord extends StoredRecord {
  readonly settings: AutomationSettings
  /** The secret that senders to the webhook know; null without a webhook trigger. */
  readonly webhookSecret: string | null
  /** The times of the invocations that count towards the limit, oldest first. */
  readonly invocations: readonly number[]
  readonly lastInvocation: { readonly status: (typeof OUTCOMES)[number]; readonly firedAt: number } | null
  /** The time after which the schedule of its triggers runs next. */
  readonly runsAfter: number
  readonly createdAt: number
  readonly createdBy: Actor | null
  readonly updatedAt: number
}

const AutomationDocument = StrictObject({
  id: RecordId,
  /** The name. */
  name: Text,
  /** What it reacts to, as the API takes it. */
  triggers: Type.Array(AnyObject()),
  /** What it does, as the API takes it. */
  actions: Type.Array(AnyObject()),
  /** As whom it acts, as the API takes it.  */
  run_as: Type.Optional(AnyObject()),
  /** Whether it reacts. Default: yes. */
  enabled: Type.Optional(Type.Boolean()),
  /** How many of its sessions may run at once, as the API takes it; null for any number. Default: null. */
  concurrency: Type.Optional(Nullable(AnyObject())),
  /** Its limits, as the API takes them; null for none. Default: null. */
  limits: Type.Optional(Nullable(AnyObject())),
  /** Texts that the API stores with it. Default: none. */
  metadata: Type.Optional(AnyObject()),
  /** The settings of its sessions, as the API takes them; null for the defaults. Default: null. */
  session_settings: Type.Optional(Nullable(AnyObject())),
  /** The secret that senders to its webhook know; null without a webhook trigger. Default: a new one if it has one. */
  webhook_secret: Type.Optional(Secret(Nullable(Id))),
  /** The times of the invocations that count towards the limit, ISO 8601, oldest first. Default: none. */
  invocations: Type.Optional(Type.Array(DateTime(), { maxItems: INVOCATIONS_MAX })),
  /** Its last invocation; null if there was none. Default: null. */
  last_invocation: Type.Optional(
    Nullable(
      StrictObject({
        /** How it ended. */
        status: StringEnum(OUTCOMES),
        /** When it was, ISO 8601. */
        fired_at: DateTime(),
      }),
    ),
  ),
  /** Its schedule runs at the first of its moments after this time, ISO 8601. Default: now. */
  runs_after: Time,
  created_at: Time,
  created_by: MaybeActor,
  updated_at: Time,
})

type AutomationDocument = Static<typeof AutomationDocument>

/** The automations, which start sessions when something happens. */
export const automations = defineResource({
  name: 'automations',
  document: AutomationDocument,
  encode: (automation: AutomationRecord) => ({
    id: automation.id,
    ...automation.settings,
    webhook_secret: automation.webhookSecret,
    invocations: automation.invocations.map(formatInstant),
    last_invocation: automation.lastInvocation && {
      status: automation.lastInvocation.status,
      fired_at: formatInstant(automation.lastInvocation.firedAt),
    },
    runs_after: formatInstant(automation.runsAfter),
    created_at: formatInstant(automation.createdAt),
    created_by: automation.createdBy,
    updated_at: formatInstant(automation.updatedAt),
  }),
  decode: (automation, defaults, reader) => {
    const settings = settingsOf(automation, reader)
    const createdAt = createdAtOf(automation, defaults, reader)
    const { last_invocation: last = null } = automation
    return {
      id: automation.id ?? `automation-${defaults.ids.hex()}`,
      settings,
      webhookSecret: hasWebhook(settings) ? (automation.webhook_secret ?? newWebhookSecret(defaults)) : null,
      invocations: reader.each('invocations', automation.invocations, (at) => reader.instant([], at, 0)),
      lastInvocation: last && {
        status: last.status,
        firedAt: reader.instant(['last_invocation', 'fired_at'], last.fired_at, 0),
      },
      runsAfter: reader.instant(['runs_after'], automation.runs_after, defaults.now),
      createdAt,
      createdBy: automation.created_by ?? null,
      updatedAt: reader.instant(['updated_at'], automation.updated_at, createdAt),
    }
  },
})

/** Returns whether an automation has a webhook trigger. */
export function hasWebhook({ triggers }: AutomationSettings): boolean {
  return triggers.some(({ event_type: type }) => type === WEBHOOK_EVENT)
}

/** Returns a new secret for the senders to a webhook. */
export function newWebhookSecret({ ids }: Pick<DecodeDefaults, 'ids'>): string {
  return `whsec_${ids.hex()}`
}

/** The settings that stand for those of an invalid document, which is rejected. */
const INVALID: AutomationSettings = {
  name: '',
  triggers: [],
  actions: [],
  run_as: { type: 'organization' },
  enabled: false,
  concurrency: null,
  limits: null,
  metadata: {},
  session_settings: null,
}

function settingsOf(automation: AutomationDocument, reader: DocumentReader): AutomationSettings {
  const { name, triggers, actions, enabled, concurrency, limits, metadata, session_settings } = automation
  const { run_as = { type: 'organization' } } = automation
  const settings = {
    name,
    triggers,
    actions,
    run_as,
    enabled,
    concurrency,
    limits,
    metadata,
    session_settings,
  }
  return checkSettings(settings, reader) ?? INVALID
}
