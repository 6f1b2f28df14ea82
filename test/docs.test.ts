import { readFileSync } from 'node:fs'
import t from 'tap'

const root = new URL('../', import.meta.url)
const packageJson: Record<'dependencies' | 'devDependencies', Record<string, string>> = JSON.parse(
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

for (const [section, kind] of [
  ['At run time', 'dependencies'],
  ['For development', 'devDependencies'],
] as const) {
  t.test(`decision 2 has a sentence for each of the ${kind}, and for no other package`, (t) => {
    const given = reasons(section)

    t.same(Object.keys(given).sort(), Object.keys(packageJson[kind]).sort())
    for (const [name, reason] of Object.entries(given)) t.match(reason, /^[A-Z].*\.$/, name)
    t.end()
  })
}
