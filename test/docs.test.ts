// Tests the links of all pages, and that decision 2 names every package.
import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path/posix'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { anchorsOf, linksOf } from './markdown.ts'

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

const rootPath = fileURLToPath(new URL('../', import.meta.url))
const FOREIGN = ['node_modules', 'dist', '.tap', '.git']

/** The text of every page of the repository, by its path. */
const pages = new Map(
  globSync('**/*.md', {
    cwd: rootPath,
    exclude: (path) => FOREIGN.some((name) => path.split('/').includes(name)),
  })
    .sort()
    .map((path) => [path, readFileSync(join(rootPath, path), 'utf8')]),
)

/** Where a relative link leads: a path in the repository, and the heading there. Undefined for a link to another site. */
function targetOf(page: string, link: string): { path: string; anchor: string } | undefined {
  if (/^[a-z][a-z\d+.-]*:|^\/\//i.test(link)) return undefined
  const [file = '', anchor = ''] = link.split('#').map(decodeURIComponent)
  const path = file === '' ? page : normalize(join(dirname(page), file)).replace(/\/$/, '')
  return { path, anchor }
}

t.test('every relative link of every page leads to a file or folder of the repository', async (t) => {
  t.ok(pages.has('README.md'))
  for (const [page, text] of pages) {
    for (const link of linksOf(text)) {
      const target = targetOf(page, link)
      if (target === undefined) continue
      t.notMatch(relative('.', target.path), /^\.\.(?:\/|$)/, `${page}: ${link} stays in the repository`)
      t.ok(existsSync(join(rootPath, target.path)), `${page}: ${link}`)
    }
  }
})

t.test('every link to a heading names one that is there', async (t) => {
  for (const [page, text] of pages) {
    for (const link of linksOf(text)) {
      const { path = '', anchor = '' } = targetOf(page, link) ?? {}
      if (anchor !== '') t.ok(anchorsOf(pages.get(path) ?? '').has(anchor), `${page}: ${link}`)
    }
  }
})

t.test('every page of docs is reached from the README', async (t) => {
  const reached = new Set<string>()
  const queue = ['README.md']
  for (let page = queue.pop(); page !== undefined; page = queue.pop()) {
    if (reached.has(page)) continue
    reached.add(page)
    for (const link of linksOf(pages.get(page) ?? '')) {
      const path = targetOf(page, link)?.path
      if (path === undefined || !existsSync(join(rootPath, path))) continue
      // A link to a folder shows all that is in it.
      const isFolder = statSync(join(rootPath, path)).isDirectory()
      queue.push(...(isFolder ? [...pages.keys()].filter((other) => dirname(other) === path) : [path]))
    }
  }
  const lost = [...pages.keys()].filter((page) => page.startsWith('docs/') && !reached.has(page))
  t.same(lost, [], 'link these pages from README.md, or from a page that it links to')
})

t.test('a heading is linked to as on GitHub', async (t) => {
  const page =
    '# What it *is*\n\n## `PUT /v1/{id}/tags`\n\n## Über uns\n\n## [A link](x.md), and more\n\n## Über uns\n'
  t.same([...anchorsOf(page)], ['what-it-is', 'put-v1idtags', 'über-uns', 'a-link-and-more', 'über-uns-1'])
})

t.test('links are found however they are written, but not in code', async (t) => {
  const page = [
    '[one](a.md "title") ![two](<b.png>) <a href="c.md#d">three</a>',
    '[four]: d.md',
    '`[no](no.md)`',
    '```md\n[no](no.md)\n```',
  ].join('\n')
  t.same(linksOf(page).sort(), ['a.md', 'b.png', 'c.md#d', 'd.md'])
})
