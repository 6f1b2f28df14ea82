import t from 'tap'
import { memoryStore } from '../../src/store/memory.ts'
import { type LogDefinition, type StoredRecord, StoreFullError } from '../../src/store/types.ts'

const log: LogDefinition<StoredRecord> = { name: 'log', kept: 10, bytesOf: () => 1_000 }
const others = { name: 'others' }
const entriesOf = (count: number) => Array.from({ length: count }, (_, index) => ({ id: String(index) }))

t.test('a log gives its entries in the order of their writing, all of them or the last', async (t) => {
  const entries = memoryStore().log('org-1', log)
  for (const entry of entriesOf(3)) entries.append(entry)

  t.same(await entries.list(), entriesOf(3))
  t.same(await entries.list(2), entriesOf(3).slice(1))
  t.same(await entries.list(5), entriesOf(3))
})

t.test('of a log that is a tenth too long the oldest entries go', async (t) => {
  const entries = memoryStore().log('org-1', log)
  for (const entry of entriesOf(11)) entries.append(entry)
  t.equal(entries.count, 11)

  entries.append({ id: 'last' })

  t.equal(entries.count, 10)
  t.same((await entries.list())[0], { id: '2' })
  t.same(await entries.list(1), [{ id: 'last' }])
})

t.test(
  'what is logged counts as no record, takes its room, and is written also when there is none',
  async (t) => {
    const store = memoryStore({ records: 1, bytes: 17_000 })
    await store.collection('org-1', others).insert({ id: 'a' })
    const entries = store.log('org-1', log)
    const others2 = store.collection('org-2', others)

    for (const entry of entriesOf(11)) entries.append(entry)
    await t.rejects(others2.insert({ id: 'b' }), new StoreFullError('bytes'))
    entries.append({ id: 'last' })
    t.equal(entries.count, 10)

    await store.replace('org-1', [])
    await t.resolves(others2.insert({ id: 'b' }), 'a log that is gone has made room')
  },
)

t.test('a log is the same at every call, until another is put in its place', async (t) => {
  const store = memoryStore()
  store.log('org-1', log).append({ id: 'a' })

  t.same(await store.log('org-1', log).list(), [{ id: 'a' }])
  t.same(await store.log('org-2', log).list(), [])
  await store.replace('org-1', [{ definition: log, records: entriesOf(2) }])
  t.same(await store.log('org-1', log).list(), entriesOf(2))
})
