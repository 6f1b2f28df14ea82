// `npm run bench:reliability`: measures how a server copes with clients that are too slow, too many, or ask
// for too much. Prints the rows of the table in docs/reliability.md. Each server runs in its own process.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Target } from '../test/fuzz/target.ts'

const KEY = 'apk_user_bench'
const GET = `GET /v1/secrets HTTP/1.1\r\nhost: h\r\nauthorization: Bearer ${KEY}\r\n\r\n`

const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`
const row = (what: string, result: string) => console.log(`| ${what} | ${result} |`)

function open(port: number): Socket {
  return connect(port, '127.0.0.1').on('error', () => undefined)
}

/** Response times in milliseconds, and the number of requests that failed. */
interface Load {
  readonly times: number[]
  failed: number
}

/** Sends a new request after each answer, until the time `until` or until the connection closes. */
function ask(socket: Socket, until: number, load: Load): Promise<void> {
  return new Promise((resolve) => {
    let sentAt = 0
    const send = () => {
      sentAt = performance.now()
      socket.write(GET)
    }
    send()
    socket.on('data', (data) => {
      if (!data.toString('latin1').startsWith('HTTP/1.1 200 ')) load.failed++
      load.times.push(performance.now() - sentAt)
      sentAt = 0
      // After `connection: close` the server accepts no further request.
      if (performance.now() < until && !/\r\nconnection: close\r\n/i.test(data.toString('latin1'))) send()
      else socket.destroy()
    })
    socket.on('close', () => {
      if (sentAt !== 0) load.failed++
      resolve()
    })
  })
}

async function loadOf(port: number, clients: number, seconds: number): Promise<Load> {
  const load: Load = { times: [], failed: 0 }
  // Connects all clients first: Node accepts one connection per turn of its event loop, so clients that
  // already send requests would keep the others out.
  const sockets: Socket[] = []
  while (sockets.length < clients) {
    const batch = Array.from({ length: Math.min(50, clients - sockets.length) }, () => open(port))
    await Promise.all(batch.map((socket) => once(socket, 'connect')))
    sockets.push(...batch)
    await delay(20)
  }
  const until = performance.now() + seconds * 1000
  await Promise.all(sockets.map((socket) => ask(socket, until, load)))
  load.times.sort((a, b) => a - b)
  return load
}

function shown({ times, failed }: Load, seconds: number): string {
  const at = (part: number) => (times[Math.floor((times.length - 1) * part)] ?? 0).toFixed(1)
  const rate = Math.round(times.length / seconds / 100) * 100
  return `${rate} answers per second, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, the slowest ${at(1)} ms, ${failed} unanswered`
}

/** Starts a server with these flags, passes it to `use`, and stops it afterwards. */
async function withServer(flags: readonly string[], use: (target: Target) => Promise<void>): Promise<void> {
  const target = await Target.start(flags)
  try {
    await use(target)
  } finally {
    await target.stop()
  }
}

const SECONDS = 4

for (const clients of [1, 16, 128, 1_024]) {
  await withServer([], async ({ port }) => {
    await loadOf(port, clients, 1)
    row(
      `${clients} clients that send requests continuously`,
      shown(await loadOf(port, clients, SECONDS), SECONDS),
    )
  })
}

await withServer([], async ({ port }) => {
  const started = performance.now()
  const ends: number[] = []
  const slow = Array.from({ length: 500 }, (_, n) => {
    const socket = open(port)
    // Half of the clients send their headers slowly, half their body.
    const head = 'content-length: 1000\r\n\r\n'
    socket.write(
      `POST /v1/secrets HTTP/1.1\r\nhost: h\r\nauthorization: Bearer ${KEY}\r\n${n % 2 ? head : ''}`,
    )
    const drip = setInterval(() => socket.write(n % 2 ? ' ' : 'x: y\r\n'), 1_000)
    socket.resume().on('close', () => {
      clearInterval(drip)
      ends.push((performance.now() - started) / 1000)
    })
    return socket
  })
  const load = await loadOf(port, 16, SECONDS)
  row('16 clients, beside 500 that send a byte per second', shown(load, SECONDS))
  while (ends.length < 250) await delay(500)
  row(
    '250 clients that send their headers byte by byte',
    `closed after ${ends.at(0)?.toFixed(0)} to ${ends.at(-1)?.toFixed(0)} s`,
  )
  for (const socket of slow) socket.destroy()
})

await withServer(['--max-connections', '200'], async ({ port }) => {
  let refused = 0
  const sockets = Array.from({ length: 2_000 }, () =>
    open(port)
      .resume()
      .once('close', () => refused++),
  )
  await delay(1_000)
  const kept = sockets.length - refused
  for (const socket of sockets) socket.destroy()
  await delay(500)
  row(
    '2000 connections to a server with `--max-connections 200`',
    `${kept} kept, the others closed; afterwards ${shown(await loadOf(port, 16, SECONDS), SECONDS)}`,
  )
})

await withServer(['--max-stored-bytes', '64MiB'], async (target) => {
  const { port } = target
  const before = await target.bytesInUse()
  const statuses = new Map<number, number>()
  for (let n = 0; n < 200; n++) {
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(2 ** 20)]), 'a.bin')
    const { status } = await fetch(`http://127.0.0.1:${port}/v1/attachments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}` },
      body: form,
    })
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  const counts = [...statuses].map(([status, count]) => `${count} times ${status}`).join(', ')
  const more = (await target.bytesInUse()) - before
  row('200 uploads of 1 MiB to a store of 64 MiB', `${counts}; ${mebibytes(more)} more in use`)
})

await withServer([], async (target) => {
  const { port } = target
  const before = await target.bytesInUse()
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(50 * 2 ** 20)]), 'a.bin')
  const headers = { authorization: `Bearer ${KEY}` }
  const url = `http://127.0.0.1:${port}/v1/attachments`
  const address = (await (await fetch(url, { method: 'POST', headers, body: form })).json()) as string
  const path = new URL(address).pathname
  const redirect = await fetch(`http://127.0.0.1:${port}/v1${path}`, { headers, redirect: 'manual' })
  const { pathname, search } = new URL(redirect.headers.get('location') ?? '')
  const readers = Array.from({ length: 100 }, () => {
    const socket = open(port)
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`)
    return socket.once('data', () => socket.pause())
  })
  await delay(2_000)
  const more = (await target.bytesInUse()) - before
  row('100 clients that stop reading a file of 50 MiB', `${mebibytes(more)} more in use, the file included`)
  for (const reader of readers) reader.destroy()
})

await withServer([], async (target) => {
  const before = await target.bytesInUse()
  const digits = (n: number) => String(n).padStart(32, '0')
  const keyOf = (n: number) => `apk_${Buffer.from(`org-${digits(n)}:${digits(0)}`).toString('base64')}`
  const body = '{"type":"totp","key":"k","value":"v","sensitive":true,"note":""}'
  const post = (n: number) =>
    `POST /v1/secrets HTTP/1.1\r\nhost: h\r\nauthorization: Bearer ${keyOf(n)}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  const get = (n: number) => GET.replace(KEY, keyOf(n))
  await pipeline(target.port, 300_000, get)
  row(
    '300,000 keys, each of its own organization, that read',
    `${mebibytes((await target.bytesInUse()) - before)} more in use`,
  )
  const refused = await pipeline(target.port, 100_000, post)
  row(
    '100,000 keys, each of its own organization, that write',
    `${mebibytes((await target.bytesInUse()) - before)} more in use; ${refused} got 507`,
  )
})

/** Pipelines requests, about a thousand ahead of the answers. Resolves with the number of 507 answers. */
async function pipeline(port: number, count: number, request: (n: number) => string): Promise<number> {
  const socket = open(port)
  let [answered, full] = [0, 0]
  socket.setEncoding('latin1').on('data', (text: string) => {
    answered += text.split('HTTP/1.1 ').length - 1
    full += text.split('HTTP/1.1 507').length - 1
  })
  for (let n = 0; n < count; n += 100) {
    socket.write(Array.from({ length: 100 }, (_, at) => request(n + at)).join(''))
    while (n - answered > 1_000) await delay(1)
  }
  while (answered < count) await delay(1)
  socket.destroy()
  return full
}

for (const clients of [16, 512]) {
  const target = await Target.start()
  const loading = loadOf(target.port, clients, 60)
  await delay(2_000)
  const asked = performance.now()
  const code = await target.stop()
  const ms = Math.round(performance.now() - asked)
  const { times, failed } = await loading
  row(
    `SIGTERM with ${clients} clients that send requests continuously`,
    `exit code ${code} after ${ms} ms; ${times.length} requests answered, ${failed} not`,
  )
}
process.exit()
