// Tests src/store/memory.ts, log.ts and store-quota.ts.
import fc from 'fast-check'
import t from 'tap'
import { memoryStore } from '../../src/store/memory.ts'
import {
  type CollectionDefinition,
  type LogDefinition,
  type StoredRecord,
  StoreFullError,
} from '../../src/store/types.ts'
import { testStore } from './contract.ts'

await testStore(t, async () => memoryStore())

interface Item extends StoredRecord {
  readonly text: string
}

const items: CollectionDefinition<Item> = { name: 'items', uniqueKey: ({ text }) => text.slice(0, 5) }
const others: CollectionDefinition<StoredRecord> = { name: 'others' }

t.test('the record limit of an organization covers all its collections', async (t) => {
  const store = memoryStore({ records: 3 })
  const [one, other] = [store.open('org-1').collection(items), store.open('org-1').collection(others)]
  await one.insert({ id: 'a', text: 'a' })
  await one.insert({ id: 'b', text: 'b' })
  await other.insert({ id: 'a' })

  await t.rejects(one.insert({ id: 'c', text: 'c' }), new StoreFullError('records'))
  await t.rejects(other.insert({ id: 'b' }), new StoreFullError('records'))

  t.equal((await one.list()).length, 2, 'nothing was stored')
  await t.resolves(
    store.open('org-2').collection(others).insert({ id: 'b' }),
    'another organization has its own limit',
  )
  await t.resolves(one.update('a', (before) => ({ ...before, text: 'longer' })))
  await one.delete('b')
  await t.resolves(other.insert({ id: 'b' }), 'a deleted record does not count')
})

t.test('the byte limit covers all organizations', async (t) => {
  const store = memoryStore({ bytes: 45_000 })
  const one = store.open('org-1').collection(items)
  await one.insert({ id: 'a', text: 'a'.repeat(20_000) })

  const tooMuch = { id: 'b', text: 'b'.repeat(20_000) }
  await t.rejects(store.open('org-2').collection(items).insert(tooMuch), new StoreFullError('bytes'))
  const grow = one.update('a', (before) => ({ ...before, text: 'c'.repeat(50_000) }))
  await t.rejects(grow, new StoreFullError('bytes'))

  t.equal((await one.get('a'))?.text, 'a'.repeat(20_000), 'nothing was changed')
  t.equal((await one.find('aaaaa'))?.id, 'a', 'the unique key was kept')
  t.equal(await one.find('ccccc'), undefined)
  await t.resolves(one.update('a', (before) => ({ ...before, text: 'short' })))
  await t.resolves(store.open('org-2').collection(items).insert(tooMuch), 'a shorter record releases bytes')
})

t.test('the bytes of files count towards the limit', async (t) => {
  const files: CollectionDefinition<StoredRecord & { bytes: Uint8Array }> = { name: 'files' }
  const collection = memoryStore({ bytes: 100_000 }).open('org-1').collection(files)

  await collection.insert({ id: 'a', bytes: new Uint8Array(80_000) })

  await t.rejects(collection.insert({ id: 'b', bytes: new Uint8Array(20_000) }), StoreFullError)
})

t.test('an organization exists once it is claimed or has a record, until it is removed', async (t) => {
  const store = memoryStore()
  const folders = store.open('org-1').collection(others)
  t.notOk(store.has('org-1'), 'opened only')
  store.claim('org-2')
  await folders.insert({ id: 'a' })
  await folders.delete('a')

  t.ok(store.has('org-1'), 'has had a record')
  t.ok(store.has('org-2'), 'claimed')
  await store.remove('org-1')
  t.notOk(store.has('org-1'))
  await store.replace('org-1', [])
  t.ok(store.has('org-1'), 'replaced')
})

t.test('organizations themselves count towards the byte limit', async (t) => {
  const store = memoryStore({ bytes: 100_000 })
  const fill = async () => {
    for (let n = 0; n < 100; n++) await store.open(`org-${n}`).collection(others).insert({ id: 'a' })
  }

  await t.rejects(fill(), StoreFullError)
})

t.test('replacing contents may exceed the limits, and releases the previous contents', async (t) => {
  const store = memoryStore({ records: 2, bytes: 30_000 })
  const records = ['a', 'b', 'c'].map((id) => ({ id, text: id.repeat(10_000) }))
  const before = store.open('org-1').collection(items)

  await store.replace('org-1', [{ definition: items as never, records }])
  const after = store.open('org-1').collection(items)
  await t.rejects(after.insert({ id: 'd', text: 'd' }), StoreFullError)
  t.equal((await after.list()).length, 3)

  await store.replace('org-1', [])
  await t.resolves(
    store
      .open('org-1')
      .collection(items)
      .insert({ id: 'd', text: 'd'.repeat(20_000) }),
  )
  await before.insert({ id: 'e', text: 'e' })
  await t.resolves(
    store.open('org-1').collection(others).insert({ id: 'd' }),
    'writes to a replaced collection do not count',
  )
})

t.test('a swap counts only the difference, and changes nothing beyond the limit', async (t) => {
  const store = memoryStore({ records: 2, bytes: 45_000 })
  const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ id, text: id.repeat(15_000) })) as [Item, Item, Item]
  await store.replace('org-1', [{ definition: items, records: [a, b] }])
  const collection = store.open('org-1').collection(items)

  await t.resolves(
    collection.swap(() => ({ deleted: [a], added: [c] })),
    'as large as before',
  )
  await t.rejects(
    collection.swap(() => ({ deleted: [], added: [a] })),
    new StoreFullError('records'),
  )
  await t.rejects(
    collection.swap(() => ({ deleted: [c], added: [{ id: 'd', text: 'd'.repeat(30_000) }] })),
    new StoreFullError('bytes'),
  )
  t.same(await collection.list(), [b, c])
  t.equal((await collection.find('ccccc'))?.id, 'c')
  await collection.swap((deleted) => ({ deleted, added: [] }))
  await t.resolves(collection.insert({ id: 'd', text: 'd'.repeat(30_000) }), 'the others do not count')
})

t.test('after any writes only the remaining records count towards the limit', async (t) => {
  const write = fc.record({
    kind: fc.constantFrom('insert', 'update', 'delete'),
    id: fc.constantFrom('a', 'b', 'c'),
    length: fc.nat({ max: 3_000 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(write, { maxLength: 30 }), async (writes) => {
      const store = memoryStore({ bytes: 20_000 })
      const collection = store.open('org-1').collection(items)
      for (const { kind, id, length } of writes) {
        const record = { id, text: id.repeat(length + 1) }
        if (kind === 'insert') await collection.insert(record).catch(() => undefined)
        else if (kind === 'update') await collection.update(id, () => record).catch(() => undefined)
        else await collection.delete(id)
      }
      const left = await collection.list()

      const fresh = memoryStore({ bytes: 20_000 })
      for (const record of left) await fresh.open('org-1').collection(items).insert(record)
      for (const { text } of [{ text: '' }, ...left]) {
        const available = 20_000 - text.length
        const probe = { id: 'z', text: 'z'.repeat(available) }
        const fits = (one: typeof store) =>
          one
            .open('org-1')
            .collection(items)
            .insert(probe)
            .then(
              () => true,
              () => false,
            )
        t.equal(await fits(store), await fits(fresh))
      }
    }),
    { numRuns: 100 },
  )
})

const log: LogDefinition<StoredRecord> = { name: 'log', kept: 10, bytesOf: () => 1_000 }
const entriesOf = (count: number) => Array.from({ length: count }, (_, index) => ({ id: String(index) }))

t.test('a log lists all entries or the newest ones, in the order of writing', async (t) => {
  const entries = memoryStore().open('org-1').log(log)
  for (const entry of entriesOf(3)) entries.append(entry)

  t.same(await entries.list(), entriesOf(3))
  t.same(await entries.list(2), entriesOf(3).slice(1))
  t.same(await entries.list(5), entriesOf(3))
})

t.test('the positions of log entries stay when the oldest ones are removed', async (t) => {
  const entries = memoryStore().open('org-1').log(log)
  for (const entry of entriesOf(12)) entries.append(entry)
  const walked = async (order: 'oldest' | 'newest') => {
    const visits: [id: string, position: number][] = []
    await entries.walk(order, ({ id }, position) => visits.push([id, position]))
    return visits
  }

  const expected = entriesOf(12)
    .slice(2)
    .map(({ id }) => [id, Number(id)])
  t.same(await walked('oldest'), expected)
  t.same(await walked('newest'), expected.toReversed())
})

t.test('a log that is a tenth too long removes its oldest entries', async (t) => {
  const entries = memoryStore().open('org-1').log(log)
  for (const entry of entriesOf(11)) entries.append(entry)
  t.equal((await entries.list()).length, 11)

  entries.append({ id: 'last' })

  t.equal((await entries.list()).length, 10)
  t.same((await entries.list())[0], { id: '2' })
  t.same(await entries.list(1), [{ id: 'last' }])
})

t.test(
  'log entries count as bytes but not as records, and are accepted when the store is full',
  async (t) => {
    const store = memoryStore({ records: 1, bytes: 17_000 })
    await store.open('org-1').collection(others).insert({ id: 'a' })
    const entries = store.open('org-1').log(log)
    const otherRecords = store.open('org-2').collection(others)

    for (const entry of entriesOf(11)) entries.append(entry)
    await t.rejects(otherRecords.insert({ id: 'b' }), new StoreFullError('bytes'))
    entries.append({ id: 'last' })
    t.equal((await entries.list()).length, 10)

    await store.replace('org-1', [])
    await t.resolves(otherRecords.insert({ id: 'b' }), 'a removed log releases its bytes')
  },
)

t.test('a log is the same at every call until it is replaced', async (t) => {
  const store = memoryStore()
  store.open('org-1').log(log).append({ id: 'a' })

  t.same(await store.open('org-1').log(log).list(), [{ id: 'a' }])
  t.same(await store.open('org-2').log(log).list(), [])
  await store.replace('org-1', [{ definition: log, records: entriesOf(2) }])
  t.same(await store.open('org-1').log(log).list(), entriesOf(2))
})

t.test('a log that is filled with too many entries keeps and counts only the newest ones', async (t) => {
  const [restored, written, short] = [memoryStore(), memoryStore(), memoryStore()]

  await restored.replace('org-1', [{ definition: log, records: entriesOf(12) }])
  await short.replace('org-1', [{ definition: log, records: entriesOf(12).slice(2) }])
  for (const entry of entriesOf(12)) written.open('org-1').log(log).append(entry)

  t.same(await restored.open('org-1').log(log).list(), entriesOf(12).slice(2))
  t.equal(restored.bytesOf('org-1'), short.bytesOf('org-1'))
  t.equal(written.bytesOf('org-1'), short.bytesOf('org-1'))
})

t.test('single records are put at their positions, in any order, and counted', async (t) => {
  const { rows, open, bytesOf, changes } = memoryStore()
  changes.tracker = { mark: () => t.fail('nothing is noted') }
  for (const [id, position] of [
    ['b', 2],
    ['c', 3],
    ['a', 1],
    ['c', 0],
  ] as const) {
    rows.put('org-1', others, { record: { id }, position })
  }
  const ids = async () => (await open('org-1').collection(others).list()).map(({ id }) => id)

  t.same(await ids(), ['c', 'a', 'b'])
  t.same(rows.get('org-1', others, 'a'), { record: { id: 'a' }, position: 1 })
  const bytes = bytesOf('org-1')
  rows.remove('org-1', others, 'a')
  rows.remove('org-1', others, 'unknown')
  rows.remove('org-2', others, 'a')
  t.same(await ids(), ['c', 'b'])
  t.ok(bytesOf('org-1') < bytes)
  t.equal(rows.get('org-1', others, 'a'), undefined)
  t.equal(rows.get('org-2', others, 'a'), undefined)

  rows.clear()
  t.equal(bytesOf('org-1'), 0)
})

t.test(
  'a unique key that moves from one record to another belongs to the new one, regardless of the order of writes',
  async (t) => {
    const { rows, open } = memoryStore()
    const put = (record: Item, position: number) => rows.put('org-1', items, { record, position })
    put({ id: 'a', text: 'key' }, 1)
    put({ id: 'b', text: 'key' }, 2)
    put({ id: 'a', text: 'other' }, 1)

    const collection = open('org-1').collection(items)
    t.match(await collection.find('key'), { id: 'b' })
    t.match(await collection.find('other'), { id: 'a' })
  },
)

t.test('single entries of a log are put and removed by their positions', async (t) => {
  const { rows, open, bytesOf } = memoryStore()
  const log: LogDefinition<StoredRecord> = { name: 'log', kept: 10, bytesOf: ({ id }) => id.length }
  for (const [id, position] of [
    ['a', 7],
    ['b', 8],
    ['longer', 8],
    ['c', 9],
  ] as const) {
    rows.put('org-1', log, { record: { id }, position })
  }
  t.same(rows.get('org-1', log, '8'), { record: { id: 'longer' }, position: 8 })
  rows.remove('org-1', log, '7')
  rows.remove('org-1', log, '7')

  t.same(await open('org-1').log(log).list(), [{ id: 'longer' }, { id: 'c' }])
  rows.remove('org-1', log, '8')
  const other = memoryStore()
  other.rows.put('org-1', log, { record: { id: 'c' }, position: 9 })
  t.equal(bytesOf('org-1'), other.bytesOf('org-1'))
  t.equal(rows.get('org-1', log, '7'), undefined)
})
