// Tests the packages that are installed, and the packages and modules that the program loads.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { startProgram } from './cli/program.ts'

const read = (path: string) => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'))

interface LockedPackage {
  readonly dev?: boolean
  readonly devOptional?: boolean
  readonly hasInstallScript?: boolean
  readonly integrity?: string
  readonly resolved?: string
}

const manifest = read('package.json')
const { '': own, ...locked } = read('package-lock.json').packages as Record<string, LockedPackage>

t.test('installing the package installs nothing else and runs nothing', async (t) => {
  for (const name of ['dependencies', 'optionalDependencies', 'bundleDependencies']) {
    t.notOk(name in manifest, name)
  }
  // npm installs a peer dependency, unless it is optional.
  for (const name of Object.keys(manifest.peerDependencies))
    t.same(manifest.peerDependenciesMeta[name], { optional: true }, name)
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
    t.notOk(name in manifest.scripts, name)
  t.notOk(own?.hasInstallScript)
  for (const [path, { dev, devOptional }] of Object.entries(locked)) t.ok(dev || devOptional, path)
})

t.test('only one development package runs an install script, and it is allowed by name', async (t) => {
  const scripted = Object.entries(locked).filter(([, { hasInstallScript }]) => hasInstallScript)

  t.same(
    scripted.map(([path]) => path.replace(/^.*node_modules\//, '')),
    Object.keys(manifest.allowScripts),
  )
})

t.test('every package is pinned by its content, not by its origin', async (t) => {
  for (const [path, { integrity, resolved }] of Object.entries(locked)) {
    t.match(integrity, /^sha512-/, path)
    t.equal(resolved, undefined, path)
  }
})

const preload = new URL('loaded-modules.mjs', import.meta.url)
const src = new URL('../src/', import.meta.url)

/** Returns the packages and the files of src that the program has loaded after answering one request. */
async function loadedBy(t: Test, flags: string[], path: string) {
  const file = join(t.testdir({}), 'loaded')
  const program = startProgram(t, ['--port', '0', ...flags], {
    LOADED_MODULES: file,
    NODE_OPTIONS: `--import=${preload}`,
  })
  const [, url = ''] = await program.says(/listening on (http:\/\/127\.0\.0\.1:\d+)/)
  const headers = { authorization: 'Bearer apk_user_a' }
  await (await fetch(url + path, { method: path.startsWith('/v1/') ? 'DELETE' : 'GET', headers })).text()
  program.kill('SIGTERM')
  t.match(await program.ended, { code: 0 })
  const urls = readFileSync(file, 'utf8').split('\n')
  const packages = urls.map(
    (one) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(one)?.[1],
  )
  return {
    urls,
    packages: [...new Set(packages.filter((name) => name !== undefined))].sort(),
    files: urls.filter((one) => one.startsWith(src.href)).map((one) => one.slice(src.href.length)),
  }
}

/** Fastify with its dependencies, and TypeBox. */
const SERVER = [
  '@fastify/error',
  '@fastify/forwarded',
  '@fastify/proxy-addr',
  '@sinclair/typebox',
  'abstract-logging',
  'avvio',
  'fast-decode-uri-component',
  'fast-deep-equal',
  'fast-json-stringify',
  'fast-querystring',
  'fastify',
  'fastify-plugin',
  'fastq',
  'find-my-way',
  'ipaddr.js',
  'process-warning',
  'ret',
  'reusify',
  'rfdc',
  'safe-regex2',
  'secure-json-parse',
  'semver',
  'toad-cache',
]

/** Modules and files that load only on demand. */
const LATER =
  /^(?:openapi|fidelity|client|page|conform)\/|^routes\/control\/(?:page-|call-api|organization-list|session-view)|^organization\/merged-list|^server\/tls\/(?:certificate|listener)|^journal\/(?:entry|verify|differences|filter|unread)|^state\/(?:decode|encode|diff)|^settings\/(?:keys-file|scenarios-file|seed)\.ts/

t.test('a silent server loads no optional module to answer its first request', async (t) => {
  const { packages, files } = await loadedBy(t, ['--log-level', 'silent'], '/v1/secrets/secret-1')

  t.same(
    packages.filter((name) => !SERVER.includes(name)),
    [],
  )
  t.ok(packages.includes('fastify'))
  t.same(
    files.filter((file) => LATER.test(file)),
    [],
  )
  t.ok(files.includes('server/start.ts'))
})

t.test('a server that logs also loads pino, but not pino-pretty', async (t) => {
  const { packages } = await loadedBy(t, [], '/v1/secrets/secret-1')

  t.ok(packages.includes('pino'))
  for (const name of ['pino-pretty', 'ajv', 'yaml', 'node-forge']) t.notOk(packages.includes(name), name)
})

t.test('only the modules of node-forge that write certificates are loaded, and only for --tls', async (t) => {
  const { urls } = await loadedBy(
    t,
    ['--log-level', 'silent', '--tls', '--tls-port', '0'],
    '/v1/secrets/secret-1',
  )

  // SECURITY.md says what the others would be. The bundle has the same modules, since each names those that it needs.
  t.same(urls.flatMap((url) => /\/node-forge\/lib\/(\w+)\.js$/.exec(url)?.[1] ?? []).sort(), [
    ...['aes', 'asn1', 'baseN', 'cipher', 'cipherModes', 'des', 'forge', 'jsbn', 'md', 'mgf', 'mgf1', 'oids'],
    ...['pem', 'pkcs1', 'prime', 'prng', 'pss', 'random', 'rsa', 'sha1', 'sha256', 'util', 'x509'],
  ])
})

t.test('the code that builds a document is loaded on the first request for one', async (t) => {
  const { packages, files } = await loadedBy(t, ['--log-level', 'silent'], '/v1-openapi.yaml')

  for (const name of ['@fastify/swagger', 'yaml']) t.ok(packages.includes(name), name)
  t.ok(files.includes('openapi/document.ts'))
})

t.test(
  'the code that serves the page is loaded on the first request for it, and the page itself never',
  async (t) => {
    const { packages, files } = await loadedBy(t, ['--log-level', 'silent'], '/_fake/')

    t.ok(files.includes('routes/control/page-files.ts'))
    t.same(
      files.filter((file) => file.startsWith('page/')),
      [],
    )
    for (const name of ['preact', '@preact/signals', '@fastify/swagger-ui'])
      t.notOk(packages.includes(name), name)
  },
)

t.test('the program prints its version without loading a server', async (t) => {
  const file = join(t.testdir({}), 'loaded')
  const { ended } = startProgram(t, ['--version'], {
    LOADED_MODULES: file,
    NODE_OPTIONS: `--import=${preload}`,
  })
  await ended

  t.notMatch(readFileSync(file, 'utf8'), /\/node_modules\/|server\/start\.ts/)
  t.ok(readFileSync(file, 'utf8').includes(fileURLToPath(new URL('cli/version.ts', src))))
})
