// Generates load on a server, in a separate process: raw keep-alive sockets, each with one request in flight. Plain JavaScript,
// for a quick start. Reads a plan as JSON from its argument and prints the results as JSON.
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'

/**
 * { servers: [{ port, pid }], connections, kind: 'unknown' | 'delete' | 'create-delete', ms } or, for `delete`, { count } instead of { ms }.
 * With { generation: 'v3' } the requests are those of v3. Several servers get the same number of connections each.
 */
const { servers, connections, kind, ms, count, generation = 'v1' } = JSON.parse(process.argv[2])
const [SECRETS, KEY] = {
  v1: ['/v1/secrets', 'apk_user_bench'],
  v3: ['/v3/organizations/org-fa4ede71000000000000000000000001/secrets', 'cog_bench'],
}[generation]
/** A secret that does not exist is v1's 404 and v3's 403. */
const UNKNOWN = { v1: '404', v3: '403' }[generation]
const HEAD = `host: 127.0.0.1\r\nauthorization: Bearer ${KEY}\r\n`

let created = 0
function creation() {
  const body = `{"type":"key-value","key":"BENCH_${++created}","value":"s3cr3t","sensitive":true,"note":""}`
  return `POST ${SECRETS} HTTP/1.1\r\n${HEAD}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}
const idOf = (body) => JSON.parse(body)[generation === 'v1' ? 'id' : 'secret_id']
const deletion = (id) => `DELETE ${SECRETS}/${id} HTTP/1.1\r\n${HEAD}\r\n`

/** Sends the requests that `next` returns, one by one on every connection, until it returns undefined. Times are in microseconds. */
async function run(next, onAnswer) {
  const times = []
  const lane = (_, index) =>
    new Promise((resolve, reject) => {
      const { port } = servers[index % servers.length]
      const state = {}
      let sentAt = 0
      let text = ''
      const socket = connect(port, '127.0.0.1').setNoDelay(true)
      const send = () => {
        const request = next(state)
        if (request === undefined) return void socket.end(resolve)
        sentAt = performance.now()
        socket.write(request)
      }
      socket.once('connect', send).on('error', reject)
      socket.setEncoding('latin1').on('data', (chunk) => {
        text += chunk
        const end = text.indexOf('\r\n\r\n')
        if (end === -1) return
        const length = Number(/content-length: (\d+)/i.exec(text)?.[1])
        if (text.length < end + 4 + length) return
        times.push((performance.now() - sentAt) * 1000)
        onAnswer(text.slice(9, 12), text.slice(end + 4), state)
        text = ''
        send()
      })
    })
  const before = performance.now()
  const cpuBefore = cpuMicros()
  await Promise.all(Array.from({ length: connections }, lane))
  const seconds = (performance.now() - before) / 1000
  return { times, seconds, cpu: (cpuMicros() - cpuBefore) / times.length }
}

/** Returns the CPU time of all threads of the servers so far, in microseconds. Not from `stat`, which counts hundredths of a second. */
function cpuMicros() {
  const tasks = servers.flatMap(({ pid }) =>
    readdirSync(`/proc/${pid}/task`).map((id) => `/proc/${pid}/task/${id}`),
  )
  const nanos = tasks.map((task) => Number(readFileSync(`${task}/schedstat`, 'latin1').split(' ')[0]))
  return nanos.reduce((sum, each) => sum + each, 0) / 1000
}

const expect = (status, wanted) => {
  if (status !== wanted) throw new Error(`the server answered ${status} instead of ${wanted}`)
}

const kinds = {
  async unknown() {
    const until = performance.now() + ms
    const next = () => (performance.now() < until ? deletion('secret-unknown') : undefined)
    return run(next, (status) => expect(status, UNKNOWN))
  },
  async delete() {
    const ids = []
    const creations = await run(
      () => (created < count ? creation() : undefined),
      (status, body) => {
        expect(status, '200')
        ids.push(idOf(body))
      },
    )
    const next = () => (ids.length > 0 ? deletion(ids.pop()) : undefined)
    const deletions = await run(next, (status) => expect(status, '200'))
    return { ...deletions, creations }
  },
  async 'create-delete'() {
    const until = performance.now() + ms
    const next = (state) => {
      if (state.id !== undefined) return deletion(state.id)
      return performance.now() < until ? creation() : undefined
    }
    return run(next, (status, body, state) => {
      expect(status, '200')
      state.id = state.id === undefined ? idOf(body) : undefined
    })
  },
}

/** Sums up a run. */
function result({ times, seconds, cpu }) {
  times.sort((a, b) => a - b)
  const at = (share) => times[Math.floor(times.length * share)]
  return { perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99), cpu }
}

const { creations, ...all } = await kinds[kind]()
console.log(JSON.stringify({ ...result(all), ...(creations && { creations: result(creations) }) }))
