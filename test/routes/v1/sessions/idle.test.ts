import { createHook } from 'node:async_hooks'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { builtIns } from '../../../../src/simulation/scenarios.ts'
import { startFake } from '../../../fake.ts'

/** What keeps the process alive, once all that was begun is over. */
async function activeResources(): Promise<string[]> {
  for (let turn = 0; turn < 5; turn++) await setImmediate()
  return process
    .getActiveResourcesInfo()
    .filter((name) => name !== 'Immediate')
    .sort()
}

t.test('sessions start no timer and keep nothing open, whatever their scenario', async (t) => {
  const { call, send } = await startFake(t)
  const timers: string[] = []
  // Also one that would not keep the process alive; but Node has one of its own, for the date in its answers.
  const hook = createHook({
    init: (_id, type) => {
      const { stack = '' } = new Error(type)
      if (type === 'Timeout' && !stack.includes('node:internal/http')) timers.push(stack)
    },
  })
  t.teardown(() => hook.disable())
  const schema = { type: 'object', properties: { ok: { type: 'boolean' } } }
  const create = (name: string) =>
    send('POST', '/v1/sessions', { prompt: `[fake:${name}]`, structured_output_schema: schema })
  await create('default')
  const before = await activeResources()

  hook.enable()
  for (const name of Object.keys(builtIns)) {
    for (let count = 0; count < 3; count++) {
      const { session_id: id } = (await create(name)).json()
      if (count > 0) await call('GET', `/v1/sessions/${id}`)
      if (count > 1) await send('POST', `/v1/sessions/${id}/message`, { message: 'Go on' })
    }
  }
  await call('GET', '/v1/sessions')
  hook.disable()

  t.same(await activeResources(), before)
  t.same(timers, [])
})
