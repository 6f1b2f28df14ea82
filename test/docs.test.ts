import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'

const root = new URL('../', import.meta.url)
const packageJson: Partial<Record<'dependencies' | 'devDependencies', Record<string, string>>> = JSON.parse(
  readFileSync(new URL('package.json', root), 'utf8'),
)
const decision = readFileSync(new URL('docs/decisions/0002-dependencies.md', root), 'utf8')

/** The packages that a section of the decision has a line for, and their reasons. */
function reasons(section: string): Record<string, string> {
  const [text = ''] = decision.split(`### ${section}\n`)[1]?.split('\n#') ?? []
  return Object.fromEntries(
    [...text.matchAll(/^- `([^`]+)`: (.+)$/gm)].map(([, name, reason]) => [name, reason]),
  )
}

const bundled = packagesOf(new URL('src/', root))
const others = Object.keys(packageJson.devDependencies ?? {}).filter((name) => !bundled.has(name))

/** The packages that the files of a folder import, in whatever way. */
function packagesOf(folder: URL): Set<string> {
  const found = new Set<string>()
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts')) continue
    const text = readFileSync(new URL(path, folder), 'utf8')
    for (const [, name = ''] of text.matchAll(/\b(?:from|import\()\s*'((?!node:)@?[\w-][^']*)'/g))
      found.add(packageOf(name))
  }
  return found
}

/** The package that has a file: `fastify` of `fastify/lib/symbols.js`. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

t.test('the published package needs no other', (t) => {
  t.equal(packageJson.dependencies, undefined)
  t.end()
})

for (const [section, names] of [
  ['Bundled into what is published', [...bundled]],
  ['For development', others],
] as const) {
  t.test(`decision 2 has a sentence for each package, and for no other: ${section}`, (t) => {
    const given = reasons(section)

    t.same(Object.keys(given).sort(), [...names].sort())
    for (const [name, reason] of Object.entries(given)) t.match(reason, /^[A-Z].*\.$/, name)
    t.end()
  })
}
