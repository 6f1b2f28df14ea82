import { type AddressInfo, connect } from 'node:net'
import t from 'tap'
import { version } from '../../../src/base/version.ts'
import { startFake } from '../../fake.ts'

t.test('GET /_fake/health says that the server is up, and its version, without a key', async (t) => {
  const { app } = await startFake(t)

  const res = await app.inject('/_fake/health')

  t.equal(res.statusCode, 200)
  t.equal(res.headers['content-type'], 'application/json')
  t.same(res.json(), { status: 'ok', version })
})

t.test('HEAD /_fake/health is answered as GET is, without its body', async (t) => {
  const { app } = await startFake(t)
  await app.listen()
  const { port } = app.server.address() as AddressInfo
  const ask = (lines: string) =>
    new Promise<string>((resolve, reject) => {
      let received = ''
      const socket = connect(port, 'localhost', () => socket.write(`${lines}\r\n\r\n`))
      socket.setEncoding('utf8').on('data', (data: string) => {
        received += data
      })
      socket.on('close', () => resolve(received.replace(/\r\nDate: .*/, ''))).on('error', reject)
    })

  const [head] = (await ask('GET /_fake/health HTTP/1.1\r\nhost: a\r\nconnection: close')).split('\r\n\r\n')

  for (const lines of [
    'HEAD /_fake/health HTTP/1.1\r\nhost: a\r\nconnection: close',
    'HEAD /_fake/health?now=1 HTTP/1.1\r\nhost: www.example.com\r\nconnection: close',
    'HEAD /_fake/health HTTP/1.1\r\nhost: a\r\nauthorization: nonsense\r\nconnection: close',
    'HEAD /_fake/health HTTP/1.1\r\nhost: a\r\norigin: http://b\r\nuser-agent: \r\nconnection: close',
    'HEAD /_fake/health HTTP/1.0',
    'GET /_fake/health HTTP/1.0',
  ]) {
    const [answer, body] = (await ask(lines)).split('\r\n\r\n')
    t.equal(answer, head, lines)
    t.equal(body, lines.startsWith('HEAD') ? '' : JSON.stringify({ status: 'ok', version }), lines)
  }
})
