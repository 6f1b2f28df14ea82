// Packs the package as `npm publish` would, installs it into an empty folder, and uses it there as users do:
// the command, the import and the types. Replays every recorded answer of a FastAPI application against it.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { recordedCases, replay } from '../test/corpus/replay.ts'
import { env, root, run, version, withPacked } from './packed.mjs'

const IMPORT = `
import { startFakeDevin } from 'fake-devin'
await using fake = await startFakeDevin()
const response = await fetch(\`\${fake.url}/v1/secrets\`, { headers: { authorization: \`Bearer \${fake.key}\` } })
console.log(response.status, await response.text())
`

const REQUIRE = `
const { startFakeDevin } = require('fake-devin')
startFakeDevin().then(async (fake) => {
  const { status } = await fake.fetch('/v1/secrets', { headers: { authorization: \`Bearer \${fake.key}\` } })
  const error = await fake.requests.verify({ method: 'PUT' }).catch((error) => error)
  console.log(status, error.name)
  await fake.close()
})
`

// Compiled but not run: correct code has to compile, and wrong code must not.
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

/** The maximum sizes of the package in bytes. docs/performance.md has the actual sizes. */
const PACKED_MAX = 1_500_000
const INSTALLED_MAX = 15_000_000

await withPacked([], async (folder, tarball) => {
  const command = join(folder, 'node_modules/.bin/fake-devin')
  await checkContents(folder, tarball)
  await checkVersion(folder, command)
  await checkServing(command)
  await checkPage(command)
  await checkLog(command)
  await checkImport(folder)
  await checkRequire(folder)
  await checkTypes(folder)
})
console.log(`fake-devin ${version}, packed and installed, works on Node ${process.versions.node}.`)

async function checkContents(folder, tarball) {
  const packed = (await stat(tarball)).size
  assert.ok(packed <= PACKED_MAX, `the tarball has ${packed} bytes`)
  const installed = await filesIn(join(folder, 'node_modules'))
  const bytes = installed.reduce((sum, { size }) => sum + size, 0)
  assert.ok(bytes <= INSTALLED_MAX, `what is installed has ${bytes} bytes`)
  const own = 'fake-devin/'
  const others = installed.filter(({ path }) => !path.startsWith(own) && !path.startsWith('.'))
  assert.deepEqual(others, [], 'nothing else is installed')
  const paths = installed.filter(({ path }) => path.startsWith(own)).map(({ path }) => path.slice(own.length))
  for (const path of [
    'package.json',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
    'dist/THIRD-PARTY-LICENSES.txt',
  ]) {
    assert.ok(paths.includes(path), `${path} is in the package`)
  }
  const strange = paths.filter(
    (path) =>
      !/^(?:dist\/.*\.(?:cjs|js|d\.c?ts|txt)|dist\/page\/(?:manifest\.json|(?:assets\/)?[\w-]+\.\w+\.gz)|[\w-]+(?:\.md|\.json)?)$/.test(
        path,
      ),
  )
  assert.deepEqual(strange, [], 'nothing else is in the package')
  console.log(`${packed} bytes packed, ${bytes} installed`)
}

async function filesIn(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    files.map(async (path) => ({ path: relative(directory, path), size: (await stat(path)).size })),
  )
}

async function checkVersion(folder, command) {
  // Prints the loaded modules on exit; server code must not be among them.
  const list = `process.on('exit', () => console.error(Object.keys(require.cache).join('\\n')))`
  await writeFile(join(folder, 'list.cjs'), list)
  const { stdout, stderr } = await run(command, ['--version'], {
    env: { NODE_OPTIONS: `--require=${join(folder, 'list.cjs')}` },
  })
  assert.equal(stdout, `${version}\n`)
  assert.match(stderr, /command\.cjs/)
  assert.doesNotMatch(stderr, /server\.cjs/)
}

/** Starts the command, passes its URL to `use`, stops it, and resolves with its standard output. */
async function serving(command, flags, use) {
  const server = spawn(command, ['--port', '0', ...flags], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  server.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  const closed = once(server, 'close')
  try {
    await once(server.stdout, 'data')
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(output)
    await use(url)
  } finally {
    server.kill('SIGTERM')
  }
  const [code] = await closed
  assert.equal(code, 0)
  return output
}

async function checkServing(command) {
  await serving(command, ['--log-level', 'silent'], async (url) => {
    const cases = recordedCases()
    for (const recorded of cases) {
      assert.deepEqual(
        await replay(recorded, { port: Number(new URL(url).port), key: 'apk_user_x' }),
        [],
        recorded.name,
      )
    }
    console.log(`${cases.length} of ${cases.length} recorded answers are equal`)
    // These load their code on the first request.
    for (const path of [
      '/openapi.json',
      '/v1-openapi.yaml',
      '/zh/v1-openapi.yaml',
      '/_fake/state',
      '/_fake/requests',
    ]) {
      assert.equal((await fetch(url + path)).status, 200, path)
    }
    const rule = await fetch(`${url}/v1/sessions`, {
      method: 'POST',
      headers: { authorization: 'Bearer apk_user_check', 'content-type': 'application/json' },
      body: JSON.stringify({
        prompt: 'x',
        structured_output_schema: { type: 'object', required: ['a'], properties: { a: { type: 'string' } } },
      }),
    })
    assert.equal(rule.status, 200)
  })
}

/** Checks that the page and the API page are there with all their files, and where a browser looks for them first. */
async function checkPage(command) {
  await serving(command, ['--log-level', 'silent'], async (url) => {
    const home = await fetch(url, { headers: { accept: 'text/html' } })
    assert.equal(home.url, `${url}/_fake/`)
    for (const [path, most] of [
      ['/_fake/', 100_000],
      ['/_fake/docs', 600_000],
    ]) {
      const html = await (await fetch(url + path)).text()
      const files = [...html.matchAll(/(?:href|src)="(assets\/[^"]+)"/g)].map(([, name]) => name)
      assert.ok(files.length >= 3, path)
      let bytes = 0
      for (const name of files) {
        const { status, headers } = await fetch(`${url}/_fake/${name}`)
        assert.equal(status, 200, name)
        assert.equal(headers.get('content-encoding'), 'gzip')
        bytes += Number(headers.get('content-length'))
      }
      assert.ok(bytes <= most, `${path} loads ${bytes} bytes`)
    }
    console.log('the page and the API page are served')
  })
}

/** Checks that no log line is lost when the server is stopped right after the last request. */
async function checkLog(command) {
  const count = 200
  const output = await serving(command, [], async (url) => {
    const headers = { authorization: 'Bearer apk_user_check' }
    const ask = () => fetch(`${url}/v1/secrets/secret-unknown`, { method: 'DELETE', headers })
    for (const { status } of await Promise.all(Array.from({ length: count }, ask))) assert.equal(status, 404)
  })
  const lines = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(lines.filter(({ status }) => status === 404).length, count)
}

async function checkImport(folder) {
  // Node 22 does not support `await using`; checkTypes covers it.
  const script = IMPORT.replace('await using', 'const').concat('await fake.close()\n')
  await writeFile(join(folder, 'check.mjs'), script)
  const { stdout } = await run(process.execPath, ['check.mjs'], { cwd: folder })
  assert.equal(stdout, '200 []\n')
}

/**
 * Loads the package with `require`, as Jest does, which supports neither `module.require` nor `import()`.
 * scripts/check-runners.mjs runs Jest itself.
 */
async function checkRequire(folder) {
  await writeFile(join(folder, 'check.cjs'), REQUIRE)
  const { stdout } = await run(process.execPath, ['check.cjs'], { cwd: folder })
  assert.equal(stdout, '200 AssertionError\n')
  for (const file of await readdir(join(folder, 'node_modules/fake-devin/dist'))) {
    if (!file.endsWith('.cjs')) continue
    const code = await readFile(join(folder, 'node_modules/fake-devin/dist', file), 'utf8')
    assert.ok(!/\bmodule\.require\b/.test(code), file)
  }
}

async function checkTypes(folder) {
  await writeFile(join(folder, 'check.mts'), TYPES)
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--lib', 'es2024,esnext.disposable']
  const tsc = join(root, 'node_modules/typescript-7/bin/tsc')
  const { stdout } = await run(process.execPath, [tsc, ...options, 'check.mts'], { cwd: folder }).catch(
    (error) => error,
  )
  assert.equal(stdout, '')
}
