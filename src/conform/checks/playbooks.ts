import { type Api, NOWHERE } from '../api.ts'
import { answers, type Check, type Checks, PERMISSIONS, reads } from '../check.ts'
import { type Body, expectThat, fits, hasMembers, hasStatus, isAsWritten, isSorted } from '../expect.ts'
import { created, itemsOf, make, remove } from '../things.ts'

const V1 = '/v1/playbooks'
const V3 = '/v3/organizations/{org}/playbooks'
const TAKEN = 'answer to a macro that another playbook has'
const V1_UNKNOWN = 'answer to an unknown or deleted id'
const V3_UNKNOWN = 'answer to an unknown or deleted id, and to another organization’s'
const V3_MACRO = 'answer to a macro that is not `!` and letters, digits, underscores or hyphens'
const V3_SCHEMA =
  'answer to a `structured_output_schema` that is not Draft 7, refers to another document, or is larger than 64 KB'
const EXTERNAL = { $ref: 'https://example.com/schema' }

const bodyOf = (api: Api, more: Body = {}): Body => ({ title: api.name, body: 'x', ...more })
const macroOf = (api: Api, label: string) => `!${api.name}-${label}`

/** Resolves with the answer to the creation of a playbook with a macro. */
const newPlaybook = (api: Api, path: string, label = 'a') => {
  const macro = macroOf(api, `${path.startsWith(V1) ? 'v1' : 'v3'}-${label}`)
  return make(api, path, bodyOf(api, { macro }), label)
}

/** Returns a check of a second playbook, created or replaced, with a macro that is taken. */
const taken =
  (path: string, isReplaced: boolean): Check =>
  async (api, row) => {
    const { macro } = created(await newPlaybook(api, path))
    const body = bodyOf(api, { macro })
    if (!isReplaced) return isAsWritten(await api.call('POST', path, { body }), row)
    const { playbook_id } = created(await newPlaybook(api, path, 'b'))
    return isAsWritten(await api.call('PUT', `${path}/${playbook_id}`, { body }), row)
  }

/** Returns a check of a playbook of v3 with an invalid member. */
const invalid =
  (member: Body, isReplaced: boolean): Check =>
  async (api, row) => {
    const id = isReplaced ? `/${created(await newPlaybook(api, V3)).playbook_id}` : ''
    const answer = await api.call(isReplaced ? 'PUT' : 'POST', `${V3}${id}`, { body: bodyOf(api, member) })
    await isAsWritten(answer, row)
  }

const one =
  (path: string): Check =>
  async (api) => {
    const { playbook_id } = created(await newPlaybook(api, path))
    const answer = await api.call('GET', `${path}/${playbook_id}`)
    hasMembers(answer, await fits(answer), { playbook_id })
  }

/** Replaces a playbook without naming its macro. Resolves with its id and the answer. */
const replaced = (api: Api, path: string) =>
  api.once(`replaced ${path}`, async () => {
    const { playbook_id: id, macro } = created(await newPlaybook(api, path, 'c'))
    const answer = await api.call('PUT', `${path}/${id}`, { body: bodyOf(api, { body: 'changed' }) })
    return { id, macro, answer }
  })

const unknownPut =
  (path: string): Check =>
  async (api, row) =>
    isAsWritten(await api.call('PUT', `${path}/playbook-${NOWHERE}`, { body: bodyOf(api) }), row)

const ordered =
  (path: string): Check =>
  async (api) => {
    const own: unknown[] = []
    if (api.writes) {
      for (const label of ['a', 'b']) own.push(created(await newPlaybook(api, path, label)).playbook_id)
    }
    const answer = await api.call('GET', path === V3 ? `${path}?first=200` : path)
    isSorted(answer, itemsOf(answer), {
      by: 'created_at',
      isNewestFirst: false,
      own: ['playbook_id', ...own],
    })
  }

/** The checks of playbooks. */
export const playbooks: Checks = {
  'GET /v1/playbooks': {
    'the operation': reads(V1),
    'order of the list': ordered(V1),
  },
  'POST /v1/playbooks': {
    'the operation': async (api) => fits(await newPlaybook(api, V1)),
    'ids, `status` and `access_type`': async (api) => {
      const answer = await newPlaybook(api, V1)
      const playbook = created(answer)
      hasMembers(answer, playbook, { status: 'published', access_type: 'team' })
      expectThat(answer, /^playbook-[0-9a-f]{32}$/.test(String(playbook.playbook_id)), {
        expected: 'a `playbook_id` `playbook-<32 hex>`',
      })
    },
    [TAKEN]: taken(V1, false),
    'format of a macro, and permission to write playbooks': PERMISSIONS,
  },
  'GET /v1/playbooks/{playbook_id}': {
    'the operation': one(V1),
    [V1_UNKNOWN]: answers('GET', `${V1}/playbook-${NOWHERE}`),
  },
  'PUT /v1/playbooks/{playbook_id}': {
    'the operation': async (api, row) => isAsWritten((await replaced(api, V1)).answer, row),
    'an omitted macro': async (api) => {
      const answer = await api.call('GET', `${V1}/${(await replaced(api, V1)).id}`)
      hasMembers(answer, created(answer), { macro: null })
    },
    [TAKEN]: taken(V1, true),
    [V1_UNKNOWN]: unknownPut(V1),
  },
  'DELETE /v1/playbooks/{playbook_id}': {
    'the operation': async (api, row) => isAsWritten(await deleted(api, V1), row),
    'a deleted playbook and its macro': async (api) => {
      created(await deleted(api, V1))
      const { macro } = created(await newPlaybook(api, V1, 'deleted'))
      hasStatus(await make(api, V1, bodyOf(api, { macro }), 'again'), 200)
    },
    [V1_UNKNOWN]: answers('DELETE', `${V1}/playbook-${NOWHERE}`),
  },
  'GET /v3/organizations/{org_id}/playbooks': {
    'the operation': reads(`${V3}?first=2`),
    'order of the list': ordered(V3),
    'required permission, also of the other operations on playbooks': PERMISSIONS,
  },
  'POST /v3/organizations/{org_id}/playbooks': {
    'the operation': async (api) => fits(await newPlaybook(api, V3)),
    '`created_by` and `updated_by`': async (api) => {
      const answer = await newPlaybook(api, V3)
      const { created_by: by, updated_by: last } = created(answer)
      expectThat(answer, typeof by === 'string' && by !== '' && by === last, {
        expected: 'the same id in both',
      })
    },
    [TAKEN]: taken(V3, false),
    [V3_MACRO]: invalid({ macro: 'no macro' }, false),
    [V3_SCHEMA]: invalid({ structured_output_schema: EXTERNAL }, false),
  },
  'GET /v3/organizations/{org_id}/playbooks/{playbook_id}': {
    'an id without its prefix': async (api) => {
      const { playbook_id } = created(await newPlaybook(api, V3))
      const answer = await api.call('GET', `${V3}/${String(playbook_id).replace('playbook-', '')}`)
      hasMembers(answer, await fits(answer), { playbook_id })
    },
    'the operation': one(V3),
    [V3_UNKNOWN]: answers('GET', `${V3}/playbook-${NOWHERE}`),
  },
  'PUT /v3/organizations/{org_id}/playbooks/{playbook_id}': {
    'the operation': async (api) => {
      const { answer } = await replaced(api, V3)
      hasMembers(answer, await fits(answer), { body: 'changed' })
    },
    'omitted `macro` and `structured_output_schema`': async (api) => {
      const { answer, macro } = await replaced(api, V3)
      hasMembers(answer, created(answer), { macro })
    },
    [TAKEN]: taken(V3, true),
    [V3_MACRO]: invalid({ macro: 'no macro' }, true),
    [V3_SCHEMA]: invalid({ structured_output_schema: EXTERNAL }, true),
    [V3_UNKNOWN]: unknownPut(V3),
  },
  'DELETE /v3/organizations/{org_id}/playbooks/{playbook_id}': {
    'the operation': async (api) => {
      const answer = await deleted(api, V3)
      const { macro } = created(await newPlaybook(api, V3, 'deleted'))
      await fits(answer)
      hasStatus(await make(api, V3, bodyOf(api, { macro }), 'again'), 200)
    },
    [V3_UNKNOWN]: answers('DELETE', `${V3}/playbook-${NOWHERE}`),
  },
}

async function deleted(api: Api, path: string) {
  return remove(api, path, created(await newPlaybook(api, path, 'deleted')).playbook_id)
}
