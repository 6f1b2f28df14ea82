import t from 'tap'
import { randomIds } from '../../src/base/ids.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { addEvent } from '../../src/organization/sessions.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock } from '../fake.ts'

t.test('an event of an unknown session is refused', async (t) => {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })

  await t.rejects(addEvent(organizations.get('org-1'), 'devin-none', { message: 'Hello' }), {
    name: 'NotFound',
    resource: 'session',
  })
})
