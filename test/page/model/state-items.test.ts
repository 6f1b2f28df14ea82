import fc from 'fast-check'
import t from 'tap'
import {
  bytesOf,
  itemOf,
  itemsOf,
  matching,
  neighbourOf,
  pathOfRecord,
  type StateRecord,
  sizeOf,
  titleOf,
} from '../../../src/page/model/state-items.ts'

const DOCUMENT = {
  organizations: [
    {
      org_id: 'org-a',
      secrets: [
        { id: 'one', key: 'NPM_TOKEN', note: 'Publishes', created_at: '2026-01-01T00:00:00.000000Z' },
        { id: 'two', key: 'LOGIN', count: 42, nothing: null, created_at: '2026-01-03T00:00:00.000000Z' },
        { id: 'three', key: 'LATER', created_at: '2026-01-03T00:00:00.000000Z' },
      ],
      groups: [{ name: 'first' }, { name: 'second' }],
    },
    {
      org_id: 'org-b',
      secrets: [{ id: 'one', key: 'OTHER', tags: ['Blue'], created_at: '2026-01-02T00:00:00.000000Z' }],
    },
  ],
}

const whole = (record: StateRecord) => record
const items = itemsOf(DOCUMENT, 'secrets', whole)

t.test(
  'the items of all organizations are listed newest first, those of the same time by their order',
  (t) => {
    t.same(
      items.map(({ orgId, id }) => `${orgId} ${id}`),
      ['org-a three', 'org-a two', 'org-b one', 'org-a one'],
    )
    t.same(
      itemsOf(DOCUMENT, 'groups', whole).map(({ id, record }) => [id, record.name]),
      [
        ['2', 'second'],
        ['1', 'first'],
      ],
    )
    t.end()
  },
)

t.test('a record that has no shape is left out', (t) => {
  const shown = itemsOf(DOCUMENT, 'secrets', (record) => (record.key === 'OTHER' ? record : undefined))
  t.same(
    shown.map(({ orgId }) => orgId),
    ['org-b'],
  )
  t.end()
})

t.test('a filter finds the items that contain all its words, in any case', (t) => {
  const find = (filter: string) => matching(items, filter).map(({ record }) => record.key)
  t.same(find(''), ['LATER', 'LOGIN', 'OTHER', 'NPM_TOKEN'])
  t.same(find('publishes npm'), ['NPM_TOKEN'])
  t.same(find('publishes login'), [])
  t.same(find(' 42 '), ['LOGIN'])
  t.same(find('blue'), ['OTHER'])
  t.end()
})

t.test('an item is found by its id, and by its organization if that is given', (t) => {
  t.equal(itemOf(items, 'one')?.orgId, 'org-b')
  t.equal(itemOf(items, 'one', 'org-a')?.record.key, 'NPM_TOKEN')
  t.equal(itemOf(items, 'one', 'org-c'), undefined)
  t.equal(itemOf(items, undefined), undefined)
  t.end()
})

t.test('the item after a deleted one is the next one, or else the one before', (t) => {
  t.equal(neighbourOf(items, { orgId: 'org-a', id: 'two' })?.record.key, 'OTHER')
  t.equal(neighbourOf(items, { orgId: 'org-a', id: 'one' })?.record.key, 'OTHER')
  t.equal(neighbourOf(items.slice(0, 1), { orgId: 'org-a', id: 'three' }), undefined)
  t.equal(neighbourOf(items, { orgId: 'org-a', id: 'unknown' }), undefined)
  t.end()
})

t.test('the title of a record is the first of its members that describes it', (t) => {
  t.equal(titleOf({ id: 'x', title: '', name: 'Name', prompt: 'Prompt' }), 'Name')
  t.equal(titleOf({ id: 'x', prompt: 'p'.repeat(400) }), 'p'.repeat(300))
  t.equal(titleOf({ id: 'x', name: null }), 'x')
  t.equal(titleOf({}), '')
  t.end()
})

t.test('the size of a file follows from its base64', (t) => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      t.equal(bytesOf(Buffer.from(bytes).toString('base64')), bytes.length)
    }),
  )
  t.equal(bytesOf('aGVs\r\nbG8=\r\n'), 5)
  t.end()
})

t.test('a size has a unit that suits it', (t) => {
  t.same(sizeOf(999), { value: 999, unit: 'byte' })
  t.same(sizeOf(1_500), { value: 1.5, unit: 'kilobyte' })
  t.same(sizeOf(2_000_000), { value: 2, unit: 'megabyte' })
  t.end()
})

t.test('the path of a record follows from its id', (t) => {
  t.same(pathOfRecord('devin-1'), ['sessions', 'devin-1'])
  const collections = { note: 'knowledge', playbook: 'playbooks', sched: 'schedules', secret: 'secrets' }
  for (const [prefix, collection] of Object.entries(collections)) {
    t.same(pathOfRecord(`${prefix}-1`), ['state', collection, `${prefix}-1`])
  }
  t.equal(pathOfRecord('37c68147'), undefined)
  t.end()
})
