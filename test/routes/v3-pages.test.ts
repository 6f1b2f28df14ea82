// Tests src/routes/v3/pages.ts: the lists by cursor that all resources of v3 have in common.
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { HttpException } from '../../src/fastapi/errors.ts'
import { arrayPage, cursorPage } from '../../src/routes/v3/pages.ts'
import { aNote, aSecret, aSession } from '../records.ts'
import { startV3, type V3Fake } from '../v3.ts'

const encode = (text: string) => Buffer.from(text).toString('base64')
const decode = (cursor: string) => Buffer.from(cursor, 'base64').toString()

/** Starts a server with some secrets, notes and sessions in the default organization. */
async function fakeWith(t: Test, count: number): Promise<V3Fake> {
  const fake = await startV3(t)
  const { secrets, knowledge, sessions } = fake.organization
  for (let index = 0; index < count; index++) {
    await secrets.insert(aSecret({ id: `secret-${index}`, key: `K${index}` }))
    await knowledge.insert(aNote({ id: `note-${index}` }))
    await sessions.insert(aSession({ id: `devin-${index}`, answersForPrompt: false }))
  }
  return fake
}

const listOf = (path: string, { first, after }: { first?: number | string; after?: string | null }) => {
  const query = new URLSearchParams()
  if (first !== undefined) query.set('first', String(first))
  if (typeof after === 'string') query.set('after', after)
  return `${path}?${query}`
}

t.test('a page has 100 items by default, and at least 1 and at most 200', async (t) => {
  const { org } = await fakeWith(t, 230)
  const sizeOf = async (first?: number | string) => {
    const page = (await org('GET', listOf('/secrets', { ...(first !== undefined && { first }) }))).json()
    t.equal(page.total, 230)
    t.equal(page.has_next_page, true)
    return page.items.length
  }

  t.equal(await sizeOf(), 100)
  for (const [first, size] of [
    [7, 7],
    [200, 200],
    [201, 200],
    ['99999999999999999999', 200],
    [0, 1],
    [-5, 1],
  ] as const) {
    t.equal(await sizeOf(first), size, String(first))
  }
})

t.test('the pages of a list have all its items once, and the last one has no cursor', async (t) => {
  const { org } = await fakeWith(t, 7)

  for (const [path, member] of [
    ['/secrets', 'secret_id'],
    ['/knowledge/notes', 'note_id'],
    ['/sessions', 'session_id'],
  ] as const) {
    const seen: string[] = []
    const ends: [number, boolean][] = []
    let after: string | null = null
    do {
      const page: ReturnType<typeof JSON.parse> = (await org('GET', listOf(path, { first: 3, after }))).json()
      seen.push(...page.items.map((item: Record<string, string>) => item[member]?.replace(/^\w+-/, '')))
      ends.push([page.items.length, page.has_next_page])
      after = page.end_cursor
    } while (after !== null)

    const all = ['0', '1', '2', '3', '4', '5', '6']
    t.same(seen, path === '/sessions' ? all.reverse() : all, path)
    t.same(ends, [
      [3, true],
      [3, true],
      [1, false],
    ])
  }
})

t.test('a full last page has no cursor either', async (t) => {
  const { org } = await fakeWith(t, 2)

  t.match((await org('GET', '/secrets?first=2')).json(), { end_cursor: null, has_next_page: false, total: 2 })
})

t.test('a cursor of another list is refused', async (t) => {
  const { org } = await fakeWith(t, 2)
  const paths = ['/secrets', '/knowledge/notes', '/sessions', '/sessions/insights']

  for (const path of paths) {
    const { end_cursor: after } = (await org('GET', listOf(path, { first: 1 }))).json()
    for (const other of paths) {
      const response = await org('GET', listOf(other, { after }))
      t.equal(response.statusCode, other === path ? 200 : 400, `${path} on ${other}`)
      if (other !== path) t.equal(response.json().detail, 'Invalid cursor')
    }
  }
})

t.test('a cursor of another organization is refused, also if the ids are similar', async (t) => {
  const { v3 } = await startV3(t)
  const orgIds = [DEFAULT_ORG_ID, 'org-a', 'org-a:1', 'org-a:', 'org-a%3A1', 'org-a1', 'org-ä']
  const path = (orgId: string) => `/v3/organizations/${encodeURIComponent(orgId)}/secrets`
  for (const orgId of orgIds) {
    for (const key of ['A', 'B']) await v3('POST', path(orgId), { type: 'totp', key, value: 'v' })
  }

  for (const orgId of orgIds) {
    const { end_cursor: after } = (await v3('GET', listOf(path(orgId), { first: 1 }))).json()
    for (const other of orgIds) {
      const response = await v3('GET', listOf(path(other), { after }))
      t.equal(response.statusCode, other === orgId ? 200 : 400, `${orgId} on ${other}`)
    }
  }
})

t.test('a made-up cursor is refused', async (t) => {
  const { org } = await fakeWith(t, 3)
  const { end_cursor: cursor } = (await org('GET', '/secrets?first=1')).json()
  const owner = `v1:secrets:${DEFAULT_ORG_ID}:`
  t.equal(decode(cursor), `${owner}1:secret-0`)
  const positions = ['', '1', '1:', 'x:secret-0', '-1:secret-0', '0:secret-x', '9:secret-x', '1e0:secret-0']

  for (const after of [
    'x',
    'secret-0',
    '0',
    decode(cursor),
    `${cursor}=`,
    `${cursor} `,
    cursor.slice(0, -1),
    cursor.replace(/=*$/, '.'),
    encode(`v2${owner.slice(2)}1:secret-0`),
    ...positions.map((position) => encode(owner + position)),
  ]) {
    const response = await org('GET', listOf('/secrets', { after }))
    t.same([response.statusCode, response.json().detail], [400, 'Invalid cursor'], JSON.stringify(after))
  }
})

t.test('an empty cursor means the first page', async (t) => {
  const { org, v3 } = await fakeWith(t, 3)

  const own = `/v3/organizations/${DEFAULT_ORG_ID}`
  for (const path of [`${own}/secrets`, '/v3/enterprise/organizations', '/v3/enterprise/sessions']) {
    const [asked, plain] = [await v3('GET', `${path}?after=`), await v3('GET', path)]
    t.same([asked.statusCode, asked.json()], [200, plain.json()], path)
  }
  const { session_id: id } = (await org('POST', '/sessions', { prompt: 'x' })).json()
  t.equal((await org('GET', `/sessions/${id}/messages?after=`)).json().items.length, 1)
})

t.test('no cursor causes an unexpected error', async (t) => {
  const { org } = await fakeWith(t, 2)
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string().map((position) => encode(`v1:secrets:${DEFAULT_ORG_ID}:${position}`)),
  )

  await fc.assert(
    fc.asyncProperty(text, async (after) => {
      const { statusCode } = await org('GET', listOf('/secrets', { after }))
      if (![200, 400].includes(statusCode)) throw new Error(String(statusCode))
    }),
  )
})

t.test('a cursor stays valid after a snapshot was restored', async (t) => {
  const { org, send, organization } = await fakeWith(t, 4)
  await organization.secrets.delete('secret-0')
  await send('POST', '/_fake/snapshots', { name: 's' })
  const { end_cursor: after } = (await org('GET', '/secrets?first=2')).json()

  await send('POST', '/_fake/snapshots/s/restore', undefined)

  t.match((await org('GET', listOf('/secrets', { after }))).json().items, [{ secret_id: 'secret-3' }])
})

t.test('arrayPage returns the pages of a list that only grows', async (t) => {
  const page = (items: readonly string[], first: number, after?: string | null) =>
    arrayPage(items, { first, ...(after !== undefined && { after }) }, 'list:org')

  const one = page(['a', 'b', 'c'], 2)
  t.same(one, { items: ['a', 'b'], end_cursor: encode('v1:list:org:2'), has_next_page: true, total: 3 })
  t.same(page(['a', 'b', 'c', 'd'], 9, one.end_cursor), {
    items: ['c', 'd'],
    end_cursor: null,
    has_next_page: false,
    total: 4,
  })
  t.same(page([], 2, null), { items: [], end_cursor: null, has_next_page: false, total: 0 })
  t.same(page(['a', 'b'], 0).items, ['a'])
  t.equal(page(Array(201).fill('x'), 999).items.length, 200)
})

t.test('arrayPage refuses a cursor that is invalid or belongs to another list', async (t) => {
  for (const text of [
    'v1:',
    'v1:list:org:',
    'v1:list:org:-1',
    'v1:list:org:1.5',
    'v1:list:org: 1',
    'v1:list:org2:1',
    'v1:list:org:1e3',
  ]) {
    t.throws(
      () => arrayPage(['a'], { first: 1, after: encode(text) }, 'list:org'),
      new HttpException(400, 'Invalid cursor'),
      text,
    )
  }
})

t.test('cursorPage passes on an error of the store', async (t) => {
  const { organization } = await startV3(t)
  const failing = { ...organization.secrets, page: () => Promise.reject(new Error('disk')) }

  await t.rejects(
    cursorPage({
      list: 'secrets',
      organization,
      records: failing as unknown as typeof organization.secrets,
      query: { first: 1 },
      order: 'oldest',
      show: (secret) => secret,
    }),
    { message: 'disk' },
  )
})
