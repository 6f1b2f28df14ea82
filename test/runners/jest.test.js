const { connectFakeDevin, FakeDevinError, StartError, startFakeDevin } = require('fake-devin')
const { abort, isNow, useAll, useRemote } = require('./shared.cjs')

const real = Date.now()
let devin
beforeAll(async () => {
  devin = await startFakeDevin()
})
afterEach(() => jest.useRealTimers())
afterAll(() => devin.close())

for (const legacyFakeTimers of [false, true]) {
  test(`all works under fake timers, legacy ${legacyFakeTimers}`, async () => {
    jest.useFakeTimers({ legacyFakeTimers })

    await useAll(devin)
    await isNow(devin, real)
    await useRemote(connectFakeDevin, devin)
  })

  test(`a fake starts and closes under fake timers, legacy ${legacyFakeTimers}`, async () => {
    jest.useFakeTimers({ legacyFakeTimers })

    await (await startFakeDevin()).close()
  })

  test(`a fake starts where the timers were faked before it was loaded, legacy ${legacyFakeTimers}`, async () => {
    jest.useFakeTimers({ legacyFakeTimers, now: 0 })
    jest.resetModules()

    const other = await require('fake-devin').startFakeDevin()

    await isNow(other, real)
    await other.close()
  })
}

test('signals reach the call', () => abort(devin))

test('errors and answers are of the classes that a test knows', async () => {
  await expect(devin.clock.advance(-1)).rejects.toThrow(FakeDevinError)
  await expect(devin.clock.advance(-1)).rejects.toBeInstanceOf(Error)
  await expect(startFakeDevin({ sped: 1 })).rejects.toThrow(StartError)
  await expect(startFakeDevin({ sped: 1 })).rejects.toBeInstanceOf(Error)
  expect(await devin.scenarios.list()).toMatchObject({ rules: [] })
  expect((await devin.requests.list({ status: 599 })).requests).toStrictEqual([])
})
