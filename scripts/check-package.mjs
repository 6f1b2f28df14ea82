// Packs the package as `npm publish` would, installs it into an empty folder, and uses it there as users do: the command,
// the import and the types.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../', import.meta.url))
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
const folder = await mkdtemp(join(tmpdir(), 'fake-devin-package-'))
const command = join(folder, 'node_modules/.bin/fake-devin')
// The command asks the PATH for node; it has to find the one that this check runs on.
const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` }
const execute = promisify(execFile)
const run = (file, args, options) => execute(file, args, { env, ...options })

const IMPORT = `
import { startFakeDevin } from 'fake-devin'
await using fake = await startFakeDevin()
const response = await fetch(\`\${fake.url}/v1/secrets\`, { headers: { authorization: \`Bearer \${fake.key}\` } })
console.log(response.status, await response.text())
`

// Types alone: what a consumer writes has to fit, and what is wrong must not.
const TYPES = `
import { connectFakeDevin, type FakeDevin, FakeDevinError, startFakeDevin } from 'fake-devin'
await using started = await startFakeDevin({
  speed: 'instant',
  seed: { organizations: [{ sessions: [{ prompt: 'x', status_enum: 'finished' }] }] },
  scenarios: [{ match: { prompt: 'x' }, scenario: 'blocked' }],
})
export const seen: unknown[] = []
for (const fake of [started, connectFakeDevin(started.url, { token: 't' })] satisfies FakeDevin[]) {
  const now: string = (await fake.clock.advance(90)).now
  const { requests } = await (await fake.organizations.create()).requests.list({ method: 'POST' })
  const path: string | undefined = requests[0]?.path
  const title: string | null | undefined = (await fake.sessions.addEvent('devin-1', { status_enum: 'blocked' })).title
  // @ts-expect-error
  await fake.clock.set({ froze: true })
  // @ts-expect-error
  await fake.requests.verify({ method: 'GOT' })
  // @ts-expect-error
  await startFakeDevin({ sped: 60 })
  seen.push(now, path, title, new FakeDevinError('x').status, fake.fetch)
}
`

try {
  await install()
  await checkVersion()
  await checkServing()
  await checkImport()
  await checkTypes()
  console.log(`fake-devin ${version}, packed and installed, works on Node ${process.versions.node}.`)
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function install() {
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root })
  await writeFile(join(folder, 'package.json'), '{"private": true, "type": "module"}')
  const tarball = `./fake-devin-${version}.tgz`
  await run('npm', ['install', '--silent', '--no-audit', '--no-fund', tarball], { cwd: folder })
}

async function checkVersion() {
  const { stdout } = await run(command, ['--version'])
  assert.equal(stdout, `${version}\n`)
}

async function checkServing() {
  const server = spawn(command, ['--port', '0'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [line] = await once(server.stdout.setEncoding('utf8'), 'data')
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line)
    const response = await fetch(`${url}/v1/secrets/secret-unknown`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer apk_user_check' },
    })
    assert.equal(response.status, 404)
    assert.deepEqual(await response.json(), { detail: 'Secret not found' })
  } finally {
    server.kill('SIGTERM')
  }
  const [code] = await once(server, 'exit')
  assert.equal(code, 0)
}

async function checkImport() {
  // Node 22 has no `await using` of its own, so TypeScript's rules are left to checkTypes.
  const script = IMPORT.replace('await using', 'const').concat('await fake.close()\n')
  await writeFile(join(folder, 'check.js'), script)
  const { stdout } = await run(process.execPath, ['check.js'], { cwd: folder })
  assert.equal(stdout, '200 []\n')
}

async function checkTypes() {
  await writeFile(join(folder, 'check.ts'), TYPES)
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--lib', 'es2024,esnext.disposable']
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = await run(process.execPath, [tsc, ...options, 'check.ts'], { cwd: folder }).catch(
    (error) => error,
  )
  assert.equal(stdout, '')
}
