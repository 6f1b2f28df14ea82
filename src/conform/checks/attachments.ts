import type { Api } from '../api.ts'
import { answers, CHOICE, type Check, type Checks, PERMISSIONS } from '../check.ts'
import { Untestable } from '../errors.ts'
import { expectThat, fits, hasStatus, isAsWritten, redirects } from '../expect.ts'
import { created } from '../things.ts'

const V1 = '/v1/attachments'
const V3 = '/v3/organizations/{org}/attachments'
const UUID = '00000000-0000-0000-0000-000000000000'
const FORM = { 'content-type': 'multipart/form-data; boundary=b' }
const UNKNOWN = 'answer to an unknown attachment, or to a known one with another name'
const OTHER_HOST = 'is about the host of the files, to which a run sends nothing'

/** Sends a form with these parts. */
const send = (api: Api, path: string, parts: readonly string[]) =>
  api.call('POST', path, {
    headers: FORM,
    body: [...parts.map((part) => `--b\r\ncontent-disposition: form-data; ${part}\r\n`), '--b--\r\n'].join(
      '',
    ),
  })

const fileOf = (name: string) => `name="file"; filename="${name}"\r\n\r\nfake-devin-conform`

/** Resolves with the answer to an upload. */
const upload = (api: Api, path = V1, name = 'notes.txt') =>
  api.once(`${path} ${name}`, () => send(api, path, [fileOf(name)]))

/** Returns a check of a form that must be refused. */
const refused =
  (path: string, ...parts: string[]): Check =>
  async (api, row) =>
    isAsWritten(await send(api, path, parts), row)

const repeated = (part: string) => Array.from({ length: 1001 }, () => part)

/** Resolves with the path of an uploaded file, `/attachments/<uuid>/notes.txt`. */
async function uploaded(api: Api): Promise<string> {
  const answer = await upload(api)
  created(answer)
  return pathnameOf(answer.json)
}

function pathnameOf(url: unknown): string {
  const text = String(url)
  if (!URL.canParse(text)) throw new Untestable('needs the URL of a file')
  return new URL(text).pathname
}

/** The checks of attachments. */
export const attachments: Checks = {
  'POST /v1/attachments': {
    'the operation': async (api) => {
      const answer = await upload(api)
      hasStatus(answer, 200)
      expectThat(answer, typeof answer.json === 'string', { expected: 'a JSON string' })
    },
    'form of the URL': async (api, row) => isAsWritten(await upload(api), row),
    'names of files': async (api) => {
      const answer = await upload(api, V1, 'a/b.txt')
      created(answer)
      expectThat(answer, String(answer.json).endsWith('/a_b.txt'), {
        expected: 'a URL that ends in /a_b.txt',
      })
    },
    'content type of a file without one': OTHER_HOST,
    'answer to a form without the file': refused(V1),
    'answer to a multipart body without a boundary': async (api, row) => {
      const headers = { 'content-type': 'multipart/form-data' }
      await isAsWritten(await api.call('POST', V1, { body: 'x', headers }), row)
    },
    'answer to more than 1000 files': refused(V1, ...repeated('name="file"; filename="f"\r\n\r\n')),
    'answer to more than 1000 text fields': refused(V1, ...repeated('name="file"\r\n\r\n')),
    'answer to a text field of more than 1 MiB': async (api, row) =>
      isAsWritten(await send(api, V1, [`name="file"\r\n\r\n${'x'.repeat(2 ** 20 + 1)}`]), row),
    'answer to an upload that is too large': CHOICE,
  },
  'GET /v1/attachments/{uuid}/{name}': {
    'the operation': async (api) => {
      redirects(await api.call('GET', `/v1${await uploaded(api)}`))
    },
    'target of the redirect': CHOICE,
    [UNKNOWN]: answers('GET', `${V1}/${UUID}/f`),
  },
  'GET /attachments/{uuid}/{name}': {
    'the operation': async (api) => {
      redirects(await api.call('GET', await uploaded(api)))
    },
    'answer to an unknown attachment': answers('GET', `/attachments/${UUID}/f`),
  },
  'GET /_fake/storage/{org_id}/{uuid}/{name}': CHOICE,
  'POST /v3/organizations/{org_id}/attachments': {
    'the operation': async (api) => fits(await upload(api, V3)),
    'form of the URL': async (api) => {
      const answer = await upload(api, V3)
      const { url } = created(answer)
      expectThat(answer, /\/attachments\/[0-9a-f-]{36}\/notes\.txt$/.test(String(url)), {
        expected: 'a `url` that ends in /attachments/<uuid>/notes.txt',
      })
    },
    'names of files, forms without the file, and limits': async (api) =>
      hasStatus(await send(api, V3, []), 422),
  },
  'GET /v3/organizations/{org_id}/attachments/{uuid}/{name}': {
    'the operation': async (api) => {
      const { url } = created(await upload(api, V3))
      redirects(await api.call('GET', `/v3/organizations/{org}${pathnameOf(url)}`))
    },
    'required permission': PERMISSIONS,
    [UNKNOWN]: answers('GET', `${V3}/${UUID}/f`),
  },
}
