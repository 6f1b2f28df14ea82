// Tests HTTPS with the clients and recipes of docs/tls.md.
import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { type FakeDevin, startFakeDevin } from '../../../src/index.ts'
import { startServer } from '../../../src/server/start.ts'
import { DEFAULT_CONFIG, FLAGS, readConfig, type ServerConfig } from '../../../src/settings/config.ts'
import { childEnvironment } from '../../child-environment.ts'
import { type Block, blocksOf } from '../../markdown.ts'
import { call } from './call.ts'

const run = promisify(execFile)

/** A client with a constant host. */
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

const page = readFileSync(new URL('../../../docs/tls.md', import.meta.url), 'utf8')
const blocks = blocksOf(page)

/** Starts a server with the flags in the page's block of that role, but on free ports. */
async function start(t: Test, role: string, files: Partial<ServerConfig> = {}) {
  const line = blocks.find((block) => block.role === role)?.text ?? ''
  const { command, ...config } = readConfig({ argv: line.split(' -- ')[1]?.split(' ') ?? [], env: {} })
  t.equal(command, 'serve')
  const server = await startServer({ ...config, ...files, port: 0, tlsPort: 0, logLevel: 'silent' })
  t.teardown(() => server.close())
  const { url, tlsUrl = '' } = server
  const here = (text: string) =>
    text.replaceAll('8443', new URL(tlsUrl).port).replaceAll('http://127.0.0.1:8080', url)
  return { here }
}

/** Runs commands in a folder, as on a machine whose `node` is this one, and returns their output. */
async function output(text: string, cwd: string): Promise<string> {
  const { stdout } = await run('sh', ['-ec', text], { cwd, env: childEnvironment({ HOME: cwd }) })
  return stdout.trim()
}

/** Returns the output block below a block, or an empty text. */
function expected(block: Block): string {
  const next = blocks[blocks.indexOf(block) + 1]
  return next?.role === 'output' ? next.text : ''
}

function has(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { env: childEnvironment(), stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const PROGRAMS: Readonly<Record<string, boolean>> = {
  '': true,
  python3: has('python3', '--version'),
  'python3-requests': has('python3', '-c', 'import requests'),
}

t.test('every command of the page prints the output below it', async (t) => {
  const { here } = await start(t, 'start')
  const files = blocks.filter(({ role }) => /^[\w-]+\.(?:mjs|py)$/.test(role))
  t.equal(files.length, 3)
  const folder = t.testdir(Object.fromEntries(files.map(({ role, text }) => [role, here(text)])))

  const commands = blocks.filter(({ language, role }) => language === 'sh' && role in PROGRAMS)
  t.equal(commands.length, 6)
  for (const block of commands) {
    if (PROGRAMS[block.role]) t.equal(await output(here(block.text), folder), expected(block), block.text)
    else t.comment(`not on this machine: ${block.role}`)
  }
})

t.test('the snippet for a test runs unmodified', async (t) => {
  const source = (blocks.find(({ role }) => role === 'test')?.text ?? '').replace(
    "'fake-devin'",
    JSON.stringify(new URL('../../../src/index.ts', import.meta.url).href),
  )
  const args = ['--input-type=module', '--eval', source]

  t.equal((await run(process.execPath, args, { env: childEnvironment() })).stdout, '200\n')
})

t.test('a certificate made with openssl is served', { skip: !has('openssl', 'version') }, async (t) => {
  const folder = t.testdir({})
  await output(blocks.find(({ role }) => role === 'openssl')?.text ?? '', folder)
  const { here } = await start(t, 'start-own', {
    tlsCertFile: join(folder, 'cert.pem'),
    tlsKeyFile: join(folder, 'key.pem'),
  })

  const block = blocks.find(({ role }) => role === 'own') as Block

  t.equal(await output(here(block.text), folder), expected(block))
})

t.test('every block is run by a test or marked as not run', async (t) => {
  const roles = ['start', 'start-own', 'openssl', 'own', 'no-run', ...Object.keys(PROGRAMS)]

  for (const { language, role } of blocks) if (language === 'sh') t.ok(roles.includes(role), role)
})

t.test('the page has the default ports of the program', async (t) => {
  t.equal(FLAGS.port.default, 8080)
  t.equal(FLAGS.tlsPort.default, 8443)
  t.equal(DEFAULT_CONFIG.tls, false)
})
