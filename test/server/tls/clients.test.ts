import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { type FakeDevin, startFakeDevin } from '../../../src/index.ts'
import { childEnvironment } from '../../child-environment.ts'
import { call } from './call.ts'

const run = promisify(execFile)

/** A client that only knows its constant host. */
const CLIENT = `
import { get } from 'node:https'
get('https://api.devin.ai/v1/secrets', { headers: { authorization: 'Bearer apk_user_a' } }, async (response) => {
  for await (const chunk of response) process.stdout.write(response.statusCode + ' ' + chunk)
})
`

/** Simulates the machine's set-up: the name resolves to an address, and port 443 of that address is the fake. */
const MACHINE = `
import dns from 'node:dns'
import net from 'node:net'
const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function (...args) {
  for (const options of args.flat()) if (options?.port === 443) options.port = Number(process.env.FAKE_PORT)
  return connect.apply(this, args)
}
dns.lookup = (name, options, done) => {
  if (name === 'api.devin.ai') done(null, [{ address: '127.0.0.1', family: 4 }])
  else done(new Error('no other host is asked for: ' + name))
}
`

/** Runs the client in a separate process, with the CA that it trusts in a file. */
async function runClient(folder: string, { tlsUrl = '' }: FakeDevin, environment: Record<string, string>) {
  const env = childEnvironment({ FAKE_PORT: new URL(tlsUrl).port, ...environment })
  return run(process.execPath, ['--import', join(folder, 'machine.mjs'), join(folder, 'client.mjs')], { env })
}

t.test('startFakeDevin with tls returns the HTTPS URL and the CA', async (t) => {
  const devin = await startFakeDevin({ tls: true })
  t.teardown(() => devin.close())
  const { tlsUrl = '', caPem: ca = '' } = devin

  t.equal((await call(`${tlsUrl}/v1/secrets`, { ca })).status, 200)
  t.not(new URL(tlsUrl).port, new URL(devin.url).port)
})

t.test('startFakeDevin without tls returns neither', async (t) => {
  const devin = await startFakeDevin()
  t.teardown(() => devin.close())

  t.match(devin, { tlsUrl: undefined, caPem: undefined })
})

t.test('an unchanged client of https://api.devin.ai works once its process trusts the CA', async (t) => {
  const devin = await startFakeDevin({ tls: true })
  t.teardown(() => devin.close())
  const folder = t.testdir({ 'client.mjs': CLIENT, 'machine.mjs': MACHINE, 'ca.pem': devin.caPem ?? '' })

  const trusting = await runClient(folder, devin, { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') })

  t.equal(trusting.stdout, '200 []')
  const doubting: unknown = await runClient(folder, devin, {}).catch((error: unknown) => error)
  t.match(doubting, { stderr: /UNABLE_TO_VERIFY_LEAF_SIGNATURE/ })
})

t.test('curl reaches https://api.devin.ai only with both --connect-to and --cacert', async (t) => {
  const devin = await startFakeDevin({ tls: true })
  t.teardown(() => devin.close())
  const ca = join(t.testdir({ 'ca.pem': devin.caPem ?? '' }), 'ca.pem')
  const { port } = new URL(devin.tlsUrl ?? '')
  const curl = (...args: string[]) =>
    run('curl', [
      '-q',
      '-s',
      '--noproxy',
      '*',
      '-H',
      'Authorization: Bearer apk_user_a',
      '-w',
      ' %{http_code}',
      ...args,
    ])
  const mapped = ['--connect-to', `api.devin.ai:443:127.0.0.1:${port}`, 'https://api.devin.ai/v1/secrets']
  const misnamed = ['--resolve', `www.devin.ai:${port}:127.0.0.1`, `https://www.devin.ai:${port}/v1/secrets`]

  t.equal((await curl('--cacert', ca, ...mapped)).stdout, '[] 200')
  // 60: the certificate cannot be verified.
  await t.rejects(curl(...mapped), { code: 60 })
  await t.rejects(curl('--cacert', ca, ...misnamed), { code: 60 })
})
