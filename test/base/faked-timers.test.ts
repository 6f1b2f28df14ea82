import t, { type Test } from 'tap'
import { nextTick } from '../../src/base/builtins.ts'
import { assertFetching, assertRunning } from '../../src/base/faked-timers.ts'
import { connectFakeDevin, startFakeDevin } from '../../src/index.ts'

/** Puts something in the place of a function until the calls have settled, since the test runner needs it, too. */
async function replaced<Result>(
  t: Test,
  [host, name]: [object, string],
  value: unknown,
  calls: () => Promise<Result>,
): Promise<Result> {
  const restore = t.intercept(host, name as never, { value } as never).restore
  try {
    return await calls()
  } finally {
    restore()
  }
}

const never = () => undefined

/** What a call rejects with. */
const flawOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: Error) => [error.name, error.message].join(': '),
  )

t.test('every call says so where process.nextTick is faked, and works again after it', async (t) => {
  const devin = await startFakeDevin()
  t.teardown(() => devin.close())
  const remote = connectFakeDevin(devin.url)

  const flaws = await replaced(t, [process, 'nextTick'], never, async () => [
    await flawOf(devin.clock.get()),
    await flawOf(remote.clock.get()),
    await flawOf(devin.fetch('/v1/secrets')),
    await flawOf(remote.fetch('/v1/secrets')),
    await flawOf(startFakeDevin()),
    await flawOf(devin.close()),
  ])

  t.strictSame(
    flaws.map((flaw) => /^(\w+): .*process\.nextTick is faked/.exec(String(flaw))?.[1]),
    ['FakeDevinError', 'FakeDevinError', 'TypeError', 'TypeError', 'StartError', 'Error'],
  )
  await devin.clock.get()
})

t.test('a call that fetches says so where queueMicrotask is faked; others need it not', async (t) => {
  const devin = await startFakeDevin()
  t.teardown(() => devin.close())

  const flaws = await replaced(t, [globalThis, 'queueMicrotask'], never, async () => [
    await flawOf(devin.fetch('/v1/secrets')),
    await flawOf(devin.clock.get()),
  ])

  t.match(flaws, [/^TypeError: queueMicrotask is faked/, undefined])
  await assertFetching()
})

t.test('a process.nextTick that another tool has wrapped is as good', async (t) => {
  const wrapped = (callback: () => void) => nextTick(callback)

  await replaced(t, [process, 'nextTick'], wrapped, assertRunning)
  await assertRunning()
})

t.test('timers that were faked before the library was loaded are said to be', async (t) => {
  const faked = await t.mockImport<typeof import('../../src/base/faked-timers.ts')>(
    '../../src/base/faked-timers.ts',
    {
      '../../src/base/builtins.ts': { nextTick, setImmediate: never },
    },
  )

  await t.rejects(faked.assertRunning(), { message: /^the timers were faked before fake-devin was loaded/ })
  await t.rejects(faked.assertFetching(), { name: 'TypeError' })
})
