import { type Api, NOWHERE } from '../api.ts'
import { answers, type Check, type Checks, EFFECT, reads } from '../check.ts'
import { type Body, expectThat, fits, hasMembers, hasStatus, isEmpty, refuses } from '../expect.ts'
import { created, itemsOf, make, PROMPT, remove } from '../things.ts'

const ALL = '/v3/organizations/{org_id}/automations'
const PATH = '/v3/organizations/{org}/automations'
const WEBHOOK = { event_type: 'webhook:incoming', conditions: null }

/** A disabled automation with a webhook, so nothing sets it off. */
const bodyOf = (api: Api, more: Body = {}): Body => ({
  name: api.name,
  run_as: { type: 'organization' },
  enabled: false,
  triggers: [WEBHOOK],
  actions: [{ type: 'start_session', prompt: PROMPT }],
  metadata: { conformance: api.name },
  ...more,
})

const newAutomation = (api: Api, label = '') => make(api, PATH, bodyOf(api), label)
const pathOf = async (api: Api, label = '') =>
  `${PATH}/${created(await newAutomation(api, label)).automation_id}`
const webhookOf = (automation: Body): Body => Object(Object(Object(automation.triggers)[0]).webhook)

const refused =
  (body: Body): Check =>
  async (api) =>
    refuses(await api.call('POST', PATH, { body: bodyOf(api, body) }), 400)

/** The checks of automations. */
export const v3Automations: Checks = {
  [`GET ${ALL}`]: {
    'the operation': reads(`${PATH}?first=2`),
    '`metadata.<key>=<value>` in the query': async (api) => {
      const none = await api.call('GET', `${PATH}?metadata.conformance=${NOWHERE}`)
      isEmpty(none, itemsOf(none), 'automations')
      if (!api.writes) return
      const { automation_id } = created(await newAutomation(api))
      const answer = await api.call('GET', `${PATH}?metadata.conformance=${api.name}`)
      hasMembers(answer, itemsOf(answer)[0], { automation_id })
    },
  },
  [`POST ${ALL}`]: {
    'the operation': async (api) => fits(await newAutomation(api)),
    '`run_as`': 'depends on whose key it is, and on its permissions',
    'events that start an automation': EFFECT,
    'schedule of a `schedule:recurring` trigger': EFFECT,
    '`bypass_approval` of an action’s `session`': EFFECT,
    'webhook of a `webhook:incoming` trigger': async (api) => {
      const answer = await newAutomation(api)
      const { url, secret } = webhookOf(created(answer))
      expectThat(answer, /^https?:/.test(String(url)), { expected: 'a `url` of the webhook' })
      expectThat(answer, /^whsec_[0-9a-f]{32}$/.test(String(secret)), {
        expected: 'a `secret` of `whsec_` and 32 hexadecimal digits',
        got: 'another form',
      })
    },
    'event at the webhook': EFFECT,
    '`conditions`': EFFECT,
    '`limits` and `concurrency`': EFFECT,
    'answer to settings that validation lets through but that cannot work': refused({
      triggers: [WEBHOOK, WEBHOOK],
    }),
  },
  [`GET ${ALL}/schemas`]: {
    'the operation': async (api) => {
      const answer = await api.call('GET', `${PATH}/schemas`)
      hasStatus(answer, 200)
      const recurring = Object(Object(Object(answer.json).sources).schedule).recurring
      expectThat(answer, recurring?.event_type === 'schedule:recurring', {
        expected: '`sources.schedule.recurring` with the `event_type` `schedule:recurring`',
      })
    },
  },
  [`GET ${ALL}/{automation_id}`]: {
    'the operation': async (api) => {
      const answer = await api.call('GET', await pathOf(api))
      hasMembers(answer, webhookOf(await fits(answer)), { secret: null })
    },
    'ids and times': async (api) => {
      const answer = await newAutomation(api)
      const { automation_id, created_at } = created(answer)
      expectThat(answer, /^automation-[0-9a-f]{32}$/.test(String(automation_id)), {
        expected: '`automation-` and 32 hexadecimal digits',
        got: 'another form',
      })
      expectThat(answer, /^\d{10}$/.test(String(created_at)), {
        expected: '`created_at` in Unix seconds',
        got: 'another form',
      })
    },
    '`last_invocation`': EFFECT,
    'answer to an unknown id, to that of a deleted automation, and to another organization’s': answers(
      'GET',
      `${PATH}/automation-${NOWHERE}`,
    ),
  },
  [`PATCH ${ALL}/{automation_id}`]: {
    'the operation': async (api) => {
      const answer = await api.call('PATCH', await pathOf(api, 'changed'), {
        body: { metadata: { changed: 'yes' } },
      })
      hasMembers(answer, await fits(answer), { metadata: { changed: 'yes' }, name: api.name })
    },
    'secret of the webhook': async (api) => {
      const answer = await api.call('PATCH', await pathOf(api), { body: { enabled: false } })
      hasMembers(answer, webhookOf(await fits(answer)), { secret: null })
    },
  },
  [`DELETE ${ALL}/{automation_id}`]: {
    'the operation': async (api) => {
      const { automation_id } = created(await newAutomation(api, 'deleted'))
      const answer = await remove(api, PATH, automation_id)
      hasMembers(answer, await fits(answer), { automation_id })
    },
  },
}
