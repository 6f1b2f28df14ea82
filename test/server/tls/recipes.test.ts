import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { startServer } from '../../../src/server/start.ts'
import { DEFAULT_CONFIG, FLAGS, readConfig, type ServerConfig } from '../../../src/settings/config.ts'
import { childEnvironment } from '../../child-environment.ts'
import { type Block, blocksOf } from '../../markdown.ts'

const page = readFileSync(new URL('../../../docs/tls.md', import.meta.url), 'utf8')
const blocks = blocksOf(page)
const run = promisify(execFile)

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
  const source = (blocks.find(({ role }) => role === 'test')?.text ?? '')
    .replace("'fake-devin'", JSON.stringify(new URL('../../../src/index.ts', import.meta.url).href))
    // Node 22 supports the dispose symbols, but not the declaration.
    .replace('await using devin = ', 'const devin = ')
  const args = ['--input-type=module', '--eval', `${source}\nawait devin.close()`]

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

t.test('the ports of the page are those of the program', async (t) => {
  t.equal(FLAGS.port.default, 8080)
  t.equal(FLAGS.tlsPort.default, 8443)
  t.equal(DEFAULT_CONFIG.tls, false)
})
