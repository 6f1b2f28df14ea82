import { type Api, NOWHERE } from '../api.ts'
import { answers, type Checks, DATA, quotes } from '../check.ts'
import {
  type Body,
  expectThat,
  fits,
  hasMembers,
  hasStatus,
  holdsForAll,
  isAsWritten,
  isSorted,
} from '../expect.ts'
import { created, itemsOf, make, newSecret, remove, secretOf } from '../things.ts'

const V1 = '/v1/secrets'
const V3 = '/v3/organizations/{org}/secrets'
const LISTED = ['created_at', 'id', 'key', 'type']

/** Resolves with the answer to the deletion of a secret of v1. */
async function deletedV1(api: Api) {
  const key = `${api.name}-deleted`
  return remove(api, V1, created(await newSecret(api, key)).id)
}

/** Resolves with the answer to the creation of a secret of v3. */
const newV3 = (api: Api, label = 'v3') =>
  make(api, V3, { type: 'key-value', key: `${api.name}-${label}`, value: 'fake-devin-conform' }, label)

const listed = async (api: Api, path = `${V3}?first=200`) => {
  const answer = await api.call('GET', path)
  return { answer, items: itemsOf(answer) }
}

/** The checks of secrets. */
export const secrets: Checks = {
  'GET /v1/secrets': {
    'the operation': async (api) => {
      if (api.writes) created(await newSecret(api))
      const answer = await api.call('GET', V1)
      await fits(answer)
      const hasOnlyThese = (item: Body) => Object.keys(item).sort().join() === LISTED.join()
      holdsForAll(answer, itemsOf(answer), hasOnlyThese, { expected: `items with ${LISTED.join(', ')}` })
    },
    'order of the list': async (api) => {
      const own = api.writes
        ? [await newSecret(api), await newSecret(api, api.name.toUpperCase())].map((one) => created(one).id)
        : []
      const { answer, items } = await listed(api, V1)
      isSorted(answer, items, { by: 'created_at', isNewestFirst: false, own: ['id', ...own] })
    },
  },
  'POST /v1/secrets': {
    'the operation': async (api) => {
      const answer = await api.call('POST', V1, { body: {} })
      hasStatus(answer, 422)
      const issues = [Object(answer.json).detail].flat()
      const names = issues.map((issue) => [Object(issue).loc].flat().at(-1))
      for (const name of ['type', 'key', 'value', 'sensitive'])
        expectThat(answer, names.includes(name), { expected: `an item of \`detail\` for \`${name}\`` })
    },
    'whether `note` is optional': async (api) => hasStatus(await newSecret(api), 200),
    'answer to a new secret': quotes(newSecret),
    'answer to a key that the organization already uses': async (api, row) => {
      created(await newSecret(api))
      await isAsWritten(await api.call('POST', V1, { body: secretOf(api.name) }), row)
    },
    'valid keys': async (api) => {
      created(await newSecret(api))
      hasStatus(await newSecret(api, api.name.toUpperCase()), 200)
    },
  },
  'DELETE /v1/secrets/{secret_id}': {
    'the operation': async (api) => {
      const key = `${api.name}-deleted`
      await fits(await deletedV1(api))
      const { answer, items } = await listed(api, V1)
      expectThat(answer, !items.some((item) => item.key === key), {
        expected: 'a list without the secret',
        got: 'a list with it',
      })
    },
    'answer to a deletion': quotes(deletedV1),
    'answer to an unknown or deleted id, and to another organization’s': answers(
      'DELETE',
      `${V1}/secret-${NOWHERE}`,
    ),
  },
  'GET /v3/organizations/{org_id}/secrets': {
    'the operation': async (api) => {
      if (api.writes) created(await newV3(api))
      const answer = await api.call('GET', `${V3}?first=200`)
      await fits(answer)
      holdsForAll(answer, itemsOf(answer), (item) => !('value' in item), {
        expected: 'items without `value`',
      })
    },
    'order of the list': async (api) => {
      const own = api.writes
        ? [await newV3(api), await newV3(api, 'second')].map((one) => created(one).secret_id)
        : []
      const { answer, items } = await listed(api)
      isSorted(answer, items, { by: 'created_at', isNewestFirst: false, own: ['secret_id', ...own] })
    },
    '`access_type`, `updated_at` and `updated_by`': async (api) => {
      const answer = await newV3(api)
      hasMembers(answer, created(answer), { access_type: 'org', updated_at: null, updated_by: null })
    },
    'a secret of the type `dictionary`, which only older clients of v1 could create': DATA,
  },
  'POST /v3/organizations/{org_id}/secrets': {
    'the operation': async (api) => {
      const answer = await newV3(api)
      const secret = await fits(answer)
      hasMembers(answer, secret, { is_sensitive: true })
      expectThat(answer, !('value' in secret), { expected: 'no `value`' })
    },
    'answer to a key that the organization already uses': async (api, row) => {
      const { key } = created(await newV3(api))
      await isAsWritten(await api.call('POST', V3, { body: { type: 'key-value', key, value: 'x' } }), row)
    },
  },
  'DELETE /v3/organizations/{org_id}/secrets/{secret_id}': {
    'the operation': async (api) => {
      const { secret_id } = created(await newV3(api, 'deleted'))
      const answer = await remove(api, V3, secret_id)
      hasMembers(answer, await fits(answer), { secret_id })
    },
    'answer to an unknown or deleted id, and to another organization’s': answers(
      'DELETE',
      `${V3}/secret-${NOWHERE}`,
    ),
  },
}
