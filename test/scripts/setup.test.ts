import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { closureOf, lockedPackages, PAGE, SERVING } from '../../scripts/setup/packages.mjs'
import { childEnvironment } from '../child-environment.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A substitute for npm that installs an empty package for each entry of the lock file in the working directory. */
const NPM = `
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
if (process.env.NPM_FAILS) {
  console.error('npm error code E404\\nnpm error a reason')
  process.exit(1)
}
for (const path of Object.keys(lock.packages)) {
  if (path === '') continue
  mkdirSync(path, { recursive: true })
  writeFileSync(path + '/package.json', '{}')
}
if (process.env.NPM_HANGS) setInterval(() => {}, 1000)
else writeFileSync('node_modules/.package-lock.json', JSON.stringify(lock))
`

/** Returns a clone without installed packages that uses the substitute for npm. */
function clone(t: Test) {
  const folder = t.testdir({ 'npm-cli.js': NPM })
  for (const path of ['package.json', 'package-lock.json', 'scripts']) {
    cpSync(join(root, path), join(folder, path), { recursive: true })
  }
  const start = (options: object, variables: NodeJS.ProcessEnv = {}) => {
    const program = `import { setup } from './scripts/setup.mjs'; console.log(await setup(${JSON.stringify(options)}))`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: folder,
      env: childEnvironment({ npm_execpath: join(folder, 'npm-cli.js'), ...variables }),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const printed = { stdout: '', stderr: '' }
    const installing = Promise.withResolvers<void>()
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        printed[name] += text
        if (/: [1-9]\d* of /.test(printed.stderr)) installing.resolve()
      })
    }
    const ended = once(child, 'close').then(([code]) => ({ ...printed, code }))
    return { child, ended, installing: installing.promise }
  }
  const setup = (options: object = {}, variables: NodeJS.ProcessEnv = {}) => start(options, variables).ended
  const has = (path: string) => existsSync(join(folder, path))
  return { folder, start, setup, has }
}

/** Returns the packages that the sources import, of the page or of everything else. */
function importedPackages({ page }: { page: boolean }): string[] {
  const imported = new Set<string>()
  const src = new URL('../../src/', import.meta.url)
  for (const path of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(path) || /^page[\\/]/.test(path) !== page) continue
    const code = readFileSync(new URL(path, src), 'utf8').replaceAll(/^import type [^']*'[^']*'/gm, '')
    for (const [, name = ''] of code.matchAll(/\b(?:from|import\(|require\()\s*'((?!node:)@?[\w-][^']*)'/g)) {
      imported.add(name.split('/', name.startsWith('@') ? 2 : 1).join('/'))
    }
  }

  return [...imported].sort()
}

t.test('the packages listed for serving are those that the sources import', async (t) => {
  t.same(importedPackages({ page: false }), SERVING)
})

t.test(
  'the packages listed for the page are those that it imports, Swagger UI, and what builds it',
  async (t) => {
    for (const name of importedPackages({ page: true })) t.ok(PAGE.includes(name), name)
    for (const name of ['@fastify/swagger-ui', 'rolldown']) t.ok(PAGE.includes(name), name)
  },
)

t.test('Swagger UI is installed without the packages that would serve it', async (t) => {
  t.same(Object.keys(closureOf(['@fastify/swagger-ui'])), ['node_modules/@fastify/swagger-ui'])
})

t.test('a package is installed with exactly its dependencies', async (t) => {
  const locked = {
    'node_modules/a': { version: '1', dependencies: { b: '1', c: '1' }, dev: true },
    'node_modules/b': { version: '2', peerDependencies: { a: '1' }, optionalDependencies: { gone: '1' } },
    'node_modules/a/node_modules/b': { version: '1', dependencies: { c: '1' } },
    'node_modules/c': { version: '1' },
    'node_modules/other': { version: '1' },
  }

  const closure = closureOf(['a'], locked)

  t.same(Object.keys(closure).sort(), ['node_modules/a', 'node_modules/a/node_modules/b', 'node_modules/c'])
  t.notOk('dev' in (closure['node_modules/a'] as object))
  t.same(Object.keys(closureOf(['b'], locked)).sort(), [
    'node_modules/a',
    'node_modules/a/node_modules/b',
    'node_modules/b',
    'node_modules/c',
  ])
})

t.test('npm start installs the packages for serving once and reports its progress', async (t) => {
  const { folder, setup, has } = clone(t)

  const first = await setup({ serving: true })
  const second = await setup({ serving: true })

  t.same([first.code, first.stdout], [0, `${process.execPath}\n`])
  t.match(first.stderr, /^Installing the \d+ packages that serving needs \(only once\) …\n/)
  t.same([second.code, second.stderr], [0, ''])
  t.ok(has('node_modules/fastify/package.json'))
  t.notOk(has('node_modules/typescript'))
  t.same(readdirSync(join(folder, '.cache')), [])
})

t.test('npm test installs the remaining packages, after which npm start installs nothing', async (t) => {
  const { setup, has } = clone(t)
  await setup({ serving: true })

  const all = await setup()
  const start = await setup({ serving: true })

  t.equal(all.code, 0)
  t.match(all.stderr, `Installing the ${Object.keys(lockedPackages()).length} packages of package-lock.json`)
  t.ok(has('node_modules/typescript/package.json'))
  t.same([start.code, start.stderr], [0, ''])
})

t.test('a failure of npm is reported with its reason and changes no installed package', async (t) => {
  const { setup, has } = clone(t)

  for (const serving of [true, false]) {
    const { code, stderr } = await setup({ serving }, { NPM_FAILS: '1' })
    t.equal(code, 1)
    t.match(stderr, /fake-devin: npm ci failed:\nnpm error code E404\nnpm error a reason/)
  }
  t.notOk(has('node_modules'))
})

t.test('an interrupted installation leaves no files, and the next one succeeds', async (t) => {
  const { folder, start, setup, has } = clone(t)
  const { child, ended, installing } = start({ serving: true }, { NPM_HANGS: '1' })
  await installing
  child.kill('SIGTERM')

  t.not((await ended).code, 0)
  t.same(readdirSync(join(folder, '.cache')), [])
  t.notOk(has('node_modules'))
  t.equal((await setup({ serving: true })).code, 0)
  t.ok(has('node_modules/fastify/package.json'))
})
