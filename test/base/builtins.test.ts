import t from 'tap'
import * as builtins from '../../src/base/builtins.ts'

t.test('what the library took at its load is not what a test puts in its place later', async (t) => {
  const fakes: (() => void)[] = []
  t.intercept(globalThis, 'setTimeout', { value: (callback: () => void) => fakes.push(callback) })

  await new Promise<void>((resolve) => void builtins.setTimeout(resolve, 1))

  t.same(fakes, [])
})

t.test('behind a fake of fake timers that were there before, the genuine one is found', async (t) => {
  const genuine = () => undefined
  const fake = Object.assign(() => undefined, { clock: { _setTimeout: genuine } })

  t.equal(builtins.genuine(fake, 'setTimeout'), genuine)
  t.equal(builtins.genuine(fake, 'setImmediate'), fake)
  t.equal(builtins.genuine(genuine, 'setTimeout'), genuine)
  t.equal(builtins.genuine(undefined, 'setTimeout'), undefined)
})

t.test("buffers of Node are instances of Node's own Uint8Array", async (t) => {
  t.ok(Buffer.from('a') instanceof builtins.NodeUint8Array)
})
