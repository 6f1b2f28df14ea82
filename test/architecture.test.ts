import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { arrowsOf, importsOf, moduleOf, pictureOf, sourcesIn, withPicture } from '../scripts/modules.ts'
import { registeredRoutes } from './registered-routes.ts'

/** The text of every source file, by its path in src. */
const sources = sourcesIn(new URL('../src/', import.meta.url))

/** Returns the text of a file without its comment lines. */
function codeOf(text: string): string {
  return text.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '')
}

/** Returns the paths of the files whose code matches, except those in `allowed`. */
function filesWith(pattern: RegExp, allowed: readonly string[]): string[] {
  return [...sources]
    .filter(([path, text]) => !allowed.includes(path) && pattern.test(codeOf(text)))
    .map(([path]) => path)
}

t.test('every import of a source file resolves to a file in src or to a package', (t) => {
  for (const path of sources.keys()) {
    for (const name of importsOf(path, sources.get(path) ?? '')) {
      if (/\.tsx?$/.test(name)) t.ok(sources.has(name), `${path} imports ${name}`)
    }
  }
  t.end()
})

/** Returns the texts of the files that import each file of src, by its path from the root. */
function importersOf(): Map<string, string[]> {
  const root = new URL('../', import.meta.url)
  const importers = new Map<string, string[]>()
  for (const folder of ['src', 'test', 'scripts', 'bench']) {
    for (const path of readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(?:tsx?|mjs)$/.test(path)) continue
      const text = readFileSync(new URL(`${folder}/${path}`, root), 'utf8')
      for (const name of importsOf(`${folder}/${path}`, text)) {
        importers.set(name, [...(importers.get(name) ?? []), text])
      }
    }
  }
  return importers
}

t.test('another file uses every export, but for types, which declarations may need', (t) => {
  const importers = importersOf()
  const exported = /^export (?:async )?(?:const|let|function\*?|class) (\w+|\{[^}]*\})/gm
  const unused: string[] = []
  for (const [path, text] of sources) {
    const imports = importers.get(`src/${path}`) ?? []
    // A namespace import may use every export, such as the schemas of a contract or the errors of a generation.
    const whole = new RegExp(`\\* as \\w+ from '[^']*/${path.split('/').slice(-2).join('/')}'`)
    if (imports.some((other) => whole.test(other))) continue
    const names = [...text.matchAll(exported)].flatMap(([, found = '']) => found.match(/\w+/g) ?? [])
    for (const name of names) {
      if (!imports.some((other) => new RegExp(`\\b${name}\\b`).test(other))) unused.push(`${path}: ${name}`)
    }
  }

  t.same(unused, [])
  t.end()
})

t.test('there are no import cycles', (t) => {
  const left = new Map([...sources].map(([path, text]) => [path, importsOf(path, text, 'static')]))
  // A file that imports none of the remaining files cannot be part of a cycle.
  for (let before = -1; before !== left.size; ) {
    before = left.size
    for (const [path, imports] of left) if (!imports.some((name) => left.has(name))) left.delete(path)
  }

  t.same([...left.keys()], [])
  t.end()
})

/** The modules of src/ from the entry points down. A module may import only from modules below it. */
const MODULES = [
  'page',
  'cli',
  'conform',
  'suites',
  'index.ts',
  'server',
  'app.ts',
  'routes',
  'routes/control',
  'routes/v3',
  'routes/v1',
  'openapi',
  'hooks',
  'settings',
  'client',
  'persistence',
  'state',
  'organization',
  'faults',
  'journal',
  'schemas/v1',
  'schemas/v3',
  'fidelity',
  'resources',
  'store',
  'auth',
  'events',
  'schemas/control',
  'simulation',
  'schemas',
  'database',
  'answers',
  'base',
  'fastapi',
]

t.test('every module is listed, and only index.ts and app.ts are directly in src', (t) => {
  t.same([...new Set([...sources.keys()].map(moduleOf))].sort(), [...MODULES].sort())
  t.end()
})

t.test('a module imports only from modules below it', (t) => {
  for (const [module, others] of arrowsOf(sources)) {
    t.same(
      [...others].filter((other) => MODULES.indexOf(other) < MODULES.indexOf(module)),
      [],
      module,
    )
  }
  t.end()
})

t.test('fastapi imports no other module, and base imports only fastapi', (t) => {
  const arrows = arrowsOf(sources)

  t.same([...(arrows.get('fastapi') ?? [])], [])
  t.same(
    [...(arrows.get('base') ?? [])].filter((module) => module !== 'fastapi'),
    [],
  )
  t.end()
})

t.test(
  'the page, which runs in a browser, takes only types from other modules, and no module imports it',
  (t) => {
    const ofPage = [...sources].filter(([path]) => path.startsWith('page/'))
    for (const [path, text] of ofPage) {
      const withoutTypes = text.replaceAll(/^import type [^']*'[^']*'$/gm, '')
      t.same(
        importsOf(path, withoutTypes).filter((name) => sources.has(name) && !name.startsWith('page/')),
        [],
        path,
      )
    }
    for (const [module, others] of arrowsOf(sources)) t.notOk(others.has('page'), module)
    t.not(ofPage.length, 0)
    t.end()
  },
)

t.test('docs/architecture.md shows the picture that `npm run docs` draws from the imports', (t) => {
  const page = readFileSync(new URL('../docs/architecture.md', import.meta.url), 'utf8')

  t.equal(page, withPicture(page, arrowsOf(sources)))
  t.end()
})

t.test('modules that import each other cannot be drawn', (t) => {
  const arrows = new Map([
    ['a', new Set(['b'])],
    ['b', new Set(['a'])],
  ])

  t.throws(() => pictureOf(arrows), { message: 'modules import each other: a → b → a' })
  t.throws(() => withPicture('# A page without a place for it', new Map()), /needs/)
  t.end()
})

t.test('the command line and the environment are read in one place and passed on', (t) => {
  const reads = /\bprocess\.(?:env|argv)\b|\{[^{}]*\b(?:env|argv)\b[^{}]*\} = process\b/

  // A test runner passes nothing on to a global set-up, and reads what it sets from the environment.
  t.same(filesWith(reads, []), ['cli/index.ts', 'suites/global-setup.ts'])
  t.end()
})

t.test('only the clock reads the time', (t) => {
  const reads = /\bnew Date\b|\bDate[.(]|\bperformance\.|\bhrtime\b/

  // The cron library has dates as its interface. What a browser shows depends on its own clock and calendar; the functions in
  // page/model/, which are tested without one, get the time passed in.
  const inBrowser = [...sources.keys()].filter((path) => /^page\/(?!model\/)/.test(path))
  t.same(filesWith(reads, ['base/clock.ts', 'simulation/cron.ts', ...inBrowser]), [])
  t.end()
})

t.test('only ids are random', (t) => {
  const reads = /\bMath\.random\b|\brandom(?:UUID|Bytes|Int|FillSync)\b|\bgetRandomValues\b/

  t.same(filesWith(reads, ['base/ids.ts']), [])
  t.end()
})

t.test('no source file has more than 300 lines, except generated ones and the texts of a language', (t) => {
  for (const [path, text] of sources) {
    // All texts of a language are in one file, which translators read from top to bottom.
    const isList = text.startsWith('// Generated by') || /^page\/texts\/[a-z]{2}\.ts$/.test(path)
    if (!isList) t.ok(text.split('\n').length <= 301, path)
  }
  t.end()
})

t.test(
  'every route is preceded by a comment with its name: `// DELETE /v1/secrets/{secret_id}`',
  async (t) => {
    const route = /((?:^ *\/\/ .*\n)*)^ *app\.(get|post|put|patch|delete)\(\s*'([^']+)'/gm
    const lazyRoute = /((?:^ *\/\/ .*\n)*)^ *'([A-Z]+ \/v3[^']+)': \{/gm
    const found: string[] = []
    for (const [path, text] of sources) {
      if (!path.startsWith('routes/')) continue
      for (const [, comment = '', verb = '', url = ''] of text.matchAll(route)) {
        const name = `${verb.toUpperCase()} ${url.replaceAll(/:(\w+)/g, '{$1}')}`
        found.push(name)
        t.match(comment, `// ${name}`, `${path}: ${name}`)
      }
      for (const [, comment = '', name = ''] of text.matchAll(lazyRoute)) {
        found.push(name)
        t.match(comment, `// ${name}`, `${path}: ${name}`)
      }
    }

    t.same(found.sort(), (await registeredRoutes()).sort())
  },
)

t.test('every comment that names a route is followed by it', (t) => {
  const comment = /^ *\/\/ ([A-Z]+ \/[^\s:]*).*\n(?: *\/\/ .*\n)*(.*\n.*)/gm
  for (const [path, text] of sources) {
    if (!path.startsWith('routes/')) continue
    for (const [, name = '', below = ''] of text.matchAll(comment)) {
      if (path.startsWith('routes/v3/') && / \/v3(?:beta1)?\//.test(name)) {
        t.ok(below.includes(`'${name}': {`), `${path}: ${name}`)
        continue
      }
      const [verb = '', url = ''] = name.split(' ')
      t.ok(below.includes(`app.${verb.toLowerCase()}(`), `${path}: ${name}`)
      t.ok(below.includes(`'${url.replaceAll(/\{(\w+)\}/g, ':$1')}'`), `${path}: ${name}`)
    }
  }
  t.end()
})
