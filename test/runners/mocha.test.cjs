const assert = require('node:assert/strict')
const { connectFakeDevin, startFakeDevin } = require('fake-devin')
const { afterEach, before, after, describe, it } = require('mocha')
const sinon = require('sinon')
const { abort, isNow, TIMERS, useAll, useRemote } = require('./shared.cjs')

const real = Date.now()

describe('mocha and sinon', () => {
  let devin
  before(async () => {
    devin = await startFakeDevin()
  })
  afterEach(() => sinon.restore())
  after(() => devin.close())

  it('lets all work under fake timers', async () => {
    sinon.useFakeTimers({ toFake: TIMERS })

    await useAll(devin)
    await abort(devin)
    await isNow(devin, real)
    await useRemote(connectFakeDevin, devin)
    await (await startFakeDevin()).close()
  })

  it('is told what cannot work, instead of waiting for ever', async () => {
    sinon.useFakeTimers()
    const refusal = { message: /process\.nextTick is faked/ }

    await assert.rejects(devin.clock.get(), refusal)
    await assert.rejects(devin.fetch('/v1/secrets'), refusal)
    await assert.rejects(connectFakeDevin(devin.url).clock.get(), refusal)
    await assert.rejects(startFakeDevin(), { name: 'StartError', ...refusal })
    await assert.rejects(devin.close(), refusal)
  })

  it('is told where fetch cannot work, while the control plane does', async () => {
    sinon.useFakeTimers({ toFake: ['queueMicrotask'] })

    await assert.rejects(devin.fetch('/v1/secrets'), {
      name: 'TypeError',
      message: /queueMicrotask is faked/,
    })
    await devin.clock.advance(1)
  })
})
