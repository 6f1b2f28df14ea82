import fc from 'fast-check'
import type { Test } from 'tap'
import {
  type Collection,
  type CollectionDefinition,
  type PageQuery,
  type Store,
  type StoredRecord,
  UniqueKeyError,
  UnknownPositionError,
} from '../../src/store/types.ts'

interface Item extends StoredRecord {
  readonly name?: string
}

const items: CollectionDefinition<Item> = { name: 'items', uniqueKey: (item) => item.name }
const others: CollectionDefinition<Item> = { name: 'others' }

/** A change between two pages: the id of a record that is inserted if it does not exist and deleted if it does. */
const change = fc.nat({ max: 9 }).map((n) => `r${n}`)

/** How somebody reads a list, and the changes after each page. */
const browsing = fc.record({
  order: fc.constantFrom<PageQuery<Item>['order']>('oldest', 'newest'),
  first: fc.integer({ min: 1, max: 4 }),
  count: fc.nat({ max: 9 }),
  isFiltered: fc.boolean(),
  changes: fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 8 }),
})

/** Inserts and deletes records. Returns their ids. */
async function changeRecords(collection: Collection<Item>, ids: readonly string[]): Promise<Set<string>> {
  for (const id of ids) if ((await collection.delete(id)) === undefined) await collection.insert({ id })
  return new Set(ids)
}

/** Runs the contract tests that every storage engine must pass. */
export async function testStore(t: Test, createStore: () => Promise<Store>): Promise<void> {
  const collection = async (...records: Item[]) => {
    const made = (await createStore()).open('org-1').collection(items)
    for (const record of records) await made.insert(record)
    return made
  }

  t.test('get returns an inserted record each time', async (t) => {
    const made = await collection({ id: 'a', name: 'x' })

    t.same(await made.get('a'), { id: 'a', name: 'x' })
    t.same(await made.get('a'), { id: 'a', name: 'x' })
  })

  t.test('get returns undefined for an unknown id', async (t) => {
    t.equal(await (await collection()).get('a'), undefined)
  })

  t.test('swap deletes records and adds others in one step', async (t) => {
    const made = await collection({ id: 'a', name: 'x' }, { id: 'b', name: 'y' }, { id: 'c' })

    const added = [{ id: 'd', name: 'x' }, { id: 'c', name: 'z' }, { id: 'e' }]
    const swapped = made.swap((all) => ({ deleted: all.filter(({ id }) => id !== 'b'), added }))
    const seen = await made.list()
    t.same(await swapped, { deleted: [{ id: 'a', name: 'x' }, { id: 'c' }], added })

    const after = [{ id: 'b', name: 'y' }, { id: 'd', name: 'x' }, { id: 'c', name: 'z' }, { id: 'e' }]
    t.same(seen, after, 'a list at the same time does not see a part')
    t.same(await made.list(), after)
    t.same(await made.find('x'), { id: 'd', name: 'x' })
    t.equal(await made.get('a'), undefined)
    await made.swap((deleted) => ({ deleted, added: [] }))
    t.same(await made.list(), [])
  })

  t.test('swap changes nothing if an id or a unique key is taken', async (t) => {
    const records: Item[] = [
      { id: 'a', name: 'x' },
      { id: 'b', name: 'y' },
    ]
    const made = await collection(...records)

    for (const added of [
      [{ id: 'b' }],
      [{ id: 'c', name: 'y' }],
      [{ id: 'c' }, { id: 'c' }],
      [
        { id: 'c', name: 'z' },
        { id: 'd', name: 'z' },
      ],
    ]) {
      await t.rejects(
        made.swap(([a]) => ({ deleted: [a as Item], added })),
        UniqueKeyError,
      )
      t.same(await made.list(), records)
      t.same(await made.find('x'), records[0])
    }
  })

  t.test('find returns the record that currently has a unique key', async (t) => {
    const made = await collection({ id: 'a', name: 'x' })
    t.same(await made.find('x'), { id: 'a', name: 'x' })

    await made.update('a', (record) => ({ ...record, name: 'y' }))

    t.equal(await made.find('x'), undefined)
    t.same(await made.find('y'), { id: 'a', name: 'y' })
    await made.delete('a')
    t.equal(await made.find('y'), undefined)
  })

  t.test('inserting a taken unique key throws and stores nothing', async (t) => {
    const made = await collection({ id: 'a', name: 'x' })

    await t.rejects(made.insert({ id: 'b', name: 'x' }), UniqueKeyError)

    t.same(await made.list(), [{ id: 'a', name: 'x' }])
  })

  t.test('inserting a taken id throws and stores nothing', async (t) => {
    const made = await collection({ id: 'a', name: 'x' })

    await t.rejects(made.insert({ id: 'a', name: 'y' }), UniqueKeyError)

    t.same(await made.list(), [{ id: 'a', name: 'x' }])
    await t.resolves(made.insert({ id: 'b', name: 'y' }), 'the rejected record takes no unique key')
  })

  t.test('records without a unique key do not clash', async (t) => {
    const made = await collection({ id: 'a' }, { id: 'b' })

    t.equal((await made.list()).length, 2)
  })

  t.test('a deleted record is not found, and its unique key is free', async (t) => {
    const made = await collection({ id: 'a', name: 'x' })

    t.same(await made.delete('a'), { id: 'a', name: 'x' })

    t.equal(await made.get('a'), undefined)
    t.same(await made.list(), [])
    await t.resolves(made.insert({ id: 'a', name: 'x' }))
  })

  t.test('delete returns undefined for an unknown id', async (t) => {
    const made = await collection({ id: 'a' })
    await made.delete('a')

    t.equal(await made.delete('a'), undefined)
    t.equal(await made.delete('b'), undefined)
  })

  t.test('deletions keep the order of the remaining records', async (t) => {
    for (const gone of ['a', 'b', 'c']) {
      const made = await collection({ id: 'a' }, { id: 'b' }, { id: 'c' })
      await made.delete(gone)
      await made.insert({ id: 'd' })

      const left = ['a', 'b', 'c', 'd'].filter((id) => id !== gone)
      t.same(
        (await made.list()).map(({ id }) => id),
        left,
      )
      t.same(
        (await made.list({ order: 'newest' })).map(({ id }) => id),
        left.reverse(),
      )
    }
  })

  t.test('an update replaces the record, keeps its position and returns it', async (t) => {
    const made = await collection({ id: 'a', name: 'x' }, { id: 'b' })

    const updated = await made.update('a', (record) => ({ ...record, name: 'y' }))

    t.same(updated, { id: 'a', name: 'y' })
    t.same(await made.list(), [{ id: 'a', name: 'y' }, { id: 'b' }])
    await t.resolves(made.insert({ id: 'c', name: 'x' }), 'the old unique key is free')
    await t.rejects(made.insert({ id: 'd', name: 'y' }), UniqueKeyError)
  })

  t.test('an update may keep its own unique key', async (t) => {
    const made = await collection({ id: 'a', name: 'x' })

    await t.resolves(made.update('a', (record) => ({ ...record })))
  })

  t.test('an update to a taken unique key throws and changes nothing', async (t) => {
    const made = await collection({ id: 'a', name: 'x' }, { id: 'b', name: 'y' })

    await t.rejects(
      made.update('b', (record) => ({ ...record, name: 'x' })),
      UniqueKeyError,
    )

    t.same(await made.get('b'), { id: 'b', name: 'y' })
    await t.rejects(made.insert({ id: 'c', name: 'y' }), UniqueKeyError)
  })

  t.test('an update whose change throws changes nothing', async (t) => {
    const made = await collection({ id: 'a', name: 'x' })
    const failing = () => {
      throw new Error('no')
    }

    await t.rejects(made.update('a', failing), { message: 'no' })

    t.same(await made.get('a'), { id: 'a', name: 'x' })
    await t.rejects(made.insert({ id: 'b', name: 'x' }), UniqueKeyError)
  })

  t.test('update returns undefined for an unknown id', async (t) => {
    t.equal(await (await collection()).update('a', (record) => record), undefined)
  })

  t.test('each change gives its collection a version that no other one has had', async (t) => {
    const store = await createStore()
    const [collection, other] = [store.open('org-1').collection(items), store.open('org-2').collection(items)]
    const otherVersion = other.version
    const versions = [collection.version]
    const changes = [
      () => collection.insert({ id: 'a' }),
      () => collection.update('a', (item) => ({ ...item, name: 'x' })),
      () => collection.swap((all) => ({ deleted: all, added: [{ id: 'b' }] })),
      () => collection.delete('b'),
    ]

    for (const change of changes) {
      await change()
      versions.push(collection.version)
    }
    await collection.delete('b')
    await store.replace('org-1', [])

    t.same(
      versions,
      [...new Set(versions)].sort((one, another) => one - another),
    )
    t.equal(versions.length, 5)
    t.equal(collection.version, versions.at(-1), 'nothing has been deleted')
    t.equal(other.version, otherVersion)
    t.ok(store.open('org-1').collection(items).version > collection.version)
  })

  t.test('offset and limit apply to the filtered records', async (t) => {
    const made = await collection(
      { id: 'a', name: '1' },
      { id: 'b' },
      { id: 'c', name: '3' },
      { id: 'd', name: '4' },
    )
    const where = (record: Item) => record.name !== undefined

    const ids = async (query: Parameters<typeof made.list>[0]) => (await made.list(query)).map(({ id }) => id)

    t.same(await ids({ where }), ['a', 'c', 'd'])
    t.same(await ids({ where, offset: 1, limit: 1 }), ['c'])
    t.same(await ids({ where, order: 'newest', limit: 2 }), ['d', 'c'])
    t.same(await ids({ limit: 0 }), [])
    t.same(await ids({ offset: 9 }), [])
  })

  t.test('page returns a page, the position for the next one, and the total', async (t) => {
    const made = await collection({ id: 'a' }, { id: 'b', name: 'x' }, { id: 'c' }, { id: 'd', name: 'y' })
    const pages = async (query: Omit<PageQuery<Item>, 'after'>) => {
      const found: unknown[] = []
      for (let after: string | undefined; found.length < 9; ) {
        const { items, end, hasNext, total } = await made.page({ ...query, after })
        found.push([items.map(({ id }) => id).join(''), hasNext, total])
        if (!hasNext || end === null) break
        after = end
      }
      return found
    }
    const where = ({ name }: Item) => name !== undefined

    t.same(await pages({ order: 'oldest', first: 3 }), [
      ['abc', true, 4],
      ['d', false, 4],
    ])
    t.same(await pages({ order: 'newest', first: 2 }), [
      ['dc', true, 4],
      ['ba', false, 4],
    ])
    t.same(await pages({ order: 'oldest', first: 1, where }), [
      ['b', true, 2],
      ['d', false, 2],
    ])
    t.same(await pages({ order: 'newest', first: 2, where }), [['db', false, 2]])
    t.same(await pages({ order: 'oldest', first: 9, where: () => false }), [['', false, 0]])
  })

  t.test('an empty page has no end', async (t) => {
    const empty = { items: [], end: null, hasNext: false, total: 0 }
    t.same(await (await collection()).page({ order: 'oldest', first: 1 }), empty)
    const made = await collection({ id: 'a' })
    const { end } = await made.page({ order: 'newest', first: 1 })

    t.same(await made.page({ order: 'newest', first: 1, after: String(end) }), { ...empty, total: 1 })
  })

  t.test('page throws for a position that no page has ended at', async (t) => {
    const made = await collection({ id: 'a' }, { id: 'b' })

    for (const after of ['', 'a', '1', '1:', ':a', '-1:a', '1.5:b', '0:x', '3:x', `${'9'.repeat(16)}:a`]) {
      await t.rejects(made.page({ order: 'oldest', first: 1, after }), UnknownPositionError, after)
    }
  })

  t.test(
    'a position stays valid when the records are replaced by others that include its record',
    async (t) => {
      const store = await createStore()
      const before = store.open('org-1').collection(items)
      for (const id of ['a', 'b', 'c', 'd']) await before.insert({ id })
      const { end } = await before.page({ order: 'oldest', first: 3 })

      await store.replace('org-1', [{ definition: items, records: [{ id: 'c' }, { id: 'd' }, { id: 'e' }] }])

      const after = String(end)
      const { items: rest } = await store
        .open('org-1')
        .collection(items)
        .page({ order: 'oldest', first: 9, after })
      t.same(rest, [{ id: 'd' }, { id: 'e' }])
    },
  )

  t.test(
    'with inserts and deletes between pages, records that exist throughout appear exactly once',
    async (t) => {
      await fc.assert(
        fc.asyncProperty(browsing, async ({ order, first, count, isFiltered, changes }) => {
          const made = await collection(...Array.from({ length: count }, (_, n) => ({ id: `r${n}` })))
          const where = isFiltered ? ({ id }: Item) => !id.endsWith('1') : undefined
          let lasting = (await made.list(where && { where })).map(({ id }) => id)
          const seen: string[] = []
          for (let after: string | null | undefined; after !== null; ) {
            const page = await made.page({ order, first, where, after })
            seen.push(...page.items.map(({ id }) => id))
            const [change = [], ...rest] = changes
            changes = rest
            const touched = await changeRecords(made, change)
            lasting = lasting.filter((id) => !touched.has(id))
            after = page.hasNext ? page.end : null
          }

          const shown = seen.filter((id) => lasting.includes(id))
          t.same(shown, order === 'oldest' ? lasting : lasting.toReversed())
        }),
        { numRuns: 300 },
      )
    },
  )

  t.test('walk visits each record once, in either order, with positions that stay', async (t) => {
    const made = await collection({ id: 'a' }, { id: 'b' }, { id: 'c' })
    const walked = async (order: 'oldest' | 'newest') => {
      const visits: [id: string, position: number][] = []
      await made.walk(order, ({ id }, position) => visits.push([id, position]))
      return visits
    }

    const before = new Map(await walked('oldest'))
    t.same([...before.keys()], ['a', 'b', 'c'])
    t.same(await walked('newest'), [...before].reverse())
    t.same(
      [...before.values()].toSorted((one, other) => one - other),
      [...before.values()],
    )

    await made.delete('b')
    await made.update('a', (record) => ({ ...record }))
    await made.insert({ id: 'b' })
    const after = new Map(await walked('oldest'))
    t.same([...after.keys()], ['a', 'c', 'b'])
    t.same([after.get('a'), after.get('c')], [before.get('a'), before.get('c')])
    t.ok((after.get('b') ?? 0) > Math.max(...before.values()), 'a new position')
  })

  t.test('walk visits nothing in an empty collection', async (t) => {
    const made = await collection()
    await made.walk('newest', () => t.fail('there is no record'))
  })

  t.test('replace replaces all contents of one organization and keeps those of others', async (t) => {
    const store = await createStore()
    for (const org of ['org-1', 'org-2']) {
      await store.open(org).collection(items).insert({ id: 'a', name: 'x' })
      await store.open(org).collection(others).insert({ id: 'a' })
    }

    const records: Item[] = [{ id: 'c', name: 'x' }, { id: 'b' }]
    await store.replace('org-1', [{ definition: items, records }])

    const replaced = store.open('org-1').collection(items)
    t.same(await replaced.list(), [{ id: 'c', name: 'x' }, { id: 'b' }])
    t.same(await replaced.find('x'), { id: 'c', name: 'x' })
    await t.rejects(replaced.insert({ id: 'd', name: 'x' }), UniqueKeyError)
    t.same(await store.open('org-1').collection(others).list(), [])
    t.same(await store.open('org-2').collection(items).list(), [{ id: 'a', name: 'x' }])
  })

  t.test('replacing with clashing contents throws and changes nothing', async (t) => {
    const store = await createStore()
    await store.open('org-1').collection(items).insert({ id: 'a', name: 'x' })
    const clashes = [
      [{ id: 'b' }, { id: 'b' }],
      [
        { id: 'b', name: 'y' },
        { id: 'c', name: 'y' },
      ],
    ]

    for (const records of clashes) {
      await t.rejects(store.replace('org-1', [{ definition: items, records }]), UniqueKeyError)
    }

    t.same(await store.open('org-1').collection(items).list(), [{ id: 'a', name: 'x' }])
  })

  t.test('a collection obtained before a replacement accepts writes that are not visible', async (t) => {
    const store = await createStore()
    const before = store.open('org-1').collection(items)

    await store.replace('org-1', [])

    await t.resolves(before.insert({ id: 'a' }))
    t.same(await store.open('org-1').collection(items).list(), [])
  })

  t.test('organizations and collections are isolated from each other', async (t) => {
    const store = await createStore()
    await store.open('org-1').collection(items).insert({ id: 'a', name: 'x' })

    for (const other of [store.open('org-2').collection(items), store.open('org-1').collection(others)]) {
      t.equal(await other.get('a'), undefined)
      t.equal(await other.delete('a'), undefined)
      t.same(await other.list(), [])
      await t.resolves(other.insert({ id: 'a', name: 'x' }))
    }
    t.same(
      await store.open('org-1').collection(items).list(),
      [{ id: 'a', name: 'x' }],
      'every call returns the same records',
    )
  })
}
