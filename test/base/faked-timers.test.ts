// The builtins captured at load, and the detection of fake timers that block Node.

import t, { type Test } from 'tap'
import * as builtins from '../../src/base/builtins.ts'
import { nextTick } from '../../src/base/builtins.ts'
import { assertFetching, assertRunning } from '../../src/base/faked-timers.ts'
import { connectFakeDevin, startFakeDevin } from '../../src/index.ts'

/** Replaces a function until the calls have settled, because the test runner needs it as well. */
async function withReplaced<Result>(
  t: Test,
  [host, name]: [object, string],
  value: unknown,
  calls: () => Promise<Result>,
): Promise<Result> {
  const restore = t.intercept(host, name as never, { value, writable: true } as never).restore
  try {
    return await calls()
  } finally {
    restore()
  }
}

const never = () => undefined

/** Resolves with the error that a call rejects with. */
const errorOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: Error) => [error.name, error.message].join(': '),
  )

t.test('every call rejects while process.nextTick is faked, and works again afterwards', async (t) => {
  const devin = await startFakeDevin()
  t.teardown(() => devin.close())
  const remote = connectFakeDevin(devin.url)

  const errors = await withReplaced(t, [process, 'nextTick'], never, async () => [
    await errorOf(devin.clock.get()),
    await errorOf(remote.clock.get()),
    await errorOf(devin.fetch('/v1/secrets')),
    await errorOf(remote.fetch('/v1/secrets')),
    await errorOf(startFakeDevin()),
    await errorOf(devin.close()),
  ])

  t.strictSame(
    errors.map((error) => /^(\w+): .*process\.nextTick is faked/.exec(String(error))?.[1]),
    ['FakeDevinError', 'FakeDevinError', 'TypeError', 'TypeError', 'StartError', 'Error'],
  )
  await devin.clock.get()
})

t.test('only calls that fetch reject while queueMicrotask is faked', async (t) => {
  const devin = await startFakeDevin()
  t.teardown(() => devin.close())

  const errors = await withReplaced(t, [globalThis, 'queueMicrotask'], never, async () => [
    await errorOf(devin.fetch('/v1/secrets')),
    await errorOf(devin.clock.get()),
  ])

  t.match(errors, [/^TypeError: queueMicrotask is faked/, undefined])
  await assertFetching()
})

t.test('a process.nextTick wrapped by another tool is accepted', async (t) => {
  const wrapped = (callback: () => void) => nextTick(callback)

  await withReplaced(t, [process, 'nextTick'], wrapped, assertRunning)
  await assertRunning()
})

t.test('a process.nextTick that a test runner restores for a moment still counts as faked', async (t) => {
  const real = process.nextTick
  // As Vitest does whenever it reports something.
  let immediate: NodeJS.Immediate | undefined
  const report = () => {
    process.nextTick = real
    immediate = setImmediate(() => {
      process.nextTick = never
      timer = setTimeout(report, 1)
    })
  }
  let timer = setTimeout(report, 1)

  const error = await withReplaced(t, [process, 'nextTick'], never, () => errorOf(assertRunning()))

  clearTimeout(timer)
  clearImmediate(immediate)
  t.match(error, /process\.nextTick is faked/)
})

t.test('timers faked before the library was loaded are reported', async (t) => {
  const faked = await t.mockImport<typeof import('../../src/base/faked-timers.ts')>(
    '../../src/base/faked-timers.ts',
    {
      '../../src/base/builtins.ts': { nextTick, setImmediate: never },
    },
  )

  await t.rejects(faked.assertRunning(), { message: /^the timers were faked before fake-devin was loaded/ })
  await t.rejects(faked.assertFetching(), { name: 'TypeError' })
})

t.test('captured functions are not affected by later replacements', async (t) => {
  const fakeCalls: (() => void)[] = []
  t.intercept(globalThis, 'setTimeout', { value: (callback: () => void) => fakeCalls.push(callback) })

  await new Promise<void>((resolve) => void builtins.setTimeout(resolve, 1))

  t.same(fakeCalls, [])
})

t.test('originalOf returns the original of a function that was faked before the load', async (t) => {
  const original = () => undefined
  const fake = Object.assign(() => undefined, { clock: { _setTimeout: original } })

  t.equal(builtins.originalOf(fake, 'setTimeout'), original)
  t.equal(builtins.originalOf(fake, 'setImmediate'), fake)
  t.equal(builtins.originalOf(original, 'setTimeout'), original)
  t.equal(builtins.originalOf(undefined, 'setTimeout'), undefined)
})

t.test("Node's buffers are instances of NodeUint8Array", async (t) => {
  t.ok(Buffer.from('a') instanceof builtins.NodeUint8Array)
})
