import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { childEnvironment } from '../child-environment.ts'

const SOURCE = fileURLToPath(new URL('../../scripts/build/code-cache.cjs', import.meta.url))

/** A server that says from where it was called, and whether a file beside it can be loaded. */
const SERVER = `
exports.loads = (globalThis.loads ?? 0) + 1
globalThis.loads = exports.loads
exports.path = __filename
exports.beside = require('./beside.cjs')
`

/** What a process prints that preloads the server and then requires it. */
const SCRIPT = `
const { preloadServer } = require('./dist/code-cache.cjs')
preloadServer()
preloadServer()
const before = require.cache[require.resolve('./dist/server.cjs')] !== undefined
console.log(JSON.stringify({ before, ...require('./dist/server.cjs') }))
`

/** An installation in an empty folder. `run` starts a process that uses it. */
function install(t: Test) {
  const folder = t.testdir({
    dist: { 'server.cjs': SERVER, 'beside.cjs': "module.exports = 'here'" },
    'script.cjs': SCRIPT,
  })
  copyFileSync(SOURCE, join(folder, 'dist/code-cache.cjs'))
  const run = (env: Record<string, string> = {}) =>
    JSON.parse(
      execFileSync(process.execPath, ['script.cjs'], {
        cwd: folder,
        env: childEnvironment({ NODE_V8_COVERAGE: undefined, ...env }),
        encoding: 'utf8',
      }),
    )
  const cache = join(folder, '.cache')
  return { folder, run, cache, files: () => readdirSync(cache).map((name) => join(cache, name)) }
}

t.test('the first process writes the cache, and later ones load the server from it', async (t) => {
  const { folder, run, files } = install(t)
  const loaded = { before: true, loads: 1, path: join(folder, 'dist/server.cjs'), beside: 'here' }

  t.same(run(), loaded)
  const [file = '', ...others] = files()
  t.same(others, [])
  t.match(file, /server-BUILD-v\d+\.\d+\.\d+-\w+\.bin$/)
  const written = readFileSync(file)
  t.same(run(), loaded)
  t.same(readFileSync(file), written, 'it was accepted, so it stayed')
})

t.test('a cache that V8 refuses is replaced', async (t) => {
  const { run, files } = install(t)
  run()
  const [file = ''] = files()
  writeFileSync(file, 'nonsense')

  t.equal(run().loads, 1)

  t.ok(readFileSync(file).length > 100)
})

t.test('a process that measures coverage neither reads nor writes the cache', async (t) => {
  const { folder, run, files } = install(t)

  t.match(run({ NODE_V8_COVERAGE: join(folder, 'coverage') }), { before: false, loads: 1, beside: 'here' })
  t.throws(files, { code: 'ENOENT' })
})

t.test('where nothing can be written, the server is loaded all the same', async (t) => {
  const { run, cache } = install(t)
  // A file where the folder would be, since root may write to a folder without permissions.
  writeFileSync(cache, '')

  t.match(run(), { before: true, loads: 1 })
})

t.test('an error of the server is thrown, and does not leave half a module', async (t) => {
  const { folder, run } = install(t)
  writeFileSync(join(folder, 'dist/beside.cjs'), 'throw new Error("boom")')

  t.throws(run, /boom/)
})

t.test('in somebody else’s bundle, no file of that name is loaded', async (t) => {
  const { folder, run } = install(t)
  mkdirSync(join(folder, 'bundle'))
  copyFileSync(SOURCE, join(folder, 'bundle/index.cjs'))
  writeFileSync(join(folder, 'bundle/server.cjs'), 'throw new Error("not ours")')
  writeFileSync(
    join(folder, 'script.cjs'),
    "require('./bundle/index.cjs').preloadServer(); console.log('{}')",
  )

  t.same(run(), {})
})
