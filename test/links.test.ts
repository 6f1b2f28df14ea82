import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path/posix'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { anchorsOf, linksOf } from './markdown.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const FOREIGN = ['node_modules', 'dist', '.tap', '.git']

/** The text of every page of the repository, by its path. */
const pages = new Map(
  globSync('**/*.md', {
    cwd: root,
    exclude: (path) => FOREIGN.some((name) => path.split('/').includes(name)),
  })
    .sort()
    .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
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
      t.ok(existsSync(join(root, target.path)), `${page}: ${link}`)
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
      if (path === undefined || !existsSync(join(root, path))) continue
      // A link to a folder shows all that is in it.
      const isFolder = statSync(join(root, path)).isDirectory()
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
