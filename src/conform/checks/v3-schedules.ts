import { type Api, NOWHERE } from '../api.ts'
import { answers, CHOICE, type Check, type Checks, EFFECT, PERMISSIONS, TIME } from '../check.ts'
import { type Body, expectThat, fits, hasMembers, isSorted, refuses } from '../expect.ts'
import { created, itemsOf, make, PROMPT, remove } from '../things.ts'

const ALL = '/v3/organizations/{org_id}/schedules'
const PATH = '/v3/organizations/{org}/schedules'

/** A schedule that is due once, in 2100, so a run that cannot remove it starts no session. */
const bodyOf = (api: Api, more: Body = {}): Body => ({
  name: api.name,
  prompt: PROMPT,
  schedule_type: 'one_time',
  scheduled_at: '2100-01-01T00:00:00Z',
  ...more,
})

const newSchedule = (api: Api, label = '', more: Body = {}) => make(api, PATH, bodyOf(api, more), label)
const pathOf = async (api: Api) => `${PATH}/${created(await newSchedule(api)).scheduled_session_id}`

const refused =
  (body: Body, status = 400): Check =>
  async (api) =>
    refuses(await api.call('POST', PATH, { body: bodyOf(api, body) }), status)

const listed = async (api: Api, query: string) => {
  const answer = await api.call('GET', `${PATH}?${query}`)
  return { answer, page: created(answer), items: itemsOf(answer) }
}

/** The checks of schedules. */
export const v3Schedules: Checks = {
  [`GET ${ALL}`]: {
    'the operation': async (api) => {
      const answer = await api.call('GET', `${PATH}?limit=2`)
      hasMembers(answer, await fits(answer), { end_cursor: null })
    },
    'order of the list, and `total`': async (api) => {
      const own = api.writes
        ? [await newSchedule(api), await newSchedule(api, 'second')].map(
            (one) => created(one).scheduled_session_id,
          )
        : []
      const { answer, page, items } = await listed(api, 'limit=200')
      expectThat(answer, Number(page.total) >= items.length, { expected: 'a `total` of all schedules' })
      isSorted(answer, items, {
        by: 'created_at',
        isNewestFirst: false,
        own: ['scheduled_session_id', ...own],
      })
    },
    permission: PERMISSIONS,
  },
  [`POST ${ALL}`]: {
    'the operation': async (api) => fits(await newSchedule(api)),
    'sessions of a schedule': EFFECT,
    'number of runs that a request makes up for': EFFECT,
    'cron expressions': TIME,
    'answer to times that do not work: an invalid `frequency`, none for `recurring`, no `scheduled_at` for `one_time`, one in the past or without a time zone':
      async (api) => {
        for (const body of [
          { schedule_type: 'recurring', scheduled_at: null, frequency: 'fake-devin' },
          { schedule_type: 'one_time', scheduled_at: null },
          { scheduled_at: '2020-01-01T00:00:00Z' },
          { scheduled_at: '2100-01-01T00:00:00' },
        ])
          await refuses(await api.call('POST', PATH, { body: bodyOf(api, body) }), 400)
      },
    '`interval_count`': refused({ interval_count: 101 }),
    '`target_devin_id`': refused({ target_devin_id: `devin-${NOWHERE}` }, 404),
    '`create_as_user_id`': PERMISSIONS,
    '`platform`': refused({ platform: 'fake-devin-conform' }),
    '`playbook_id` of an unknown playbook': async (api) => {
      const answer = await newSchedule(api, 'playbook', { playbook_id: `playbook-${NOWHERE}` })
      hasMembers(answer, created(answer).playbook, { title: null })
    },
    '`agent`, `notify_on` and the Slack members': CHOICE,
    '`bypass_approval` and `platform` of the sessions': EFFECT,
  },
  [`GET ${ALL}/{schedule_id}`]: {
    'the operation': async (api) => {
      const answer = await api.call('GET', await pathOf(api))
      hasMembers(answer, await fits(answer), { name: api.name })
    },
    'answer to an unknown id, to that of a deleted schedule, and to another organization’s': answers(
      'GET',
      `${PATH}/schedule-${NOWHERE}`,
    ),
    '`consecutive_failures`, `last_error_at` and `last_error_message`': EFFECT,
  },
  [`PATCH ${ALL}/{schedule_id}`]: {
    'the operation': async (api) => {
      const answer = await api.call('PATCH', await pathOf(api), { body: { prompt: 'changed' } })
      hasMembers(answer, await fits(answer), { prompt: 'changed', name: api.name })
    },
    null: async (api) => {
      const answer = await api.call('PATCH', await pathOf(api), { body: { tags: null, name: null } })
      hasMembers(answer, await fits(answer), { name: api.name })
    },
    'runs after a change of the times, or after it was enabled': EFFECT,
  },
  [`DELETE ${ALL}/{schedule_id}`]: {
    'the operation': async (api) => {
      const { scheduled_session_id } = created(await newSchedule(api, 'deleted'))
      const answer = await remove(api, PATH, scheduled_session_id)
      hasMembers(answer, await fits(answer), { scheduled_session_id })
    },
  },
}
