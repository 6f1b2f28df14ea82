import { Type } from '@sinclair/typebox'
import { isSameSecret } from '../base/same-secret.ts'
import { HttpException } from '../fastapi/errors.ts'
import type { ApiInstance } from '../hooks/types.ts'
import type { Organizations } from '../organization/organizations.ts'
import { WEBHOOK_EVENT } from '../simulation/automation-settings.ts'
import { eventAnswer } from './control/automations.ts'

const WebhookParams = Type.Object({ org_id: Type.String(), automation_id: Type.String() })

/** Any JSON, or nothing. */
const Event = Type.Union([Type.Unknown(), Type.Null()])

/** The maximum size of an event, in bytes. The prompts of its sessions contain it. */
const EVENT_BYTES_MAX = 1_048_576

/** Registers the route of the webhooks of automations. Its senders have the secret of the webhook instead of a key. */
export async function webhookRoutes(
  app: ApiInstance,
  { organizations }: { organizations: Organizations },
): Promise<void> {
  // POST /_fake/webhooks/{org_id}/{automation_id}
  app.post(
    '/_fake/webhooks/:org_id/:automation_id',
    {
      schema: { hide: true, params: WebhookParams, body: Event },
      config: { jsonLimit: EVENT_BYTES_MAX },
    },
    async ({ params, body, raw }) => {
      // Loaded by the first event, like the rest of the automations.
      const { findWebhook, receiveEvent } = await import('../organization/automation-runs.ts')
      const webhook = await findWebhook(organizations, params.org_id, params.automation_id)
      if (webhook === undefined) return new HttpException(404, 'Automation not found')
      const secret = String(raw.headers['x-webhook-secret'] ?? '')
      if (!isSameSecret(secret, webhook.secret)) return new HttpException(401, 'Invalid X-Webhook-Secret')
      return eventAnswer(await receiveEvent(webhook, { type: WEBHOOK_EVENT, data: body }))
    },
  )
}
