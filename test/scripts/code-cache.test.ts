import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'
import { childEnvironment } from '../child-environment.ts'

const SOURCE = readFileSync(new URL('../../scripts/build/code-cache.cjs', import.meta.url), 'utf8')

/** What the build says of the files below. */
const IMPORTS = `IMPORTS = ${JSON.stringify({ './server.cjs': ['./beside.cjs'], './beside.cjs': [] })}`

/** A server that says how often it was loaded, from where, and what it has found. */
const SERVER = `
globalThis.loads = (globalThis.loads ?? 0) + 1
exports.loads = globalThis.loads
exports.path = __filename
exports.beside = require('./beside.cjs')
exports.answer = (text) => Array.from(text, (letter) => letter.toUpperCase()).join(' ')
exports.imported = () => import('node:path').then(({ sep }) => typeof sep)
`

/** Prints what a process has that preloads the server and then requires it. */
const SCRIPT = `
const { preload } = require('./dist/code-cache.cjs')
preload('./server.cjs')
preload('./server.cjs')
const before = ['server', 'beside'].map((name) => require.resolve(\`./dist/\${name}.cjs\`) in require.cache)
const { imported, ...server } = require('./dist/server.cjs')
imported().then((type) => console.log(JSON.stringify({ before, type, ...server })))
`

/** An installation in an empty folder. `run` starts a process that uses it. */
function install(t: Test, script = SCRIPT) {
  const folder = t.testdir({
    dist: {
      'server.cjs': SERVER,
      'beside.cjs': "module.exports = 'here'",
      'later.cjs': 'exports.isLate = true',
      'code-cache.cjs': SOURCE.replace('IMPORTS = {}', IMPORTS),
    },
    'script.cjs': script,
  })
  const run = (env: Record<string, string> = {}) =>
    JSON.parse(
      execFileSync(process.execPath, ['script.cjs'], {
        cwd: folder,
        env: childEnvironment({ NODE_V8_COVERAGE: undefined, ...env }),
        encoding: 'utf8',
        stdio: 'pipe',
      }),
    )
  const cache = join(folder, '.cache')
  const files = () => {
    const [name = '', ...others] = readdirSync(cache)
    t.same(others, [])
    t.match(name, /^code-BUILD-v\d+\.\d+\.\d+-\w+$/)
    return readdirSync(join(cache, name)).map((file) => join(cache, name, file))
  }
  return { folder, run, cache, files }
}

t.test('the first process writes the cache, and later ones load the files from it', async (t) => {
  const { folder, run, files } = install(t)
  const path = join(folder, 'dist/server.cjs')
  const loaded = { before: [true, true], type: 'string', loads: 1, path, beside: 'here' }

  t.same(run(), loaded)
  t.match(files(), [/beside\.bin$/, /server\.bin$/])
  const written = files().map((file) => readFileSync(file))
  t.same(run(), loaded)
  const now = files().map((file) => readFileSync(file))
  t.same(now, written, 'it was accepted, so it stayed')
})

t.test('a cache that V8 rejects is replaced', async (t) => {
  const { run, files } = install(t)
  run()
  const [, file = ''] = files()
  writeFileSync(file, 'nonsense')

  t.equal(run().loads, 1)

  t.ok(readFileSync(file).length > 100)
})

t.test('an edited large file is compiled again', async (t) => {
  const { folder, run } = install(t)
  const path = join(folder, 'dist/server.cjs')
  const large = `${SERVER}// ${'x'.repeat(600_000)}`
  writeFileSync(path, large)
  for (const _process of [1, 2]) t.match(run(), { loads: 1, beside: 'here' })

  writeFileSync(path, `exports.isEdited = true\n${large}`)

  t.match(run(), { isEdited: true, loads: 1, beside: 'here' })
})

t.test('files that are loaded after the cache was written are added to it', async (t) => {
  const { run, files } = install(
    t,
    `const due = []
    globalThis.setTimeout = (callback) => (due.push(callback), { unref: () => undefined })
    const { preload } = require('./dist/code-cache.cjs')
    preload('./server.cjs')
    due.pop()()
    const { readdirSync } = require('node:fs')
    const written = readdirSync('.cache/' + readdirSync('.cache')[0])
    preload('./later.cjs')
    preload('./missing.cjs')
    console.log(JSON.stringify({ written, ...require('./dist/later.cjs') }))`,
  )

  t.same(run(), { written: ['beside.bin', 'server.bin'], isLate: true })
  t.match(files(), [/beside\.bin$/, /later\.bin$/, /server\.bin$/])
})

t.test(
  'a process that loads another file adds newly compiled functions of the cached files, unless the cache is old',
  (t) => {
    const { folder, run, files } = install(t)
    const lengths = () => new Map(files().map((path) => [basename(path), readFileSync(path).length]))
    const replaceScript = (before: string) =>
      writeFileSync(
        join(folder, 'script.cjs'),
        `${before}
      const { preload } = require('./dist/code-cache.cjs')
      preload('./server.cjs')
      preload('./later.cjs')
      console.log(JSON.stringify(require('./dist/server.cjs').answer('late')))`,
      )
    run()
    const first = lengths()

    replaceScript('process.uptime = () => 11')
    t.equal(run(), 'L A T E')
    t.same(lengths(), new Map([...first, ['later.bin', lengths().get('later.bin')]]))

    rmSync(files().find((path) => path.endsWith('later.bin')) ?? '')
    replaceScript('')
    t.equal(run(), 'L A T E')
    t.ok(
      Number(lengths().get('server.bin')) > Number(first.get('server.bin')),
      'with the function it has called',
    )
    t.equal(lengths().get('beside.bin'), first.get('beside.bin'))
    t.end()
  },
)

t.test('a process that measures coverage or disables the cache neither reads nor writes it', async (t) => {
  const { folder, run, cache } = install(t)

  for (const env of [{ NODE_V8_COVERAGE: join(folder, 'coverage') }, { NODE_DISABLE_COMPILE_CACHE: '1' }]) {
    t.match(run(env), { before: [false, false], loads: 1, beside: 'here' })
    t.throws(() => readdirSync(cache), { code: 'ENOENT' })
  }
})

t.test('the files are also loaded if the cache cannot be written', async (t) => {
  const { run, cache } = install(t)
  // A file where the folder would be, since root may write to a folder without permissions.
  writeFileSync(cache, '')

  t.match(run(), { before: [true, true], loads: 1 })
})

t.test('an error of a file is thrown, and leaves no partial module', async (t) => {
  const { folder, run } = install(
    t,
    `const errors = []
    const attempt = (load) => { try { load() } catch (error) { errors.push(error.message) } }
    attempt(() => require('./dist/code-cache.cjs').preload('./server.cjs'))
    attempt(() => require('./dist/server.cjs'))
    console.log(JSON.stringify(errors))`,
  )
  writeFileSync(join(folder, 'dist/beside.cjs'), 'throw new Error("boom")')

  t.same(run(), ['boom', 'boom'])
})

t.test('no file of that name is loaded from the bundle of another project', async (t) => {
  const { folder, run } = install(
    t,
    "require('./bundle/index.cjs').preload('./server.cjs'); console.log('{}')",
  )
  mkdirSync(join(folder, 'bundle'))
  writeFileSync(join(folder, 'bundle/index.cjs'), SOURCE)
  writeFileSync(join(folder, 'bundle/server.cjs'), 'throw new Error("not ours")')

  t.same(run(), {})
})

t.test(
  'in the realm of a test runner, no cached code is loaded, because it would run in Node’s own realm',
  async (t) => {
    const { run } = install(
      t,
      `const path = require.resolve('./dist/code-cache.cjs')
    const wrapped = require('node:module').wrap(require('node:fs').readFileSync(path, 'utf8'))
    const elsewhere = require('node:vm').runInNewContext(wrapped, { process })
    elsewhere(exports, require, module, path, 'dist')
    exports.preload('./server.cjs')
    console.log(JSON.stringify({ loads: globalThis.loads ?? 0 }))`,
    )

    t.same(run(), { loads: 0 })
  },
)
