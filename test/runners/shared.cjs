// What must hold under every test runner, as functions that throw where it does not. Without the runner's own words, so that each of
// them uses the same.
const assert = require('node:assert/strict')

exports.headersOf = (devin) => ({ authorization: `Bearer ${devin.key}`, 'content-type': 'application/json' })

/** Everything that a test pulls, and a request without a socket. */
exports.useAll = async (devin) => {
  const headers = exports.headersOf(devin)
  const before = Date.parse((await devin.clock.get()).now)
  assert.equal(Date.parse((await devin.clock.advance(60)).now) >= before + 60_000, true)
  const init = { method: 'POST', headers, body: '{"prompt": "Fix the login page"}' }
  const created = await devin.fetch('/v1/sessions', init)
  assert.equal(created.status, 200)
  assert.equal(typeof (await created.json()).session_id, 'string')
  const form = new FormData()
  form.set('file', new File(['bytes'], 'a.txt', { type: 'text/plain' }))
  const { authorization } = headers
  const upload = { method: 'POST', headers: { authorization }, body: form }
  const uploaded = await devin.fetch('/v1/attachments', upload).catch((error) => error.message)
  // Old versions of jsdom have files that nobody can read.
  if (typeof uploaded === 'string') assert.match(uploaded, /^this Blob has no arrayBuffer/)
  else assert.equal(uploaded.status, 200)
  await devin.requests.verify({ method: 'POST', path: '/v1/sessions', times: 1 })
  await assert.rejects(devin.requests.verify({ method: 'PUT' }), { name: 'AssertionError' })
  await devin.reset()
}

/** That an abort reaches the call, whoever's signal it is. */
exports.abort = async (devin) => {
  const controller = new AbortController()
  controller.abort(new Error('mine'))
  await assert.rejects(devin.fetch('/v1/secrets', { signal: controller.signal }), { message: 'mine' })
}

/** That the time of the fake is the machine's: `real` is a clock that nobody has faked, in milliseconds. */
exports.isNow = async (devin, real) => {
  const { now } = await devin.clock.get()
  assert.ok(Math.abs(Date.parse(now) - real) < 60_000, now)
}

/** The same over a socket. */
exports.useRemote = async (connectFakeDevin, devin) => {
  const remote = connectFakeDevin(devin.url)
  await remote.clock.advance(1)
  const response = await remote.fetch('/v1/secrets', { headers: exports.headersOf(devin) })
  assert.deepEqual(await response.json().then(JSON.stringify), '[]')
}

/** Timers, the time and microtasks: all that fake timers know, but for what Node's own sockets stand on. */
exports.TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'Date', 'performance', 'hrtime']
