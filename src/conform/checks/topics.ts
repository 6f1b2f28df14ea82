import { NOWHERE } from '../api.ts'
import { answers, CHOICE, type Check, type Checks, reads } from '../check.ts'
import { Untestable } from '../errors.ts'
import {
  expectThat,
  hasContentType,
  hasMembers,
  hasStatus,
  isAsWritten,
  redirects,
  refuses,
} from '../expect.ts'
import { created, itemsOf, newNote, secrets } from '../things.ts'

const PUBLISHED = 'published by docs.devin.ai, not by the host of the API'
const SECRETS = '/v1/secrets'
const V3_SECRETS = '/v3/organizations/{org}/secrets'
const NOTHING = `/v1/${NOWHERE}`

/** Returns a check of a request for a session that must be refused. */
const refused = (body: unknown): Check => answers('POST', '/v1/sessions', body)

/** The checks of the facts about all operations. */
export const topics: Checks = {
  authentication: {
    'answer to a request without usable `Bearer` credentials': async (api, row) =>
      isAsWritten(await api.call('GET', SECRETS, { key: 'none' }), row),
    'answer to a key that is unknown, revoked, or of another generation of the API (`cog_…`)': async (
      api,
      row,
    ) => isAsWritten(await api.call('GET', SECRETS, { key: 'wrong' }), row),
    'valid keys': CHOICE,
    'owner of a key': 'needs a key whose owner is known',
    'when the key is checked': async (api) => hasStatus(await api.call('GET', NOTHING, { key: 'none' }), 404),
    'another organization’s record': 'needs the keys of two organizations',
  },
  routing: {
    'answer to an unknown path': answers('GET', NOTHING),
    'answer to a method that a path does not have, HEAD and OPTIONS included': answers('OPTIONS', SECRETS),
    'answer to a known path with a trailing slash': async (api) => {
      const answer = await api.call('GET', `${SECRETS}/`)
      const location = redirects(answer)
      expectThat(answer, location.endsWith(SECRETS), {
        claim: 'location',
        expected: `a location that ends in ${SECRETS}`,
        got: 'another one',
      })
    },
  },
  bodies: {
    'answer to a body that is not JSON': refused('{"prompt":   oops}'),
    'answer to an unknown encoding, to nesting deeper than 9,994 levels, and to integers of more than 4,300 digits':
      refused(Buffer.from([0x22, 0xff, 0x22])),
    'answer to a JSON body that is too large': CHOICE,
    'answer to a body that does not match its schema': refused({ title: 'x' }),
    'maximum size of a validation error': CHOICE,
    'maximum size of a form': CHOICE,
    'unknown members of a body and unknown query parameters': reads(`${SECRETS}?fake_devin_conform=1`),
    'answer to an invalid value that JSON cannot represent (NaN, a lone surrogate)':
      refused('{"prompt":NaN}'),
    'numbers that an answer quotes': CHOICE,
  },
  formats: {
    times: async (api) => {
      const { answer, first } = await secrets(api)
      expectThat(answer, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(String(first.created_at)), {
        expected: '`created_at` in UTC with microseconds and `Z`',
        got: 'another form',
      })
    },
    ids: async (api) => {
      const { answer, first } = await secrets(api)
      expectThat(answer, /^secret-[0-9a-f]{32}$/.test(String(first.id)), {
        expected: '`secret-` and 32 hexadecimal digits',
        got: 'another form',
      })
    },
    'members without a value': async (api) => {
      if (api.writes) {
        const answer = await newNote(api)
        return hasMembers(answer, created(answer), { macro: null })
      }
      const answer = await api.call('GET', '/v1/knowledge')
      const [first] = itemsOf(answer, 'knowledge')
      if (first === undefined) throw new Untestable('there are no knowledge entries; needs --writes')
      for (const name of ['macro', 'parent_folder_id', 'pinned_repo', 'created_by']) {
        expectThat(answer, name in first, { expected: `a member \`${name}\`` })
      }
    },
    'content type of JSON': async (api) => hasContentType(await api.call('GET', SECRETS), 'application/json'),
  },
  limits: { 'answer to too many requests': CHOICE, 'maximum size of a session': CHOICE },
  'GET /openapi.json': {
    'the operation': async (api) => {
      const answer = await api.call('GET', '/openapi.json', { key: 'none' })
      hasStatus(answer, 200)
      expectThat(answer, Object(answer.json).openapi === '3.1.0', {
        expected: 'an OpenAPI 3.1.0 document',
        got: 'none',
      })
    },
  },
  'GET /v1-openapi.yaml': PUBLISHED,
  'GET /zh/v1-openapi.yaml': PUBLISHED,
  'failures of v3': {
    'answer beyond the rate limit': CHOICE,
    'answer to a key that expires while it is in use': 'needs a key that expires',
    'answer to a key that is missing, unknown, revoked or expired, and to one without the permission': async (
      api,
      row,
    ) => isAsWritten(await api.call('GET', V3_SECRETS, { key: 'none' }), row),
    'answer to a key that names an organization that it does not belong to':
      'needs the key of one organization and the id of another',
    'answer to a request that does not match its schema': async (api) => {
      const answer = await api.call('POST', V3_SECRETS, { body: {} })
      await refuses(answer, 422, 'Validation error')
      expectThat(answer, Array.isArray(Object(answer.json).errors), {
        claim: 'member errors',
        expected: 'a list `errors`',
      })
    },
    'answer to a `first` or `limit` outside of its published bounds': reads(`${V3_SECRETS}?first=0`),
    'content type of errors': async (api) =>
      hasContentType(await api.call('GET', V3_SECRETS, { key: 'none' }), 'application/problem+json'),
  },
  'lists of v3': {
    'answer to an `after` that no page of the list has ended with': async (api) => {
      await refuses(await api.call('GET', `${V3_SECRETS}?after=x`), 400, 'Invalid cursor')
      hasStatus(await api.call('GET', `${V3_SECRETS}?after=`), 200)
    },
    // A cursor that would be refused.
    '`qs`, which the vendor’s pages list as the parameter of several lists': reads(
      `${V3_SECRETS}?qs=${encodeURIComponent('{"after":"x"}')}`,
    ),
  },
  'the prefix /v3beta1': { 'released operations': reads('/v3beta1/organizations/{org}/secrets?first=1') },
  'GET /v3-openapi.yaml': PUBLISHED,
  'GET /v3-openapi.json': PUBLISHED,
  'GET /zh/v3-openapi.yaml': PUBLISHED,
}
