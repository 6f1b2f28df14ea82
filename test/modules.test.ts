import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { startProgram } from './cli/program.ts'

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

/** Rooms and files that load only on demand. */
const LATER =
  /^(?:openapi|fidelity|client)\/|^server\/tls\/(?:certificate|listener)|^journal\/(?:entry|verify|differences|filter|unread)|^state\/(?:decode|encode|diff)|^settings\/(?:keys-file|scenarios-file|seed)\.ts/

t.test('a silent server has loaded few modules after deleting its first secret', async (t) => {
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

t.test('a server that logs has also loaded pino, but not pino-pretty', async (t) => {
  const { packages } = await loadedBy(t, [], '/v1/secrets/secret-1')

  t.ok(packages.includes('pino'))
  for (const name of ['pino-pretty', 'ajv', 'yaml', 'node-forge']) t.notOk(packages.includes(name), name)
})

t.test('the code that builds a document is loaded on the first request for one', async (t) => {
  const { packages, files } = await loadedBy(t, ['--log-level', 'silent'], '/v1-openapi.yaml')

  for (const name of ['@fastify/swagger', 'yaml']) t.ok(packages.includes(name), name)
  t.ok(files.includes('openapi/document.ts'))
})

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
