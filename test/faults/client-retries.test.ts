import { Agent, request } from 'node:http'
import t, { type Test } from 'tap'
import { ClientRetries, RETRIES_MAX, RETRY_WINDOW } from '../../src/faults/client-retries.ts'
import type { Fault } from '../../src/faults/fault.ts'
import { KEY } from '../fake.ts'
import { type Faulty, PLAYBOOK, startFaulty } from './start.ts'

const fault = { spec: {} } as Fault
const get = { method: 'GET', path: '/v1/secrets' }

t.test('a retry is expected once, for a while, and of the same request alone', async (t) => {
  const retries = new ClientRetries()
  t.ok(retries.areNone)
  retries.expect(fault, get, 0)
  t.notOk(retries.areNone)
  t.equal(retries.take({ ...get, method: 'POST' }, 1), undefined)
  t.equal(retries.take({ ...get, path: '/v1/sessions' }, 1), undefined)
  t.equal(retries.take({ ...get, identity: 'k' }, 1), undefined)
  t.equal(retries.take(get, RETRY_WINDOW), fault)
  t.equal(retries.take(get, RETRY_WINDOW), undefined)

  retries.expect(fault, get, 0)
  t.equal(retries.take(get, RETRY_WINDOW + 1), undefined)
  t.ok(retries.areNone, 'what came too late is forgotten')
})

t.test('retries are forgotten with their fault, and the oldest where there are many', async (t) => {
  const retries = new ClientRetries()
  const other = { spec: {} } as Fault
  retries.expect(fault, get, 0)
  retries.expect(other, { ...get, method: 'POST' }, 0)
  retries.forget((one) => one === fault)
  t.equal(retries.take(get, 0), undefined)
  t.equal(retries.take({ ...get, method: 'POST' }, 0), other)

  for (let n = 0; n <= RETRIES_MAX; n++) retries.expect(fault, { ...get, path: `/${n}` }, 0)
  t.equal(retries.take({ ...get, path: '/0' }, 0), undefined)
  t.equal(retries.take({ ...get, path: '/1' }, 0), fault)
})

/** A client that sends a request again by itself when a reused connection ends, as curl, Go and Java do. Gives what it sees. */
function clientOf(t: Test, { url }: Faulty) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  const send = (method: string, path: string): Promise<number | string> =>
    new Promise((resolve) => {
      const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
      const sent = request(url + path, { agent, method, headers }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode as number))
      })
      sent.on('error', (error: NodeJS.ErrnoException) => {
        resolve(sent.reusedSocket ? send(method, path) : String(error.code))
      })
      sent.end(method === 'POST' ? PLAYBOOK : undefined)
    })
  return (method = 'GET', path = '/v1/playbooks') => send(method, path)
}

/** One turn of the event loop, after which a connection can be used again. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

async function see(ask: () => Promise<number | string>, times: number): Promise<(number | string)[]> {
  const seen = []
  for (let time = 0; time < times; time++) {
    seen.push(await ask())
    await settled()
  }
  return seen
}

t.test('without it a client that tries again by itself sees nothing of a fault', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ abort: 'before', after: 1, times: 1 })
  const ask = clientOf(t, fake)
  t.same(await see(ask, 3), [200, 200, 200])
})

t.test('broken-connection: one failure that such a client sees, counted once', async (t) => {
  const fake = await startFaulty(t)
  const id = await fake.add({ preset: 'broken-connection', after: 1, times: 2 })
  const ask = clientOf(t, fake)

  t.same(await see(ask, 2), [200, 'ECONNRESET'])
  t.match(await fake.faults(), [{ matched: 2, struck: 1, left: 1 }])
  t.same(
    (await fake.journal()).map(({ fault, status }) => [fault, status]),
    [
      [undefined, 200],
      [id, null],
      [id, null],
    ],
  )
  t.same(await see(ask, 2), ['ECONNRESET', 200], 'the first request on a connection is struck once')
})

t.test('a lost answer is lost again, and what it answers for has happened twice', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ abort: 'after', include_retries: true, method: 'POST', times: 1 })
  const ask = clientOf(t, fake)

  t.same(await see(ask, 1), [200])
  t.equal(await ask('POST'), 'ECONNRESET')
  t.equal(await fake.playbooks(), 2)
  t.equal(await ask('POST'), 200)
})

t.test('other requests meanwhile are not taken for a retry', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ preset: 'broken-connection', path: '/v1/playbooks', after: 1 })
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  const send = (path: string) =>
    new Promise((resolve) => {
      const headers = { authorization: `Bearer ${KEY}` }
      const sent = request(fake.url + path, { agent, headers }, (answer) =>
        answer.resume().on('end', () => resolve(answer.statusCode)),
      )
      sent.on('error', () => resolve('failed')).end()
    })
  t.equal(await send('/v1/playbooks'), 200)
  await settled()
  t.equal(await send('/v1/playbooks'), 'failed')
  t.same([await send('/v1/playbooks?limit=1'), await send('/v1/secrets')], [200, 200])
})

t.test('once the faults are removed, no retry fails any more', async (t) => {
  for (const remove of ['/_fake/faults', '/_fake/faults/{id}']) {
    const fake = await startFaulty(t)
    const id = await fake.add({ preset: 'broken-connection', after: 1, times: 2 })
    const agent = new Agent({ keepAlive: true })
    t.teardown(() => agent.destroy())
    const send = () =>
      new Promise((resolve) => {
        const headers = { authorization: `Bearer ${KEY}` }
        const sent = request(`${fake.url}/v1/playbooks`, { agent, headers }, (answer) =>
          answer.resume().on('end', () => resolve(answer.statusCode)),
        )
        sent.on('error', () => resolve('failed')).end()
      })
    t.equal(await send(), 200)
    await settled()
    t.equal(await send(), 'failed')
    await fake.call('DELETE', remove.replace('{id}', id))
    t.equal(await send(), 200, remove)
  }
})

t.test('include_retries goes with a connection that ends without an answer alone', async (t) => {
  const fake = await startFaulty(t)
  for (const more of [{ status: 503 }, { abort: 'mid-body' }, { delay_ms: 1 }]) {
    const res = await fake.send('POST', '/_fake/faults', { include_retries: true, ...more })
    t.equal(res.statusCode, 422, JSON.stringify(more))
    t.match(res.json().detail, [{ loc: ['body', 'include_retries'] }])
  }
  t.match((await fake.send('POST', '/_fake/faults', { status: 503, include_retries: false })).statusCode, 201)
})
