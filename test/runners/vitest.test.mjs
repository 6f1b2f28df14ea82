import { connectFakeDevin, startFakeDevin } from 'fake-devin'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { abort, isNow, TIMERS, useAll, useRemote } from './shared.cjs'

const real = Date.now()
const isBrowser = 'window' in globalThis
let devin
beforeAll(async () => {
  devin = await startFakeDevin()
})
afterEach(() => {
  vi.useRealTimers()
})
afterAll(() => devin.close())

test('all works', async () => {
  await useAll(devin)
  await abort(devin)
  if (!isBrowser) await useRemote(connectFakeDevin, devin)
})

for (const toFake of [undefined, TIMERS]) {
  test(`all works under fake timers: ${toFake ?? 'those of Vitest'}`, async () => {
    vi.useFakeTimers({ now: 0, ...(toFake && { toFake }) })

    await useAll(devin)
    await isNow(devin, real)
    await (await startFakeDevin()).close()
  })
}

/** Fakes process.nextTick. Vitest puts the real one back if it has reported something in the same tick. */
async function fakeTicks() {
  const realTick = process.nextTick
  do {
    vi.useRealTimers()
    vi.useFakeTimers({ toFake: ['nextTick'] })
    await new Promise((resolve) => setImmediate(resolve))
  } while (process.nextTick === realTick)
}

test.skipIf(process.env.POOL !== 'threads')('what cannot work says so', async () => {
  await fakeTicks()
  await expect(devin.clock.get()).rejects.toThrow('process.nextTick is faked')
  await expect(startFakeDevin()).rejects.toThrow('process.nextTick is faked')
  vi.useRealTimers()
  vi.useFakeTimers({ toFake: ['queueMicrotask'] })
  await expect(devin.fetch('/v1/secrets')).rejects.toThrow('queueMicrotask is faked')
})
