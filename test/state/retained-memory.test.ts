import t from 'tap'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { randomIds } from '../../src/base/ids.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { RetainedMemory } from '../../src/state/retained-memory.ts'
import { StateService } from '../../src/state/service.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock } from '../fake.ts'

/** Returns a server, and a function for the bytes that a snapshot of its current state takes. */
function aServer() {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const stateService = new StateService({ organizations, keys: new KeyRegistry() })
  const bytes = async () => {
    let used = 0
    const add = (more: number) => {
      used += more
    }
    const memory = new RetainedMemory({ ensure: () => undefined, reserve: add, record: add })
    const state = await stateService.capture()
    memory.retain(state)
    const retained = used
    memory.release(state)
    t.equal(used, 0, 'the release frees as much')
    return retained
  }
  return { organizations, stateService, bytes }
}

t.test('a snapshot counts the name and the match of each rule', async (t) => {
  const { organizations, bytes } = aServer()
  const before = await bytes()

  organizations.scenarios.add({
    name: 'n'.repeat(2_000),
    match: { prompt: 'x'.repeat(10_000) },
    scenario: 'never',
  })

  // The name is also one of the overridden names.
  t.ok((await bytes()) >= before + 14_000)
})

t.test('a snapshot counts the keys, also the revoked ones', async (t) => {
  const { stateService, bytes } = aServer()
  const before = await bytes()
  const keysOf = (prefix: string) => Array.from({ length: 100 }, (_, n) => `${prefix}_${n}${'x'.repeat(100)}`)

  await stateService.replace({ organizations: [{ keys: keysOf('apk_user') }] }, [])
  const withKeys = await bytes()
  t.ok(withKeys >= before + 20_000)

  await stateService.replace({ organizations: [{}], revoked_keys: keysOf('apk_gone') }, [])
  t.ok((await bytes()) >= withKeys + 20_000)
})
