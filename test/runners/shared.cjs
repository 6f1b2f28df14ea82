// Checks that every test runner must pass. They throw on failure and use no runner API, so that all runners share them.
const assert = require('node:assert/strict')
const { execFileSync } = require('node:child_process')

exports.headersOf = (devin) => ({ authorization: `Bearer ${devin.key}`, 'content-type': 'application/json' })

/** Uses all controls of a fake, and sends requests without a socket. */
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
  // Old versions of jsdom have files without a method to read them.
  if (typeof uploaded === 'string') assert.match(uploaded, /^this Blob has no arrayBuffer/)
  else assert.equal(uploaded.status, 200)
  await devin.requests.verify({ method: 'POST', path: '/v1/sessions', times: 1 })
  await assert.rejects(devin.requests.verify({ method: 'PUT' }), { name: 'AssertionError' })
  await devin.reset()
}

/** Checks that an abort rejects the call, also with the runner's own `AbortSignal` class. */
exports.abort = async (devin) => {
  const controller = new AbortController()
  controller.abort(new Error('mine'))
  await assert.rejects(devin.fetch('/v1/secrets', { signal: controller.signal }), { message: 'mine' })
}

/** Checks that the fake uses the system time. `real` is the time of an unmocked clock, in milliseconds. */
exports.isNow = async (devin, real) => {
  const { now } = await devin.clock.get()
  assert.ok(Math.abs(Date.parse(now) - real) < 60_000, now)
}

/** Uses a fake over a socket. */
exports.useRemote = async (connectFakeDevin, devin) => {
  const remote = connectFakeDevin(devin.url)
  await remote.clock.advance(1)
  const response = await remote.fetch('/v1/secrets', { headers: exports.headersOf(devin) })
  assert.deepEqual(await response.json().then(JSON.stringify), '[]')
}

/** The names that fake timers mock, except those that Node's sockets depend on. */
exports.TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'Date', 'performance', 'hrtime']

/** Uses the fake that `fake-devin/global-setup` has started, also while this process is blocked. */
exports.useGlobal = async (connectFakeDevin) => {
  const { FAKE_DEVIN_URL, DEVIN_API_URL, DEVIN_ORG_ID } = process.env
  assert.equal(DEVIN_API_URL, FAKE_DEVIN_URL)
  const devin = await connectFakeDevin(FAKE_DEVIN_URL).organizations.create()
  await devin.requests.verify({ times: 0 })
  const script = `
    const headers = { authorization: 'Bearer ' + process.env.DEVIN_API_KEY }
    fetch(process.env.DEVIN_API_URL + '/v3/self', { headers }).then(async (answer) => console.log((await answer.json()).org_id))
  `
  const printed = execFileSync(process.execPath, ['--eval', script], { encoding: 'utf8', timeout: 10_000 })
  assert.equal(printed, `${DEVIN_ORG_ID}\n`)
}
