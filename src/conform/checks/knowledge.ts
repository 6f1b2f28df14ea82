import { type Api, NOWHERE } from '../api.ts'
import { answers, type Checks, DATA, PERMISSIONS, reads } from '../check.ts'
import { Untestable } from '../errors.ts'
import { type Body, expectThat, fits, hasMembers, isAsWritten, isEmpty, isSorted } from '../expect.ts'
import { created, itemsOf, make, newNote, remove } from '../things.ts'

const V1 = '/v1/knowledge'
const V3 = '/v3/organizations/{org}/knowledge/notes'
const UNKNOWN = 'answer to an unknown or deleted id, and to another organization’s'
const v1Body = (api: Api): Body => ({ name: api.name, body: 'x', trigger_description: 'x' })
const v3Body = (api: Api): Body => ({ name: api.name, body: api.name, trigger: api.name })

/** Resolves with the answer to the creation of a note of v3. */
const newV3Note = (api: Api, label = '') => make(api, V3, v3Body(api), label)

const v3Items = async (api: Api, query: string) => {
  const answer = await api.call('GET', `${V3}?${query}`)
  return { answer, items: itemsOf(answer) }
}

/** Replaces the note of v1 that has a macro and a repository, without them. */
const replaced = (api: Api) =>
  api.once('replaced note', async () => {
    const { id } = created(await newNote(api, 'full', { macro: `!${api.name}`, pinned_repo: 'a/b' }))
    return api.call('PUT', `${V1}/${id}`, { body: v1Body(api) })
  })

/** The checks of knowledge entries. */
export const knowledge: Checks = {
  'GET /v1/knowledge': {
    'the operation': reads(V1),
    'order of the entries': async (api) => {
      const own = api.writes ? [created(await newNote(api)).id, created(await newNote(api, 'second')).id] : []
      const answer = await api.call('GET', V1)
      const items = itemsOf(answer, 'knowledge')
      isSorted(answer, items, { by: 'created_at', isNewestFirst: false, own: ['id', ...own] })
    },
    folders: async (api) => {
      const answer = await api.call('GET', V1)
      expectThat(answer, Array.isArray(Object(answer.json).folders), { expected: 'an array `folders`' })
    },
  },
  'POST /v1/knowledge': {
    'the operation': async (api) => {
      const answer = await newNote(api)
      const { id } = await fits(answer)
      expectThat(answer, /^note-[0-9a-f]{32}$/.test(String(id)), { expected: 'an `id` `note-<32 hex>`' })
    },
    '`created_by` of an entry made with a service key': async (api) => {
      if (api.v1Key.startsWith('apk_user_')) throw new Untestable('needs a service key (apk_…)')
      const answer = await newNote(api)
      hasMembers(answer, created(answer), { created_by: null })
    },
    '`parent_folder_id`, `pinned_repo` and `macro`':
      'an invalid value could be kept by a server that does not check it either',
  },
  'PUT /v1/knowledge/{note_id}': {
    'the operation': async (api) => {
      const answer = await replaced(api)
      hasMembers(answer, await fits(answer), { macro: null, pinned_repo: null })
    },
    'answer to an unknown id': async (api, row) =>
      isAsWritten(await api.call('PUT', `${V1}/note-${NOWHERE}`, { body: v1Body(api) }), row),
  },
  'DELETE /v1/knowledge/{note_id}': {
    'the operation': async (api, row) =>
      isAsWritten(await remove(api, V1, created(await newNote(api, 'deleted')).id), row),
    'answer to an unknown id': answers('DELETE', `${V1}/note-${NOWHERE}`),
  },
  'GET /v3/organizations/{org_id}/knowledge/folders': {
    'the operation': reads('/v3/organizations/{org}/knowledge/folders'),
    'form of a path': DATA,
    'counted notes, and order of the folders': DATA,
  },
  'GET /v3/organizations/{org_id}/knowledge/notes': {
    'the operation': reads(`${V3}?first=2`),
    'order of the list': async (api) => {
      const own = api.writes
        ? [created(await newV3Note(api)).note_id, created(await newV3Note(api, 'second')).note_id]
        : []
      const { answer, items } = await v3Items(api, 'first=200')
      isSorted(answer, items, { by: 'created_at', isNewestFirst: false, own: ['note_id', ...own] })
    },
    'meaning of the filters': async (api) => {
      const { answer, items } = await v3Items(api, `search=${NOWHERE}`)
      isEmpty(answer, items, 'items')
      if (!api.writes) return
      const { note_id } = created(await newV3Note(api))
      const found = await v3Items(api, `search=${api.name.toUpperCase()}`)
      expectThat(
        found.answer,
        found.items.some((item) => item.note_id === note_id),
        {
          expected: 'the note with this name',
          got: 'others only',
        },
      )
    },
    'required permission, also of the other operations on notes and folders': PERMISSIONS,
  },
  'POST /v3/organizations/{org_id}/knowledge/notes': {
    'the operation': async (api) => fits(await newV3Note(api)),
    '`folder_path` of a note outside of folders': async (api) => {
      const answer = await newV3Note(api)
      hasMembers(answer, created(answer), { folder_path: '' })
    },
    '`is_enabled`': async (api) => {
      const answer = await newV3Note(api)
      hasMembers(answer, created(answer), { is_enabled: true })
    },
    'answer to an unknown `folder_id`': async (api, row) =>
      isAsWritten(
        await api.call('POST', V3, { body: { ...v3Body(api), folder_id: `folder-${NOWHERE}` } }),
        row,
      ),
  },
  'GET /v3/organizations/{org_id}/knowledge/notes/{note_id}': {
    'the operation': async (api) => {
      const { note_id } = created(await newV3Note(api))
      const answer = await api.call('GET', `${V3}/${note_id}`)
      hasMembers(answer, await fits(answer), { note_id })
    },
    [UNKNOWN]: answers('GET', `${V3}/note-${NOWHERE}`),
  },
  'PUT /v3/organizations/{org_id}/knowledge/notes/{note_id}': {
    'the operation': async (api) => {
      const answer = await replacedV3(api)
      hasMembers(answer, await fits(answer), { body: 'changed' })
    },
    'omitted `folder_id` and `pinned_repo`': async (api) => {
      const answer = await replacedV3(api)
      hasMembers(answer, created(answer), { folder_id: null, pinned_repo: null })
    },
    'omitted `is_enabled`, and the macro, which v3 cannot set': async (api) => {
      const answer = await replacedV3(api)
      hasMembers(answer, created(answer), { is_enabled: false })
    },
    'answer to an unknown `folder_id`': async (api, row) => {
      const { note_id } = created(await newV3Note(api))
      const body = { ...v3Body(api), folder_id: `folder-${NOWHERE}` }
      await isAsWritten(await api.call('PUT', `${V3}/${note_id}`, { body }), row)
    },
    [UNKNOWN]: async (api, row) =>
      isAsWritten(await api.call('PUT', `${V3}/note-${NOWHERE}`, { body: v3Body(api) }), row),
  },
  'DELETE /v3/organizations/{org_id}/knowledge/notes/{note_id}': {
    'the operation': async (api) => {
      const { note_id } = created(await newV3Note(api, 'deleted'))
      const answer = await remove(api, V3, note_id)
      hasMembers(answer, await fits(answer), { note_id })
    },
    [UNKNOWN]: answers('DELETE', `${V3}/note-${NOWHERE}`),
  },
}

/** Replaces a disabled note of v3 that has a repository, without naming either. */
const replacedV3 = (api: Api) =>
  api.once('replaced v3 note', async () => {
    const body = { ...v3Body(api), is_enabled: false, pinned_repo: 'a/b' }
    const { note_id } = created(await make(api, V3, body, 'full'))
    return api.call('PUT', `${V3}/${note_id}`, { body: { ...v3Body(api), body: 'changed' } })
  })
