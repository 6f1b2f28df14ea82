import type { LightMyRequestResponse } from 'fastify'
import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { checkAgainstContract, startV3, V3_KEY, type V3Fake } from '../../v3.ts'

const elsewhere = '/v3/organizations/org-other'

interface Upload {
  readonly part?: string
  readonly content?: string
  readonly key?: string
}

/** Sends a form to the upload operation of the default organization. */
async function upload(
  t: Parameters<typeof startV3>[0],
  { call }: V3Fake,
  { part = 'name="file"; filename="a b.txt"', content = 'hello', key = V3_KEY }: Upload = {},
): Promise<LightMyRequestResponse> {
  const path = `/v3/organizations/${DEFAULT_ORG_ID}/attachments`
  const response = await call('POST', path, {
    payload: `--b\r\ncontent-disposition: form-data; ${part}\r\ncontent-type: text/plain\r\n\r\n${content}\r\n--b--\r\n`,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'multipart/form-data; boundary=b' },
  })
  checkAgainstContract(t, 'POST', path, response)
  return response
}

/** Returns the path of a file below its organization. */
function pathOf({ attachment_id: id, name }: { attachment_id: string; name: string }): string {
  return `/attachments/${id}/${encodeURIComponent(name)}`
}

t.test('POST /v3/organizations/{org_id}/attachments answers with id, name and URL of the file', async (t) => {
  const fake = await startV3(t)

  const uploaded = await upload(t, fake)

  t.equal(uploaded.statusCode, 200)
  const { attachment_id } = uploaded.json()
  t.match(attachment_id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  t.equal(
    uploaded.body,
    JSON.stringify({
      attachment_id,
      name: 'a b.txt',
      url: `http://localhost:80/attachments/${attachment_id}/a%20b.txt`,
    }),
  )
  t.match(await fake.organization.auditLog.list(), [
    { action: 'upload_attachment', subjectId: attachment_id },
  ])
})

t.test('POST /v3/organizations/{org_id}/attachments answers 422 without a file', async (t) => {
  const fake = await startV3(t)

  const missing = await upload(t, fake, { part: 'name="other"; filename="a"' })
  const text = await upload(t, fake, { part: 'name="file"' })

  t.match([missing.statusCode, missing.json().errors], [422, [{ type: 'missing', loc: ['body', 'file'] }]])
  t.match([text.statusCode, text.json().errors], [422, [{ type: 'value_error', loc: ['body', 'file'] }]])
})

t.test('POST /v3/organizations/{org_id}/attachments requires UseDevinSessions', async (t) => {
  const keys = new KeyRegistry({
    keys: [
      { key: 'cog_user', permissions: ['UseDevinSessions'] },
      { key: 'cog_other', permissions: ['ManageOrgSecrets'] },
    ],
  })
  const fake = await startV3(t, { keys })

  t.equal((await upload(t, fake, { key: 'cog_other' })).statusCode, 403)
  const uploaded = await upload(t, fake, { key: 'cog_user' })
  t.equal(uploaded.statusCode, 200)
  const headers = { authorization: 'Bearer cog_other' }
  const download = await fake.org('GET', pathOf(uploaded.json()), undefined, headers)
  t.equal(download.statusCode, 403, 'so does a download')
})

t.test(
  'GET /v3/organizations/{org_id}/attachments/{uuid}/{name} redirects to the file, without a key for a minute',
  async (t) => {
    const fake = await startV3(t)
    const path = pathOf((await upload(t, fake)).json())

    const redirect = await fake.org('GET', path)

    t.equal(redirect.statusCode, 307)
    const { location } = redirect.headers
    t.match(location, /^http:\/\/localhost:80\/_fake\/storage\//)
    const get = () => fake.app.inject(String(location).replace('http://localhost:80', ''))
    const file = await get()
    t.same([file.statusCode, file.body], [200, 'hello'])
    t.match(file.headers, { 'content-type': 'text/plain' })
    fake.advance(61)
    t.equal((await get()).statusCode, 403)
    t.equal((await fake.org('GET', path)).statusCode, 307, 'a new address works')
  },
)

t.test(
  'GET /v3/organizations/{org_id}/attachments/{uuid}/{name} answers 404 for unknown files, other names and other organizations',
  async (t) => {
    const fake = await startV3(t)
    const uploaded = (await upload(t, fake)).json()

    for (const answer of [
      await fake.org('GET', '/attachments/00000000-0000-4000-a000-000000000000/a'),
      await fake.org('GET', pathOf({ ...uploaded, name: 'other.txt' })),
      await fake.v3('GET', `${elsewhere}${pathOf(uploaded)}`),
    ]) {
      t.equal(answer.statusCode, 404)
      t.equal(answer.json().detail, 'Attachment not found')
    }
    await fake.organization.attachments.delete(uploaded.attachment_id)
    t.equal((await fake.org('GET', pathOf(uploaded))).statusCode, 404)
  },
)

t.test('a file that one generation uploads is downloaded through the other', async (t) => {
  const fake = await startV3(t)
  const contentOf = async ({ headers: { location } }: LightMyRequestResponse) =>
    (await fake.app.inject(String(location).replace('http://localhost:80', ''))).body
  const byV1 = await fake.call('POST', '/v1/attachments', {
    payload:
      '--b\r\ncontent-disposition: form-data; name="file"; filename="v1.txt"\r\n\r\nby v1\r\n--b--\r\n',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  })
  const byV3 = (await upload(t, fake, { content: 'by v3' })).json()

  const [, , , , id = ''] = byV1.json().split('/')
  const toV3 = await fake.org('GET', pathOf({ attachment_id: id, name: 'v1.txt' }))
  t.equal(await contentOf(toV3), 'by v1')
  const toV1 = await fake.call('GET', `/v1${pathOf(byV3)}`)
  t.equal(await contentOf(toV1), 'by v3')
  const byUrl = await fake.call('GET', byV3.url.replace('http://localhost:80', ''))
  t.equal(await contentOf(byUrl), 'by v3')
})
