// Measures the time from `startFakeDevin()` to the first valid answer to a DELETE, in a process that has loaded the library. Prints
// milliseconds: for the first fake, the median of later ones, and the median of a bare server.
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { startFakeDevin } from '../dist/index.js'

const ROUNDS = 51

function firstAnswer(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').setNoDelay(true).on('error', reject)
    socket.write(
      'DELETE /v1/secrets/secret-unknown HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer apk_user_demo\r\n\r\n',
    )
    socket.once('data', (data) => {
      socket.destroy()
      if (data.includes('HTTP/1.1 404')) resolve()
      else reject(new Error(`not a good answer: ${data}`))
    })
  })
}

async function bare() {
  const server = createServer((_request, response) => response.writeHead(404).end('{}'))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: server.address().port, close: () => server.close() }
}

async function fake() {
  const { url, close } = await startFakeDevin()
  return { port: Number(new URL(url).port), close }
}

async function once(make) {
  const before = performance.now()
  const { port, close } = await make()
  await firstAnswer(port)
  const ms = performance.now() - before
  await close()
  return ms
}

// Warms up the client.
for (let round = 0; round < 5; round++) await once(bare)
const first = await once(fake)
const times = { fake: [], bare: [] }
for (let round = 0; round < ROUNDS; round++) {
  times.fake.push(await once(fake))
  times.bare.push(await once(bare))
}
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]
console.log(JSON.stringify({ first, later: median(times.fake), bare: median(times.bare) }))
