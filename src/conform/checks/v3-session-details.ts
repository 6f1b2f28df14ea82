import type { Api } from '../api.ts'
import { type Checks, DATA, PERMISSIONS, reads, TIME } from '../check.ts'
import { Untestable } from '../errors.ts'
import { expectThat, fits, hasMembers, isAsWritten, refuses } from '../expect.ts'
import { created, itemsOf, PROMPT } from '../things.ts'
import { endedV3, pathOf } from './v3-sessions.ts'

const ONE = '/v3/organizations/{org_id}/sessions/{devin_id}'
const COMMAND = 'would run a command on the machine of a session'
const EVENT_ID = /^event-[0-9a-f]{32}$/
const MESSAGE = { message: PROMPT }

/** Resolves with the answer to the request for the messages, and the first one. */
async function messages(api: Api) {
  const answer = await api.call('GET', `${await pathOf(api)}/messages`)
  return { answer, page: created(answer), first: itemsOf(answer)[0] }
}

/** Resolves with the path of an archived session, and the answer to that. */
const archived = (api: Api) =>
  api.once('v3 archived', async () => {
    const path = await pathOf(api, 'archived')
    return { path, answer: await api.call('POST', `${path}/archive`) }
  })

/** The checks of the parts of a session. */
export const v3SessionDetails: Checks = {
  [`POST ${ONE}/archive`]: {
    'the operation': async (api) => {
      const { answer } = await archived(api)
      hasMembers(answer, await fits(answer), { is_archived: true })
    },
    'an archived session': async (api) => {
      const { path, answer } = await archived(api)
      created(answer)
      await refuses(await api.call('POST', `${path}/messages`, { body: MESSAGE }), 400)
      await refuses(await api.call('PUT', `${path}/tags`, { body: { tags: [] } }), 400)
    },
  },
  [`GET ${ONE}/messages`]: {
    'the operation': async (api) => {
      const answer = await api.call('GET', `${await pathOf(api)}/messages`)
      await fits(answer)
      const [first] = itemsOf(answer)
      const isPrompt = String(first?.message).includes(api.name)
      expectThat(answer, isPrompt, { expected: 'the prompt first', got: 'another message' })
    },
    '`total`': async (api) => {
      const { answer, page } = await messages(api)
      hasMembers(answer, page, { total: null })
    },
    '`event_id`': async (api) => {
      const { answer } = await messages(api)
      const ids = itemsOf(answer).map(({ event_id: id }) => String(id))
      const areOrdered = ids.every((id, index) => EVENT_ID.test(id) && id > (ids[index - 1] ?? ''))
      expectThat(answer, areOrdered, {
        expected: '`event-<32 hex>`, in the order of the messages',
        got: 'other ids, or another order',
      })
    },
    '`username`, `user_id` and `origin`': async (api) => {
      const { service_user_id } = created(await api.call('GET', '/v3/self'))
      if (service_user_id === undefined) throw new Untestable('needs the key of a service user')
      const { answer, first } = await messages(api)
      hasMembers(answer, first, { user_id: 'bot_apk', origin: 'api' })
    },
  },
  [`POST ${ONE}/messages`]: {
    'the operation': async (api) =>
      fits(await api.call('POST', `${await pathOf(api)}/messages`, { body: MESSAGE })),
    'answer to a session that has ended, or that is suspended and was created with `resumable: false`':
      async (api, row) => {
        const { path } = await endedV3(api)
        await isAsWritten(await api.call('POST', `${path}/messages`, { body: MESSAGE }), row)
      },
    '`message_as_user_id`': PERMISSIONS,
  },
  [`GET ${ONE}/tags`]: {
    'the operation': async (api) => fits(await api.call('GET', `${await pathOf(api)}/tags`)),
  },
  [`PUT ${ONE}/tags`]: {
    'the operation': async (api) => {
      const path = `${await pathOf(api, 'second')}/tags`
      const tags = ['b', 'a']
      const answer = await api.call('PUT', path, { body: { tags } })
      hasMembers(answer, await fits(answer), { tags })
    },
  },
  [`POST ${ONE}/tags`]: {
    'the operation': async (api) => {
      const path = `${await pathOf(api, 'second')}/tags`
      created(await api.call('PUT', path, { body: { tags: ['b'] } }))
      const answer = await api.call('POST', path, { body: { tags: ['c', 'b'] } })
      hasMembers(answer, await fits(answer), { tags: ['b', 'c'] })
    },
    'more than 50 tags in total': async (api) => {
      const path = `${await pathOf(api, 'second')}/tags`
      created(await api.call('PUT', path, { body: { tags: ['b'] } }))
      const tags = Array.from({ length: 50 }, (_, index) => `t${index}`)
      await refuses(await api.call('POST', path, { body: { tags } }), 400)
    },
  },
  [`GET ${ONE}/attachments`]: {
    'the operation': async (api) => fits(await api.call('GET', `${await pathOf(api)}/attachments`)),
    'files that were not uploaded here': DATA,
  },
  'GET /v3/organizations/{org_id}/sessions/insights': {
    'the operation': reads('/v3/organizations/{org}/sessions/insights?first=1'),
  },
  [`GET ${ONE}/insights`]: {
    'the operation': async (api) => {
      const answer = await api.call('GET', `${await pathOf(api)}/insights`)
      hasMembers(answer, await fits(answer), { analysis: null })
    },
    'the analysis': TIME,
    'events of the timeline, and kinds of action items': TIME,
    '`session_size`': async (api) => {
      const answer = await api.call('GET', `${await pathOf(api)}/insights`)
      hasMembers(answer, created(answer), { session_size: 'xs' })
    },
  },
  [`POST ${ONE}/insights/generate`]: {
    'the operation': async (api) => {
      const path = `${await pathOf(api, 'second')}/insights/generate`
      const answer = await api.call('POST', path)
      hasMembers(answer, await fits(answer), { status: 'started' })
    },
  },
  'POST /v3beta1/organizations/{org_id}/sessions/{devin_id}/command': COMMAND,
}
