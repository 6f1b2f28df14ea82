import fc from 'fast-check'
import t from 'tap'
import { HttpException } from '../../../src/fastapi/errors.ts'
import type { Organization } from '../../../src/organization/organizations.ts'
import { mergedPage } from '../../../src/routes/v3/merged-page.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import type { Collection, StoredRecord } from '../../../src/store/types.ts'
import { startEnterprise } from '../../enterprise.ts'

interface Item extends StoredRecord {
  readonly createdAt: number
}

type Order = 'oldest' | 'newest'

const { organizations } = await startEnterprise(t)
const OWNERS: readonly Organization[] = ['org-a', 'org-b', 'org-c'].map((id) => organizations.get(id))

/** Returns an empty collection for each owner. */
function collections(): Map<Organization, Collection<Item>> {
  const store = memoryStore()
  return new Map(OWNERS.map((owner) => [owner, store.open(owner.orgId).collection<Item>({ name: 'items' })]))
}

const sourcesOf = (all: Map<Organization, Collection<Item>>, where?: (item: Item) => boolean) =>
  [...all].map(([organization, records]) => ({ organization, records, where }))

/** Inserts items, each `[owner, createdAt]`, and returns their ids, such as `org-a 0`. */
async function insertAll(all: Map<Organization, Collection<Item>>, items: readonly [number, number][]) {
  for (const [index, [owner, createdAt]] of items.entries()) {
    const organization = OWNERS[owner] as Organization
    await all.get(organization)?.insert({ id: `${organization.orgId} ${index}`, createdAt })
  }
}

/** Returns the ids of all items, in order: by time, then by owner, then by insertion. */
async function sorted(all: Map<Organization, Collection<Item>>, order: Order): Promise<string[]> {
  const lists = await Promise.all([...all.values()].map((records) => records.list({ order })))
  const sign = order === 'oldest' ? 1 : -1
  // The sort is stable.
  return lists
    .flat()
    .sort((one, other) => (one.createdAt - other.createdAt) * sign)
    .map(({ id }) => id)
}

const item = fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 3 }))

t.test(
  'with changes between pages, records that exist throughout appear exactly once and in order',
  async (t) => {
    const browsing = fc.record({
      order: fc.constantFrom<Order>('oldest', 'newest'),
      first: fc.integer({ min: 1, max: 4 }),
      items: fc.array(item, { maxLength: 12 }),
      changes: fc.array(
        fc.record({ inserted: fc.array(item, { maxLength: 3 }), deleted: fc.array(fc.nat({ max: 11 })) }),
        { maxLength: 8 },
      ),
    })
    await fc.assert(
      fc.asyncProperty(browsing, async ({ order, first, items, changes }) => {
        const all = collections()
        await insertAll(all, items)
        let lasting = await sorted(all, order)
        const seen: string[] = []
        const left = [...changes]
        let count = items.length
        for (let after: string | null | undefined; after !== null; ) {
          const query = { first, ...(after !== undefined && { after }) }
          const page = await mergedPage({
            list: 'items',
            sources: sourcesOf(all),
            query,
            order,
            show: ({ id }) => id,
          })
          t.equal(page.total, (await sorted(all, order)).length)
          seen.push(...page.items)
          after = page.end_cursor
          const { inserted = [], deleted = [] } = left.shift() ?? {}
          for (const [owner, createdAt] of inserted) {
            const organization = OWNERS[owner] as Organization
            await all.get(organization)?.insert({ id: `${organization.orgId} ${count++}`, createdAt })
          }
          for (const index of deleted) {
            for (const [{ orgId }, records] of all) await records.delete(`${orgId} ${index}`)
          }
          const present = new Set(await sorted(all, order))
          lasting = lasting.filter((id) => present.has(id))
        }

        t.equal(new Set(seen).size, seen.length, 'nothing appears twice')
        t.same(
          seen.filter((id) => lasting.includes(id)),
          lasting,
        )
      }),
      { numRuns: 300 },
    )
  },
)

t.test('property: a page has the first of all records in order, regardless of their times', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<Order>('oldest', 'newest'),
      fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: -20, max: 20 })), { maxLength: 40 }),
      async (order, items) => {
        const all = collections()
        await insertAll(all, items)
        const sources = sourcesOf(all)
        const page = await mergedPage({
          list: 'items',
          sources,
          query: { first: 5 },
          order,
          show: ({ id }) => id,
        })
        t.same(page.items, (await sorted(all, order)).slice(0, 5))
        t.equal(page.has_next_page, items.length > 5)
      },
    ),
    { numRuns: 200 },
  )
})

t.test('a page has only selected records, and the last one has a cursor only on request', async (t) => {
  const all = collections()
  await insertAll(all, [
    [0, 1],
    [1, 2],
    [2, 3],
  ])
  const page = (endsWithCursor?: boolean, where?: (item: Item) => boolean) =>
    mergedPage({
      list: 'items',
      sources: sourcesOf(all, where),
      query: { first: 9 },
      order: 'oldest',
      show: ({ id }, { orgId }) => `${orgId}: ${id}`,
      ...(endsWithCursor !== undefined && { endsWithCursor }),
    })

  t.same(await page(false, ({ createdAt }) => createdAt !== 2), {
    items: ['org-a: org-a 0', 'org-c: org-c 2'],
    end_cursor: null,
    has_next_page: false,
    total: 2,
  })
  t.equal((await page()).end_cursor, null)
  t.type((await page(true)).end_cursor, 'string')
  t.equal((await page(true, () => false)).end_cursor, null, 'an empty page has none')
})

t.test('a cursor that is malformed or of another list is answered with 400', async (t) => {
  const encode = (text: string) => Buffer.from(text).toString('base64')
  for (const after of [
    'x',
    encode('v1:other:[1,"org-a",1]'),
    encode('v1:items:'),
    encode('v1:items:{}'),
    encode('v1:items:null'),
    encode('v1:items:[1,"org-a"]'),
    encode('v1:items:[1,"org-a",1,1]'),
    encode('v1:items:["1","org-a",1]'),
    encode('v1:items:[1,1,1]'),
    encode('v1:items:[1,"org-a","1"]'),
  ]) {
    const query = { first: 1, after }
    await t.rejects(
      mergedPage({ list: 'items', sources: [], query, order: 'oldest', show: () => null }),
      new HttpException(400, 'Invalid cursor'),
      after,
    )
  }
})
