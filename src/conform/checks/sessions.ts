import { type Api, NOWHERE } from '../api.ts'
import { answers, CHOICE, type Check, type Checks, STARTS_WORK, TIME } from '../check.ts'
import { Untestable } from '../errors.ts'
import {
  type Body,
  expectThat,
  fits,
  hasMembers,
  hasStatus,
  holdsForAll,
  isAsWritten,
  isEmpty,
  isSorted,
} from '../expect.ts'
import { created, itemsOf, make, PROMPT, remove } from '../things.ts'

const V1 = '/v1/sessions'
const UNKNOWN = 'answer to an unknown id, and to another organization’s'
/** The published values of `status`. */
const STATUSES = ['new', 'claimed', 'running', 'resuming', 'suspended', 'finished', 'error', 'exit']
const secretOf = (api: Api) => `${api.name}-session`

/** Resolves with the answers to the creation of a session, and to the request for it at once, while it is new. */
export const newSession = (api: Api) =>
  api.once('v1 session', async () => {
    const body = { prompt: `${PROMPT} ${api.name}`, tags: [api.name], unlisted: true }
    const answer = await make(api, V1, body)
    if (answer.status >= 300) return { answer, first: answer }
    return { answer, first: await api.call('GET', `${V1}/${created(answer).session_id}`) }
  })

/** Resolves with the answers to an idempotent creation, to the same again, and to one with another title. */
const idempotent = (api: Api) =>
  api.once('v1 idempotent', async () => {
    const session_secrets = [{ key: secretOf(api), value: 'fake-devin-conform' }]
    const body = { prompt: `${PROMPT} ${api.name} again`, idempotent: true, session_secrets }
    const answer = await make(api, V1, body, 'idempotent')
    created(answer)
    const again = await api.call('POST', V1, { body })
    return { answer, again, other: await api.call('POST', V1, { body: { ...body, title: 'x' } }) }
  })

/** Resolves with the id of a session that was terminated, and the answer to that. */
const ended = (api: Api) =>
  api.once('v1 ended', async () => {
    const { session_id: id } = created((await idempotent(api)).answer)
    const answer = await remove(api, V1, id)
    return { id, answer }
  })

const listed = async (api: Api, query: string) => {
  const answer = await api.call('GET', `${V1}?${query}`)
  return { answer, items: itemsOf(answer, 'sessions') }
}

const idsOf = (items: readonly Body[]) => items.map((item) => item.session_id)

/** Returns a check that the session is in the list that the query selects. */
const isListed =
  (queryOf: (api: Api) => string): Check =>
  async (api) => {
    const { session_id } = created((await newSession(api)).answer)
    const { answer, items } = await listed(api, queryOf(api))
    expectThat(answer, idsOf(items).includes(session_id), { expected: 'the session', got: 'others only' })
  }

const firstMessage = async (api: Api, expected: Body) => {
  const { first } = await newSession(api)
  const [message] = itemsOf(first, 'messages')
  hasMembers(first, message, expected)
}

const first =
  (expected: Body): Check =>
  async (api) => {
    const { first } = await newSession(api)
    hasMembers(first, created(first), expected)
  }

/** The checks of sessions of v1. */
export const sessions: Checks = {
  'GET /v1/sessions': {
    'the operation': async (api) => {
      const answer = await api.call('GET', `${V1}?limit=2`)
      await fits(answer)
      const items = itemsOf(answer, 'sessions')
      expectThat(answer, !items.some((item) => 'messages' in item), { expected: 'items without `messages`' })
      expectThat(answer, Object.keys(Object(answer.json)).join() === 'sessions', {
        expected: 'the member `sessions` alone',
      })
    },
    'order of the list': async (api) => {
      const own = api.sessions ? [(await newSession(api)).answer, (await idempotent(api)).answer] : []
      const ids = own.map((answer) => created(answer).session_id)
      const { answer, items } = await listed(api, 'limit=50')
      isSorted(answer, items, { by: 'created_at', isNewestFirst: true, own: ['session_id', ...ids] })
    },
    'bounds of `limit` and `offset`': async (api) => {
      const { answer, items } = await listed(api, 'limit=-1')
      isEmpty(answer, items, 'sessions')
    },
    '`skip`': async (api) => {
      if (api.sessions) {
        await newSession(api)
        await idempotent(api)
      }
      const [all, second] = [await listed(api, 'limit=2'), await listed(api, 'limit=1&skip=1')]
      if (all.items.length < 2) throw new Untestable('there are fewer than two sessions')
      const holds = idsOf(second.items)[0] === idsOf(all.items)[1]
      expectThat(second.answer, holds, { expected: 'the second session', got: 'another list' })
      const both = await listed(api, 'limit=1&skip=1&offset=0')
      expectThat(both.answer, idsOf(both.items)[0] === idsOf(all.items)[1], {
        expected: 'the second session, since `skip` takes precedence',
        got: 'another list',
      })
    },
    'more than one tag': isListed(({ name }) => `tags=${name}&tags=${NOWHERE}`),
    'format of the tags': isListed(({ name }) => `tags=${NOWHERE},${name}`),
    '`user_email`': async (api) => {
      const { answer, items } = await listed(api, `user_email=${NOWHERE}@fake-devin.invalid`)
      isEmpty(answer, items, 'sessions')
    },
    '`unlisted` sessions': isListed(() => 'limit=50'),
  },
  'POST /v1/sessions': {
    'the operation': async (api) => hasStatus(await api.call('POST', V1, { body: {} }), 422),
    answer: async (api, row) => isAsWritten((await newSession(api)).answer, row),
    'answer to the same idempotent request again': async (api, row) =>
      isAsWritten((await idempotent(api)).again, row),
    'which requests are the same': async (api) => {
      const { answer, other } = await idempotent(api)
      hasMembers(other, created(other), { session_id: created(answer).session_id })
    },
    '`status` and `status_enum` of a new session': first({ status: 'running', status_enum: 'working' }),
    'default title': first({ title: null }),
    'unknown ids': STARTS_WORK,
    '`session_secrets`': async (api) => {
      created((await idempotent(api)).answer)
      const answer = await api.call('GET', '/v1/secrets')
      created(answer)
      expectThat(answer, !answer.text.includes(secretOf(api)), {
        expected: 'a list without the secret of a session',
        got: 'a list with it',
      })
    },
    'answer to a `structured_output_schema` that refers to another document': answers('POST', V1, {
      prompt: 'x',
      structured_output_schema: { $ref: 'https://example.com/schema' },
    }),
    'answer to a `structured_output_schema` of more than 64 KB, or that is not a Draft 7 schema': async (
      api,
    ) => {
      const body = { prompt: PROMPT, structured_output_schema: { type: 5 } }
      const answer = await api.call('POST', V1, { body })
      hasStatus(answer, 422)
      hasMembers(answer, Object(answer.json).detail?.[0], { type: 'value_error' })
    },
    '`max_acu_limit`': TIME,
    'answer to an organization without quota': 'needs an organization without quota',
    'a prompt with a marker such as `[fake:suspended]`': CHOICE,
  },
  'GET /v1/sessions/{session_id}': {
    'the operation': async (api) => fits((await newSession(api)).first),
    'ids in the path': async (api) => {
      const { session_id } = created((await newSession(api)).answer)
      const answer = await api.call('GET', `${V1}/${String(session_id).replace('devin-', '')}`)
      hasMembers(answer, created(answer), { session_id })
    },
    'values of `status`': async (api) => {
      if (api.sessions) created((await newSession(api)).answer)
      const { answer, items } = await listed(api, 'limit=50')
      if (items.length === 0) throw new Untestable('there are no sessions')
      holdsForAll(answer, items, ({ status }) => STATUSES.includes(String(status)), {
        expected: STATUSES.join(', '),
        got: 'another value',
      })
    },
    'course of a session': TIME,
    'types of messages': async (api) => firstMessage(api, { type: 'initial_user_message' }),
    'sender of a message': async (api) => firstMessage(api, { origin: 'api' }),
    [UNKNOWN]: answers('GET', `${V1}/${NOWHERE}`),
  },
  'DELETE /v1/sessions/{session_id}': {
    'the operation': async (api) => {
      const answer = await api.call('GET', `${V1}/${(await ended(api)).id}`)
      hasMembers(answer, await fits(answer), { status: 'exit' })
    },
    answer: async (api, row) => isAsWritten((await ended(api)).answer, row),
    'answer to a session that has ended (terminated, expired or failed)': async (api, row) =>
      isAsWritten(await api.call('DELETE', `${V1}/${(await ended(api)).id}`), row),
    'answer to a finished session': TIME,
    '`status` and `status_enum` of a terminated session': async (api) => {
      const answer = await api.call('GET', `${V1}/${(await ended(api)).id}`)
      hasMembers(answer, created(answer), { status: 'exit', status_enum: 'finished' })
    },
    'answer to a user who is not the owner': 'needs the keys of two users',
    [UNKNOWN]: answers('DELETE', `${V1}/${NOWHERE}`),
  },
  'POST /v1/sessions/{session_id}/message': {
    'the operation': async (api, row) => {
      const { session_id } = created((await newSession(api)).answer)
      const body = { message: PROMPT }
      await isAsWritten(await api.call('POST', `${V1}/${session_id}/message`, { body }), row)
    },
    'answer to a suspended session, which receives the message': TIME,
    'a message to a finished session': TIME,
    'answer to a session that has ended, which does not receive the message': async (api, row) => {
      const path = `${V1}/${(await ended(api)).id}/message`
      await isAsWritten(await api.call('POST', path, { body: { message: PROMPT } }), row)
    },
    'answer to an archived session, or a suspended one that cannot be resumed, which do not receive the message':
      'needs a session of v3 in the same organization',
    [UNKNOWN]: answers('POST', `${V1}/${NOWHERE}/message`, { message: PROMPT }),
  },
  'PUT /v1/sessions/{session_id}/tags': {
    'the operation': async (api, row) => {
      const { session_id } = created((await newSession(api)).answer)
      const body = { tags: [api.name, 'x'] }
      await isAsWritten(await api.call('PUT', `${V1}/${session_id}/tags`, { body }), row)
    },
    'which tags are replaced, and the maximum number': async (api) => {
      const path = `${V1}/${(await ended(api)).id}`
      created(await api.call('PUT', `${path}/tags`, { body: { tags: ['a', 'b'] } }))
      created(await api.call('PUT', `${path}/tags`, { body: { tags: ['b'] } }))
      const answer = await api.call('GET', path)
      hasMembers(answer, created(answer), { tags: ['b'] })
    },
    [UNKNOWN]: answers('PUT', `${V1}/${NOWHERE}/tags`, { tags: [] }),
  },
}
