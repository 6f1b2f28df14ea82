import { after, afterEach, before, mock, test } from 'node:test'
import { connectFakeDevin, startFakeDevin } from 'fake-devin'
import { abort, isNow, useAll, useRemote } from './shared.cjs'

const real = Date.now()
let devin
before(async () => {
  devin = await startFakeDevin()
})
afterEach(() => mock.timers.reset())
after(() => devin.close())

test('all works under mocked timers', async () => {
  mock.timers.enable({ apis: ['setInterval', 'setTimeout', 'setImmediate', 'Date'] })

  await useAll(devin)
  await isNow(devin, real)
  await useRemote(connectFakeDevin, devin)
  await (await startFakeDevin()).close()
})

test('signals reach the call', () => abort(devin))
