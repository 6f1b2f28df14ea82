import { type Answer, type Api, NOWHERE } from '../api.ts'
import { answers, CHOICE, type Check, type Checks, PERMISSIONS, reads, TIME } from '../check.ts'
import { Untestable } from '../errors.ts'
import {
  type Body,
  expectThat,
  fits,
  hasMembers,
  holdsForAll,
  isAsWritten,
  isEmpty,
  isSorted,
  refuses,
} from '../expect.ts'
import { created, itemsOf, make, PROMPT } from '../things.ts'

const V3 = '/v3/organizations/{org}/sessions'
const MEMBERS = 23
const PULL_REQUEST_STATES = ['open', 'merged', 'closed']

/** Resolves with the answer to the creation of a session. Those with another label are further sessions. */
export const newV3Session = (api: Api, label = ''): Promise<Answer> =>
  make(api, V3, { prompt: `${PROMPT} ${api.name}`, tags: [api.name] }, label)

/** Resolves with the path of a session. */
export const pathOf = async (api: Api, label = ''): Promise<string> =>
  `${V3}/${created(await newV3Session(api, label)).session_id}`

/** Resolves with the path of a terminated session, and the answer to its termination. */
export const endedV3 = (api: Api) =>
  api.once('v3 ended', async () => {
    const path = await pathOf(api, 'ended')
    const answer = await api.call('DELETE', path)
    return { path, answer }
  })

const listed = async (api: Api, query: string) => {
  const answer = await api.call('GET', `${V3}?${query}`)
  return { answer, page: created(answer), items: itemsOf(answer) }
}

/** Returns a check that a query selects no sessions. */
const selectsNone =
  (query: string): Check =>
  async (api) => {
    const { answer, items } = await listed(api, query)
    isEmpty(answer, items, 'sessions')
  }

/** Returns a check that all sessions that a query selects have a value in a member. */
const selects =
  (query: string, member: string, value: unknown): Check =>
  async (api) => {
    if (api.sessions) created(await newV3Session(api))
    const { answer, items } = await listed(api, query)
    holdsForAll(answer, items, (item) => item[member] === value, {
      expected: `sessions whose \`${member}\` is ${value}`,
      got: 'others, too',
    })
  }

/** Returns a check of members of a new session. */
const isNew =
  (expected: Body): Check =>
  async (api) => {
    const answer = await newV3Session(api)
    hasMembers(answer, created(answer), expected)
  }

/** Returns a check of a session that must be refused. */
const refused =
  (body: Body): Check =>
  async (api) =>
    refuses(await api.call('POST', V3, { body: { prompt: PROMPT, ...body } }), 400)

/** The checks of sessions of v3. */
export const v3Sessions: Checks = {
  'GET /v3/organizations/{org_id}/sessions': {
    'the operation': reads(`${V3}?first=2`),
    'order of the list': async (api) => {
      const own = api.sessions
        ? [await newV3Session(api), await newV3Session(api, 'second')].map((one) => created(one).session_id)
        : []
      const { answer, items } = await listed(api, 'first=50')
      isSorted(answer, items, { by: 'created_at', isNewestFirst: true, own: ['session_id', ...own] })
    },
    '`total`, as in lists of other records of an organization': async (api) => {
      const { answer, page, items } = await listed(api, 'first=200')
      expectThat(answer, typeof page.total === 'number' && page.total >= items.length, {
        claim: 'member total',
        expected: 'a `total` of all sessions',
      })
    },
    '`end_cursor` on the last page, as in lists of other records of an organization': async (api) => {
      const { answer, page } = await listed(api, 'first=200')
      if (page.has_next_page !== false) throw new Untestable('there are more sessions than a page has')
      hasMembers(answer, page, { end_cursor: null })
    },
    filters: selectsNone(`tags=${NOWHERE}`),
    '`created_after`, `created_before`, `updated_after` and `updated_before`':
      selectsNone('created_after=7258118400'),
    '`origins=scheduled`': selects('origins=scheduled', 'origin', 'automation'),
    'archived sessions': selects('is_archived=false', 'is_archived', false),
  },
  'POST /v3/organizations/{org_id}/sessions': {
    'the operation': async (api) => refuses(await api.call('POST', V3, { body: {} }), 422),
    answer: async (api) => {
      const answer = await newV3Session(api)
      const session = await fits(answer)
      hasMembers(answer, session, { status: 'new', child_session_ids: null, status_detail: null })
      expectThat(answer, Object.keys(session).length === MEMBERS, { expected: `${MEMBERS} members` })
      expectThat(answer, !String(session.session_id).startsWith('devin-'), {
        expected: 'an id without prefix',
      })
    },
    '`user_id` and `service_user_id`': async (api) => {
      const { service_user_id } = created(await api.call('GET', '/v3/self'))
      if (service_user_id === undefined) throw new Untestable('needs the key of a service user')
      const answer = await newV3Session(api)
      hasMembers(answer, created(answer), { user_id: 'bot_apk', service_user_id })
    },
    '`title` of a session that was created without': isNew({ title: null }),
    '`acus_consumed`': isNew({ acus_consumed: 0 }),
    '`devin_id`': async (api) => {
      const { session_id } = created(await newV3Session(api))
      const body = { prompt: PROMPT }
      await refuses(await api.call('POST', `${V3}?devin_id=%21`, { body }), 400)
      await refuses(await api.call('POST', `${V3}?devin_id=${session_id}`, { body }), 409)
    },
    'the same request again': async (api) => {
      const { session_id } = created(await newV3Session(api))
      const answer = await newV3Session(api, 'second')
      expectThat(answer, created(answer).session_id !== session_id, {
        expected: 'another session',
        got: 'the same one',
      })
    },
    '`create_as_user_id`': PERMISSIONS,
    '`platform`': refused({ platform: 'fake-devin-conform' }),
    '`devin_mode`': isNew({ devin_mode: 'normal' }),
    'answer to a `structured_output_schema` of more than 64 KB, with an external `$ref`, or that is not Draft 7':
      refused({ structured_output_schema: { $ref: 'https://example.com/schema' } }),
    '`structured_output_required`': TIME,
    '`bypass_approval`': TIME,
    '`child_playbook_id`': 'needs the key of a session',
    '`session_links`': CHOICE,
    '`max_acu_limit`': TIME,
    'parent and children': 'needs the key of a session',
    'answer to an organization without quota': 'needs an organization without quota',
    'a prompt with a marker such as `[fake:suspended]`': CHOICE,
  },
  'GET /v3/organizations/{org_id}/sessions/{devin_id}': {
    'the operation': async (api) => fits(await api.call('GET', await pathOf(api))),
    'ids in the path': async (api) => {
      const { session_id } = created(await newV3Session(api))
      const answer = await api.call('GET', `${V3}/devin-${session_id}`)
      hasMembers(answer, created(answer), { session_id })
    },
    'course of a session': TIME,
    'other values of `status_detail`': TIME,
    '`category` and `subcategory`': isNew({ category: null, subcategory: null }),
    '`structured_output`': isNew({ structured_output: null }),
    'states of pull requests': async (api) => {
      const { answer, items } = await listed(api, 'first=50')
      const states = items.flatMap((item) => item.pull_requests ?? []).map((one) => Object(one).pr_state)
      holdsForAll(answer, states, (state) => PULL_REQUEST_STATES.includes(String(state)), {
        expected: PULL_REQUEST_STATES.join(', '),
        got: 'another value',
      })
    },
    'answer to an unknown id, and to another organization’s': answers('GET', `${V3}/${NOWHERE}`),
  },
  'DELETE /v3/organizations/{org_id}/sessions/{devin_id}': {
    'the operation': async (api) => {
      const { answer } = await endedV3(api)
      hasMembers(answer, await fits(answer), { status: 'exit', status_detail: null })
    },
    'answer to a session that has ended (terminated, expired or failed)': async (api, row) =>
      isAsWritten(await api.call('DELETE', (await endedV3(api)).path), row),
  },
}
