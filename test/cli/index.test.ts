import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { version } from '../../src/base/version.ts'
import { call } from '../server/tls/call.ts'
import { startProgram, startPublished } from './program.ts'

const LISTENING = /listening on (http:\/\/127\.0\.0\.1:\d+)/

t.test('fake-devin --version prints only the version', async (t) => {
  t.same(await startProgram(t, ['--version']).ended, { code: 0, stdout: `${version}\n`, stderr: '' })
})

t.test('fake-devin reports an invalid flag in one line and exits with 2', async (t) => {
  t.same(await startProgram(t, ['--prot', '1']).ended, {
    code: 2,
    stdout: '',
    stderr: 'fake-devin: unknown flag --prot, did you mean --port?\n',
  })
})

t.test('fake-devin reports a missing file in one line and exits with 1', async (t) => {
  const path = join(t.testdir({}), 'seed.yaml')

  t.same(await startProgram(t, ['--port', '0'], { FAKE_DEVIN_SEED: path }).ended, {
    code: 1,
    stdout: '',
    stderr: `fake-devin: ${path}: no such file\n`,
  })
})

t.test('fake-devin reports a port in use in one line and exits with 1', async (t) => {
  const [, url = ''] = await startProgram(t, ['--port', '0']).says(LISTENING)
  const { port } = new URL(url)

  const { code, stdout, stderr } = await startProgram(t, ['--port', port, '--log-level', 'info']).ended

  t.match({ code, stdout }, { code: 1, stdout: '' })
  t.match(stderr, new RegExp(`^fake-devin: port ${port} of 127\\.0\\.0\\.1 is in use: .*\n$`))
})

t.test('fake-devin --port 0 logs the URL as JSON, then one line per request, and never a key', async (t) => {
  const program = startProgram(t, ['--port', '0'])
  const [, url = ''] = await program.says(LISTENING)

  await fetch(`${url}/v1/secrets/apk_s3cr3t`, {
    method: 'DELETE',
    headers: { authorization: 'Bearer apk_user_s3cr3t' },
  })
  program.kill('SIGTERM')

  const { code, stdout, stderr } = await program.ended
  t.match({ code, stderr }, { code: 0, stderr: '' })
  t.match(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
    [
      { msg: `fake-devin listening on ${url}` },
      {
        msg: 'DELETE /v1/secrets/apk_*** 404: Secret not found',
        route: '/v1/secrets/{secret_id}',
        status: 404,
      },
    ],
  )
  t.notMatch(stdout, /s3cr3t/)
})

t.test(
  'fake-devin --host 0.0.0.0, as in a container, ends its output with the address to open',
  async (t) => {
    const flags = ['--port', '0', '--host', '0.0.0.0', '--tls', '--tls-port', '0', '--control-token', 't']
    const program = startProgram(t, flags)
    await program.says(/in a browser/)
    program.kill('SIGTERM')

    const { code, stdout } = await program.ended
    const messages = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).msg)
    const [, port] = /^fake-devin listening on http:.*:(\d+)$/.exec(messages[0]) ?? []
    t.equal(code, 0)
    t.equal(messages.at(-1), `Open http://localhost:${port}/_fake/ in a browser`)
  },
)

t.test('fake-devin reports the flags that have no effect because its store is not new', async (t) => {
  const folder = t.testdir({ 'seed.yaml': 'organizations: []' })
  const store = ['--port', '0', '--store', join(folder, 'devin.sqlite')]
  const filling = ['--seed', join(folder, 'seed.yaml'), '--speed', '60', '--clock', '2026-01-02T03:04:05Z']
  const messagesOf = async (flags: string[]) => {
    const program = startProgram(t, flags)
    await program.says(LISTENING)
    program.kill('SIGTERM')
    const { stdout } = await program.ended
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).msg)
  }

  t.equal((await messagesOf([...store, ...filling])).length, 1)
  t.equal((await messagesOf(store)).length, 1)
  t.equal(
    (await messagesOf([...store, ...filling]))[0],
    'The store is not new, so it keeps its state: --seed, --clock, --speed had no effect',
  )
})

t.test('fake-devin --tls logs both URLs, HTTP first, and ends on SIGTERM', async (t) => {
  const program = startProgram(t, ['--port', '0', '--tls', '--tls-port', '0'])
  const [, url = '', tlsUrl = ''] = await program.says(
    /listening on (http:[\d./:]+)[\s\S]*listening on (https:[\d./:]+)/,
  )
  const ca = await (await fetch(`${url}/_fake/ca.pem`)).text()

  const { status } = await call(`${tlsUrl}/v1/secrets`, { ca })
  program.kill('SIGTERM')

  t.equal(status, 200)
  t.match(await program.ended, { code: 0, stderr: '' })
})

t.test('fake-devin reports an invalid certificate file in one line and exits with 1', async (t) => {
  const path = join(t.testdir({ 'text.pem': 'text' }), 'text.pem')

  const { code, stderr } = await startProgram(t, ['--tls', '--tls-cert', path, '--tls-key', path]).ended

  t.equal(code, 1)
  t.match(stderr, new RegExp(`^fake-devin: ${path}: not a certificate in PEM .*\n$`))
})

t.test('fake-devin --log-level silent --port 0 prints the URL and nothing else', async (t) => {
  const program = startProgram(t, ['--port', '0', '--log-level', 'silent'])
  const [, url = ''] = await program.says(LISTENING)
  await fetch(`${url}/v1/secrets`)
  program.kill('SIGINT')

  t.same(await program.ended, { code: 0, stdout: `fake-devin listening on ${url}\n`, stderr: '' })
})

t.test('fake-devin finishes requests in flight on SIGTERM, even if the signal arrives twice', async (t) => {
  const program = startProgram(t, ['--port', '0'])
  const [, url = ''] = await program.says(LISTENING)
  const body = '{"type": "key-value", "key": "TOKEN", "value": "", "sensitive": true, "note": ""}'
  const head = `POST /v1/secrets HTTP/1.1\r\nhost: a\r\nauthorization: Bearer apk_user_a\r\ncontent-length: ${body.length}\r\n\r\n`
  const port = Number(new URL(url).port)
  const socket = connect(port, '127.0.0.1')
  socket.write(head + body.slice(0, 9))
  // An answer on another connection shows that the server has read the earlier data.
  const idle = connect(port, '127.0.0.1')
  idle.write('GET /_fake/health HTTP/1.1\r\nhost: a\r\n\r\n')
  await once(idle, 'data')

  program.kill('SIGTERM')
  program.kill('SIGTERM')
  // A server that ends closes its idle connections, and waits for the others for less than a second.
  await once(idle, 'close')
  socket.write(body.slice(9))

  let answer = ''
  for await (const chunk of socket) answer += chunk
  t.match(answer, /^HTTP\/1\.1 200 OK\r\n.*\{"id":"secret-[0-9a-f]{32}"\}$/s)
  t.equal((await program.ended).code, 0)
})

t.test('the published fake-devin health prints only whether the server answers', async (t) => {
  const program = startProgram(t, ['--port', '0'])
  const [, url = ''] = await program.says(LISTENING)

  t.same(await startPublished(t, ['health', '--url', url]).ended, { code: 0, stdout: 'ok\n', stderr: '' })
})

t.test('fake-devin health exits with 0 while the server answers, and with 1 when it does not', async (t) => {
  const program = startProgram(t, ['--port', '0'])
  const [, url = ''] = await program.says(LISTENING)
  const { port } = new URL(url)

  t.same(await startProgram(t, ['health', '--port', port]).ended, { code: 0, stdout: 'ok\n', stderr: '' })
  program.kill('SIGTERM')
  await program.ended
  t.same(await startProgram(t, ['health'], { FAKE_DEVIN_PORT: port }).ended, {
    code: 1,
    stdout: '',
    stderr: `fake-devin: ${url}/_fake/health: no answer (ECONNREFUSED)\n`,
  })
})
