import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import t from 'tap'
import { registeredRoutes } from './registered-routes.ts'

const src = new URL('../src/', import.meta.url)

/** The text of every source file, by its path in src. */
const sources = new Map(
  readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path, readFileSync(new URL(path, src), 'utf8')]),
)

/** What a module needs before it can run, types included. */
const STATIC_IMPORT = /^(?:import|export)\s(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm

/** What it loads once it needs it. */
const DYNAMIC_IMPORT = /\bimport\(\s*'([^']+)'/g

/** The files of src that a file names in imports of a kind. Packages and Node's modules keep their names. */
function importsOf(path: string, kind: RegExp): string[] {
  const names = [...(sources.get(path) ?? '').matchAll(kind)].map(([, name = '']) => name)
  return names.map((name) => (name.startsWith('.') ? join(dirname(path), name) : name))
}

function allImportsOf(path: string): string[] {
  return [...importsOf(path, STATIC_IMPORT), ...importsOf(path, DYNAMIC_IMPORT)]
}

/** A file without the lines that are comments. */
function codeOf(text: string): string {
  return text.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '')
}

/** The paths of those files that are not among `allowed` and whose code matches. */
function filesWith(pattern: RegExp, allowed: readonly string[]): string[] {
  return [...sources]
    .filter(([path, text]) => !allowed.includes(path) && pattern.test(codeOf(text)))
    .map(([path]) => path)
}

t.test('every import of a source file is found in src, or is a package', (t) => {
  for (const path of sources.keys()) {
    for (const name of allImportsOf(path)) {
      if (name.endsWith('.ts')) t.ok(sources.has(name), `${path} imports ${name}`)
    }
  }
  t.end()
})

t.test('no file imports itself, not even by way of others', (t) => {
  const left = new Map([...sources.keys()].map((path) => [path, importsOf(path, STATIC_IMPORT)]))
  // Whoever imports nothing that is left cannot be part of a circle.
  for (let before = -1; before !== left.size; ) {
    before = left.size
    for (const [path, imports] of left) if (!imports.some((name) => left.has(name))) left.delete(path)
  }

  t.same([...left.keys()], [])
  t.end()
})

/** What the files of a room must not import. */
const FORBIDDEN: Readonly<Record<string, RegExp>> = {
  // It knows nothing of Devin, so it could be a package of its own.
  fastapi: /^(?!fastapi\/).*\.ts$/,
  store: /^(?:routes|schemas|openapi|fastapi)\/|^organization\.ts$/,
  simulation: /^(?:routes|store|openapi|auth)\/|^organization\.ts$/,
  schemas: /^(?:routes|openapi)\/|^organization\.ts$/,
  auth: /^(?:routes|schemas|openapi)\//,
  fidelity: /\.ts$(?<!^fidelity\/row\.ts$)/,
}

for (const [room, forbidden] of Object.entries(FORBIDDEN)) {
  t.test(`what is imported goes one way: src/${room}`, (t) => {
    const files = [...sources.keys()].filter((path) => path.startsWith(`${room}/`))
    t.not(files.length, 0)

    for (const path of files) {
      t.same(
        allImportsOf(path).filter((name) => forbidden.test(name)),
        [],
        path,
      )
    }
    t.end()
  })
}

t.test('no room knows how the program was started', (t) => {
  const program = /^(?:cli\/.*|app|config|index|server)\.ts$|^cli\//

  for (const path of sources.keys()) {
    if (path.includes('/') && !path.startsWith('cli/')) {
      t.same(
        allImportsOf(path).filter((name) => program.test(name)),
        [],
        path,
      )
    }
  }
  t.end()
})

t.test('the command line and the environment are read in one place, and handed on', (t) => {
  const reads = /\bprocess\.(?:env|argv)\b|\{[^{}]*\b(?:env|argv)\b[^{}]*\} = process\b/

  t.same(filesWith(reads, []), ['cli/index.ts'])
  t.end()
})

t.test('only the clock reads the time', (t) => {
  const reads = /\bnew Date\b|\bDate[.(]|\bperformance\.|\bhrtime\b/

  t.same(filesWith(reads, ['clock.ts']), [])
  t.end()
})

t.test('only the ids come from chance', (t) => {
  const reads = /\bMath\.random\b|\brandom(?:UUID|Bytes|Int|FillSync)\b|\bgetRandomValues\b/

  t.same(filesWith(reads, ['ids.ts']), [])
  t.end()
})

t.test('no source file has more than 300 lines', (t) => {
  for (const [path, text] of sources) t.ok(text.split('\n').length <= 301, path)
  t.end()
})

t.test('above every route stands what it is: `// DELETE /v1/secrets/{secret_id}`', async (t) => {
  const route = /((?:^ *\/\/ .*\n)*)^ *app\.(get|post|put|patch|delete)\(\s*'([^']+)'/gm
  const found: string[] = []
  for (const [path, text] of sources) {
    if (!path.startsWith('routes/')) continue
    for (const [, comment = '', verb = '', url = ''] of text.matchAll(route)) {
      const name = `${verb.toUpperCase()} ${url.replaceAll(/:(\w+)/g, '{$1}')}`
      found.push(name)
      t.match(comment, `// ${name}`, `${path}: ${name}`)
    }
  }

  t.same(found.sort(), (await registeredRoutes()).sort())
})

t.test('no comment names a route that is not below it', (t) => {
  const comment = /^ *\/\/ ([A-Z]+ \/[^\s:]*).*\n(?: *\/\/ .*\n)*(.*\n.*)/gm
  for (const [path, text] of sources) {
    if (!path.startsWith('routes/')) continue
    for (const [, name = '', below = ''] of text.matchAll(comment)) {
      const [verb = '', url = ''] = name.split(' ')
      t.ok(below.includes(`app.${verb.toLowerCase()}(`), `${path}: ${name}`)
      t.ok(below.includes(`'${url.replaceAll(/\{(\w+)\}/g, ':$1')}'`), `${path}: ${name}`)
    }
  }
  t.end()
})
