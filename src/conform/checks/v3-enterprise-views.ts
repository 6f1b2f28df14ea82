import { type Api, NOWHERE } from '../api.ts'
import { answers, CHOICE, type Check, type Checks, DATA, PERMISSIONS, reads } from '../check.ts'
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
  refuses,
} from '../expect.ts'
import { created, itemsOf, make, PROMPT, remove } from '../things.ts'
import { newV3Session } from './v3-sessions.ts'

const SESSIONS = '/v3/enterprise/sessions'
const ONE = `${SESSIONS}/{devin_id}`
const LOGS = '/v3/enterprise/audit-logs'
const NOTES = '/v3/enterprise/knowledge/notes'
const PLAYBOOKS = '/v3/enterprise/playbooks'
const DAY = 86_400
/** 2025-01-01, in Unix seconds. */
const START = 1_735_689_600

/** Resolves with the path of the run's session, as the enterprise sees it. */
const sessionPath = async (api: Api) => `${SESSIONS}/${created(await newV3Session(api)).session_id}`

/** Returns a check of a part of the run's session. */
const part =
  (path: string): Check =>
  async (api) =>
    fits(await api.call('GET', `${await sessionPath(api)}${path}`))

/** Returns a check of a list whose items all have a value in a member. */
const selects =
  (path: string, member: string, value: unknown): Check =>
  async (api) => {
    const answer = await api.call('GET', path)
    const items = itemsOf(answer)
    holdsForAll(answer, items, (item) => item[member] === value, {
      expected: `items whose \`${member}\` is ${value}`,
      got: 'others, too',
    })
  }

const selectsNone =
  (path: string): Check =>
  async (api) => {
    const answer = await api.call('GET', path)
    const items = itemsOf(answer)
    isEmpty(answer, items, 'items')
  }

const sorted =
  (path: string): Check =>
  async (api) => {
    const answer = await api.call('GET', path)
    isSorted(answer, itemsOf(answer), { by: 'created_at', isNewestFirst: true })
  }

const newNote = (api: Api, label = '') => make(api, NOTES, { name: api.name, body: 'x', trigger: 'x' }, label)
const newPlaybook = (api: Api, label = '') =>
  make(api, PLAYBOOKS, { title: api.name, body: 'x', macro: `!${api.name}${label}` }, label)

/** The collection, the member with the id, a body to replace one with, and how to create one. */
interface Kind {
  readonly path: string
  readonly id: string
  readonly body: (api: Api) => Body
  readonly create: typeof newNote
}

const note: Kind = {
  path: NOTES,
  id: 'note_id',
  body: ({ name }) => ({ name, body: 'changed', trigger: 'x' }),
  create: newNote,
}
const playbook: Kind = {
  path: PLAYBOOKS,
  id: 'playbook_id',
  body: ({ name }) => ({ title: name, body: 'changed' }),
  create: newPlaybook,
}

const ofEnterprise =
  ({ create }: Kind): Check =>
  async (api) => {
    const answer = await create(api)
    hasMembers(answer, await fits(answer), { access_type: 'enterprise', org_id: null })
  }

const read =
  ({ path, id, create }: Kind): Check =>
  async (api) => {
    const own = created(await create(api))[id]
    const answer = await api.call('GET', `${path}/${own}`)
    hasMembers(answer, await fits(answer), { [id]: own })
  }

const replaced =
  ({ path, id, body, create }: Kind): Check =>
  async (api) => {
    const own = created(await create(api))[id]
    const answer = await api.call('PUT', `${path}/${own}`, { body: body(api) })
    hasMembers(answer, await fits(answer), { [id]: own, body: 'changed' })
  }

const deleted =
  ({ path, id, create }: Kind): Check =>
  async (api) => {
    const own = created(await create(api, '-deleted'))[id]
    const answer = await remove(api, path, own)
    hasMembers(answer, await fits(answer), { [id]: own })
  }

/** Returns a check that an organization does not find something of the enterprise. */
const isHidden =
  ({ id, create }: Kind, collection: string): Check =>
  async (api) => {
    const own = created(await create(api))[id]
    await refuses(await api.call('GET', `/v3/organizations/{org}/${collection}/${own}`), 404)
  }

/** The checks of what an enterprise sees of its organizations. */
export const v3EnterpriseViews: Checks = {
  [`GET ${SESSIONS}`]: {
    'the operation': reads(`${SESSIONS}?first=2`),
    order: sorted(`${SESSIONS}?first=50`),
    cursor: CHOICE,
    '`org_ids`': selectsNone(`${SESSIONS}?org_ids=org-${NOWHERE}`),
    'other parameters': selectsNone(`${SESSIONS}?tags=${NOWHERE}`),
    schedules: CHOICE,
  },
  [`GET ${SESSIONS}/insights`]: { 'the operation': reads(`${SESSIONS}/insights?first=1`) },
  [`GET ${ONE}`]: {
    'the operation': part(''),
    '`org_id`': async (api) => {
      const path = `${await sessionPath(api)}?org_id=org-${NOWHERE}`
      await refuses(await api.call('GET', path), 404)
    },
    'answer to an unknown session': answers('GET', `${SESSIONS}/${NOWHERE}`),
    'an id that two organizations have': CHOICE,
  },
  [`GET ${ONE}/attachments`]: { 'the operation': part('/attachments') },
  [`GET ${ONE}/insights`]: { 'the operation': part('/insights') },
  [`POST ${ONE}/insights/generate`]: {
    'the operation': async (api) =>
      fits(await api.call('POST', `${await sessionPath(api)}/insights/generate`)),
  },
  [`GET ${ONE}/messages`]: { 'the operation': part('/messages') },
  [`POST ${ONE}/messages`]: {
    'the operation': async (api) => {
      const body = { message: PROMPT }
      await fits(await api.call('POST', `${await sessionPath(api)}/messages`, { body }))
    },
  },
  [`POST ${ONE}/tags`]: {
    'the operation': async (api) =>
      fits(await api.call('POST', `${await sessionPath(api)}/tags`, { body: { tags: ['a'] } })),
  },
  'GET /v3/enterprise/queue': {
    'the operation': async (api) => {
      const answer = await api.call('GET', '/v3/enterprise/queue')
      hasStatus(answer, 200)
      const { status } = Object(answer.json)
      expectThat(answer, ['normal', 'elevated', 'high'].includes(String(status)), {
        expected: '`status`: normal, elevated or high',
        got: 'another value',
      })
    },
    'which sessions are in the queue': 'needs to know all sessions',
    'member with the length': async (api) => {
      const answer = await api.call('GET', '/v3/enterprise/queue')
      const { queue_size: size } = created(answer)
      expectThat(answer, typeof size === 'number', { expected: '`queue_size`: number' })
    },
    limits: async (api) => {
      const answer = await api.call('GET', '/v3/enterprise/queue')
      const { queue_size: size, status } = created(answer)
      const expected = Number(size) > 50 ? 'high' : Number(size) > 10 ? 'elevated' : 'normal'
      expectThat(answer, status === expected, { expected: `\`status\`: ${expected}`, got: 'another value' })
    },
  },
  [`GET ${LOGS}`]: {
    'the operation': reads(`${LOGS}?first=2`),
    order: sorted(`${LOGS}?first=50`),
    '`end_cursor`': async (api) => {
      const answer = await api.call('GET', `${LOGS}?first=2`)
      if (itemsOf(answer).length === 0) throw new Untestable('the list is empty')
      const { end_cursor } = created(answer)
      expectThat(answer, typeof end_cursor === 'string', { expected: '`end_cursor`: text' })
    },
    'time range': selectsNone(`${LOGS}?time_after=${START}&time_before=${START}`),
    'answer to another time range': answers(
      'GET',
      `${LOGS}?time_after=${START}&time_before=${START + 101 * DAY}`,
    ),
    actions: CHOICE,
    '`action`': selectsNone(`${LOGS}?action=fake_devin_conform`),
    '`data`': CHOICE,
    'who did it': DATA,
    '`org_id`': DATA,
    'entries of a deleted organization': CHOICE,
  },
  'GET /v3/enterprise/organizations/{org_id}/audit-logs': {
    'the operation': reads('/v3/enterprise/organizations/{org}/audit-logs?first=2'),
    'answer to an unknown organization': answers(
      'GET',
      `/v3/enterprise/organizations/org-${NOWHERE}/audit-logs`,
    ),
  },
  [`GET ${NOTES}`]: {
    'the operation': reads(`${NOTES}?first=2`),
    '`access_type`': selects(`${NOTES}?access_type=enterprise`, 'access_type', 'enterprise'),
    'other parameters': selectsNone(`${NOTES}?search=${NOWHERE}`),
    'whether an organization lists the notes of the enterprise': isHidden(note, 'knowledge/notes'),
  },
  [`POST ${NOTES}`]: {
    'the operation': ofEnterprise(note),
    'answer to a `folder_id` that is not null, also when a note of the enterprise is replaced': async (
      api,
      row,
    ) => {
      const body = { ...note.body(api), folder_id: `folder-${NOWHERE}` }
      await isAsWritten(await api.call('POST', NOTES, { body }), row)
    },
  },
  [`GET ${NOTES}/{note_id}`]: {
    'the operation': read(note),
    'whether it can be a note of an organization': PERMISSIONS,
  },
  [`PUT ${NOTES}/{note_id}`]: { 'the operation': replaced(note) },
  [`DELETE ${NOTES}/{note_id}`]: { 'the operation': deleted(note) },
  'GET /v3/enterprise/knowledge/folders': {
    'the operation': reads('/v3/enterprise/knowledge/folders'),
    'whose folders': DATA,
  },
  [`GET ${PLAYBOOKS}`]: {
    'the operation': reads(`${PLAYBOOKS}?first=2`),
    'whether an organization lists the playbooks of the enterprise': isHidden(playbook, 'playbooks'),
  },
  [`POST ${PLAYBOOKS}`]: {
    'the operation': ofEnterprise(playbook),
    use: DATA,
    'whose macros must differ': DATA,
  },
  [`GET ${PLAYBOOKS}/{playbook_id}`]: {
    'the operation': read(playbook),
    'whether it can be a playbook of an organization': PERMISSIONS,
  },
  [`PUT ${PLAYBOOKS}/{playbook_id}`]: { 'the operation': replaced(playbook) },
  [`DELETE ${PLAYBOOKS}/{playbook_id}`]: { 'the operation': deleted(playbook) },
}
