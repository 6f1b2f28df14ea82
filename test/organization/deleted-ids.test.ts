import t from 'tap'
import { ChangeFeed } from '../../src/base/changes.ts'
import { DeletedIds } from '../../src/organization/deleted-ids.ts'

t.test('an id is remembered until it is deleted', async (t) => {
  const ids = new DeletedIds(new ChangeFeed())
  t.notOk(ids.has('org-1'))
  for (const id of ['org-1', 'org-2', 'org-3']) ids.add(id)
  ids.delete('org-2')

  t.same(
    ['org-1', 'org-2', 'org-3'].map((id) => ids.has(id)),
    [true, false, true],
  )
  ids.clear()
  t.notOk(ids.has('org-1'))
})

t.test('beyond ten thousand ids, the oldest is forgotten', async (t) => {
  const ids = new DeletedIds(new ChangeFeed())
  for (let n = 0; n <= 10_000; n++) ids.add(`org-${n}`)

  t.notOk(ids.has('org-0'))
  t.ok(ids.has('org-1'))
  t.ok(ids.has('org-10000'))
})
