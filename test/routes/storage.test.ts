import fc from 'fast-check'
import t, { type Test } from 'tap'
import { randomIds } from '../../src/base/ids.ts'
import { storagePath } from '../../src/organization/attachments.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import type { AttachmentRecord } from '../../src/resources/attachments.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock, NOW, startFake } from '../fake.ts'

const fileRecord = (fields: Partial<AttachmentRecord> = {}): AttachmentRecord => ({
  id: 'uuid-1',
  name: 'a b.txt',
  contentType: 'text/plain',
  bytes: Buffer.from('hello'),
  createdAt: NOW,
  ...fields,
})

async function withFile(t: Test, fields: Partial<AttachmentRecord> = {}, orgId?: string) {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const fake = await startFake(t, { organizations })
  const organization = orgId === undefined ? fake.organization : organizations.get(orgId)
  const file = fileRecord(fields)
  await organization.attachments.insert(file)
  const url = organization.signer.sign(storagePath(organization.orgId, file), organization.clock.now())
  return {
    ...fake,
    organizations,
    organization,
    file,
    url,
    get: (url: string) => fake.app.inject({ method: 'GET', url }),
  }
}

t.test('GET /_fake/storage/{org_id}/{uuid}/{name} returns the file without a key', async (t) => {
  const { url, get } = await withFile(t)

  const res = await get(url)

  t.equal(res.statusCode, 200)
  t.equal(res.body, 'hello')
  t.equal(res.headers['content-disposition'], "attachment; filename*=UTF-8''a%20b.txt")
})

t.test('GET /_fake/storage/{org_id}/{uuid}/{name} returns an empty file', async (t) => {
  const { url, get } = await withFile(t, { bytes: new Uint8Array(0) })

  const res = await get(url)

  t.equal(res.statusCode, 200)
  t.equal(res.headers['content-length'], '0')
  t.equal(res.body, '')
})

t.test('the file name is encoded as in RFC 8187', async (t) => {
  const { url, get } = await withFile(t, { name: "it's (1)*é" })

  t.equal(
    (await get(url)).headers['content-disposition'],
    "attachment; filename*=UTF-8''it%27s%20%281%29%2A%C3%A9",
  )
})

t.test('an organization id can be any path segment', async (t) => {
  const { url, get } = await withFile(t, {}, 'orgä b?%')

  t.equal((await get(url)).body, 'hello')
})

t.test('a signed URL is valid for a minute of the organization’s clock', async (t) => {
  const { url, get, organization } = await withFile(t)

  organization.clock.adjust({ now: NOW + 60_000_000 })
  t.equal((await get(url)).statusCode, 200)
  organization.clock.adjust({ now: NOW + 60_000_001 })
  const late = await get(url)
  t.equal(late.statusCode, 403)
  t.same(late.json(), { detail: 'The signature is wrong or has expired' })
})

t.test('an altered URL answers 403', async (t) => {
  const { url, get, organization } = await withFile(t)
  await organization.attachments.insert(fileRecord({ id: 'uuid-2' }))
  const altered = [
    url.replace('uuid-1', 'uuid-2'),
    url.replace('a%20b', 'a%20c'),
    url.replace(/org-/, 'org-x'),
    url.replace(/expires=(\d+)/, (_, expires) => `expires=${Number(expires) + 1}`),
    url.replace(/expires=\d+/, `expires=${'9'.repeat(400)}`),
    url.replace(/signature=\w/, (start) => `signature=${start.endsWith('0') ? '1' : '0'}`),
    url.replace(/signature=.*/, 'signature='),
    url.replace(/signature=.*/, 'signature=%C3%A9'),
    `${url}0`,
  ]

  for (const one of altered) t.equal((await get(one)).statusCode, 403, one)
})

t.test('property: every other signature answers 403', async (t) => {
  const { url, get } = await withFile(t)
  const [start, signature = ''] = url.split('signature=')

  await fc.assert(
    fc.asyncProperty(fc.nat(63), fc.constantFrom(...'0123456789abcdefg'), async (at, digit) => {
      const other = signature.slice(0, at) + digit + signature.slice(at + 1)
      return (await get(`${start}signature=${other}`)).statusCode === (other === signature ? 200 : 403)
    }),
  )
  t.pass()
})

t.test('GET /_fake/storage/{org_id}/{uuid}/{name} answers 422 without expiry or signature', async (t) => {
  const { url, get } = await withFile(t)

  t.equal((await get(url.replace(/\?.*/, ''))).statusCode, 422)
  t.equal((await get(url.replace(/expires=\d+/, 'expires=soon'))).statusCode, 422)
})

t.test('GET /_fake/storage/{org_id}/{uuid}/{name} answers 404 for a deleted file', async (t) => {
  const { url, get, organization } = await withFile(t)
  await organization.attachments.delete('uuid-1')

  const res = await get(url)
  t.equal(res.statusCode, 404)
  t.same(res.json(), { detail: 'Attachment not found' })
})

t.test('a request for a file does not create an organization', async (t) => {
  const { get, organizations } = await withFile(t)
  for (let index = 0; index < 10; index++) await get(`/_fake/storage/org-${index}/u/n?expires=1&signature=x`)

  t.equal(organizations.all().length, 1)
})

t.test(
  'GET /_fake/storage/{org_id}/{uuid}/{name} answers 404 for a deleted organization and does not create it',
  async (t) => {
    const { call } = await startFake(t)
    const payload = '--b\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n--b--\r\n'
    const headers = { 'content-type': 'multipart/form-data; boundary=b' }
    const uploaded = await call('POST', '/v1/attachments', { headers, payload })
    const { location } = (await call('GET', new URL(uploaded.json()).pathname)).headers
    const signed = new URL(String(location), 'http://localhost')
    const get = async () => (await call('GET', signed.pathname + signed.search)).statusCode
    t.equal(await get(), 200)

    await call('POST', '/_fake/reset')

    t.equal(await get(), 404)
    t.same((await call('GET', '/_fake/state')).json().organizations, [])
  },
)
