// Tests that the pages match the code, the links of all pages, and the package list of decision 2.
import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path/posix'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { withBuiltIns } from '../../scripts/scenarios-markdown.ts'
import { PAGE } from '../../scripts/setup/packages.mjs'
import { DRAIN } from '../../src/fastapi/early-answer.ts'
import { LINGER } from '../../src/fastapi/lingering-close.ts'
import { FAULTS_MAX } from '../../src/faults/faults.ts'
import { presets } from '../../src/faults/presets.ts'
import { IDLE_MS, TIMEOUTS } from '../../src/hooks/connections.ts'
import { JOURNALS_MAX } from '../../src/journal/journals.ts'
import { EPHEMERAL_ORGANIZATIONS_MAX } from '../../src/organization/organizations.ts'
import { auditLog } from '../../src/resources/audit-log.ts'
import { FaultSpec, FaultView } from '../../src/schemas/control/fault.ts'
import { ORG_ID_MAX } from '../../src/schemas/control/scope.ts'
import { FLAGS } from '../../src/settings/config.ts'
import { Effect, Match, Scenario, ScenarioRule, STATUS_ENUMS, Step } from '../../src/simulation/scenario.ts'
import { RULES_MAX } from '../../src/simulation/scenario-rules.ts'
import { builtIns } from '../../src/simulation/scenarios.ts'
import type { TemplateValues } from '../../src/simulation/templates.ts'
import { SNAPSHOTS_MAX } from '../../src/state/snapshots.ts'
import { ORGANIZATION_BYTES } from '../../src/store/store-quota.ts'
import { anchorsOf, blocksOf, codeSpansOf, linksOf, proseOf } from '../markdown.ts'
import { registeredRoutes } from '../registered-routes.ts'
import { checkCommands } from './commands.ts'

const faultsPage = readFileSync(new URL('../../docs/faults.md', import.meta.url), 'utf8')
const faultsBlocks = blocksOf(faultsPage)

t.test('the commands of docs/faults.md print the output below them', async (t) => {
  const count = await checkCommands(t, faultsBlocks, { folder: t.testdir({}) })

  const outputs = faultsBlocks.filter(({ role }) => role === 'output')
  t.equal(count, outputs.length, 'each command shows what it prints')
})

t.test('docs/faults.md names every member of a fault', async (t) => {
  const spans = codeSpansOf(faultsPage)

  for (const name of Object.keys({ ...FaultSpec.properties, ...FaultView.properties })) {
    if (name !== 'id') t.ok(spans.includes(name), name)
  }
})

t.test('docs/faults.md lists every preset with its fault', async (t) => {
  const rows = [...proseOf(faultsPage).matchAll(/^\| `([\w-]+)` \| `(\{.+?\})` \|/gm)]

  t.same(Object.fromEntries(rows.map(([, name, json = '']) => [name, JSON.parse(json)])), presets)
})

const reliabilityPage = readFileSync(new URL('../../docs/reliability.md', import.meta.url), 'utf8')

t.test('docs/reliability.md states the actual limits', async (t) => {
  const { http, requestTimeout } = TIMEOUTS
  const seconds = [http.headersTimeout, requestTimeout, IDLE_MS.betweenRequests, IDLE_MS.duringRequest]
  const rows = reliabilityPage.split('\n').filter((line) => line.startsWith('| '))
  const hasRow = (...texts: string[]) => rows.some((row) => texts.every((text) => row.includes(text)))

  for (const milliseconds of seconds) t.ok(hasRow(`| ${milliseconds / 1000} |`), `${milliseconds} ms`)
  const mebibytes = (bytes: number) => `${bytes / 2 ** 20} MiB`
  const limits: Readonly<Record<string, string>> = {
    [FLAGS.maxJsonBytes.name]: mebibytes(FLAGS.maxJsonBytes.default),
    [FLAGS.maxUploadBytes.name]: mebibytes(FLAGS.maxUploadBytes.default),
    [FLAGS.maxStoredBytes.name]: mebibytes(FLAGS.maxStoredBytes.default),
    [FLAGS.journalBytes.name]: mebibytes(FLAGS.journalBytes.default),
    [FLAGS.maxRecords.name]: FLAGS.maxRecords.default.toLocaleString('en'),
    [FLAGS.maxConnections.name]: FLAGS.maxConnections.default.toLocaleString('en'),
    [FLAGS.journalEntries.name]: FLAGS.journalEntries.default.toLocaleString('en'),
  }
  for (const [flag, limit] of Object.entries(limits))
    t.ok(hasRow(`\`--${flag}\``, limit), `${flag}: ${limit}`)
  t.ok(hasRow('stays open', mebibytes(DRAIN.bytes)))
  t.ok(hasRow('to the end of the body', `${DRAIN.ms / 1000} seconds`))
  t.ok(hasRow('from the last answer', `${LINGER.ms / 1000} seconds`))
  t.ok(hasRow('the server discards it', mebibytes(LINGER.bytes)))
  t.ok(hasRow('handshake', `${http.headersTimeout / 1000} seconds`))
  t.ok(hasRow('Snapshots of', `| ${SNAPSHOTS_MAX} each`))
  t.ok(hasRow('Faults of', `| ${FAULTS_MAX.toLocaleString('en')} each`))
  t.ok(hasRow('Scenario rules of', `| ${RULES_MAX.toLocaleString('en')} each`))
  t.ok(hasRow('The id of an organization', `| ${ORG_ID_MAX} characters`))
  t.ok(hasRow('Journals of all', JOURNALS_MAX.toLocaleString('en')))
  t.ok(hasRow('Entries of the audit log', (auditLog.kept * 1.1).toLocaleString('en')))
  const organizations = Math.floor(FLAGS.maxStoredBytes.default / ORGANIZATION_BYTES / 1000)
  t.ok(hasRow('An organization that was created', `${ORGANIZATION_BYTES / 1024} KiB`, `${organizations},000`))
  t.ok(hasRow('nothing was ever written', EPHEMERAL_ORGANIZATIONS_MAX.toLocaleString('en')))
})

t.test('the commands and tests in docs/reliability.md exist', async (t) => {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const commands = [...reliabilityPage.matchAll(/`npm run ([\w:]+)[^`]*`/g)].map(([, name = '']) => name)
  const tests = [...reliabilityPage.matchAll(/`npx tap run --disable-coverage ([^`]+)`/g)].map(
    ([, path = '']) => path,
  )

  t.not(commands.length, 0)
  for (const name of commands) t.type(scripts[name], 'string', name)
  t.not(tests.length, 0)
  for (const path of tests.flatMap((paths) => paths.split(' ')))
    t.ok(readFileSync(new URL(`../../${path}`, import.meta.url)).length > 0, path)
})

const pagePage = readFileSync(new URL('../../docs/page.md', import.meta.url), 'utf8')

t.test('the commands of docs/page.md print the output below them', async (t) => {
  t.equal(await checkCommands(t, blocksOf(pagePage), { folder: t.testdir({}) }), 1)
})

t.test('every picture of the page is shown in docs/page.md or in the README', async (t) => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const shown = [...(pagePage + readme).matchAll(/images\/([\w-]+\.png)/g)].map(([, name]) => name)

  t.same(new Set(readdirSync(new URL('../../docs/images/', import.meta.url))), new Set(shown))
})

const scenariosPage = readFileSync(new URL('../../docs/scenarios.md', import.meta.url), 'utf8')
const scenariosBlocks = blocksOf(scenariosPage)

t.test('docs/scenarios.md is up to date with `npm run docs`', async (t) => {
  t.equal(scenariosPage, withBuiltIns(scenariosPage, builtIns))
})

t.test('a page without the heading of the built-in scenarios, or with two, is refused', async (t) => {
  t.throws(() => withBuiltIns('# Scenarios\n', builtIns), /needs its heading/)
  t.throws(() => withBuiltIns(scenariosPage + scenariosPage, builtIns), /needs its heading/)
})

t.test('the commands of docs/scenarios.md print the output below them', async (t) => {
  const files = scenariosBlocks
    .filter(({ role }) => role.endsWith('.yaml'))
    .map(({ role, text }) => [role, text])
  const folder = t.testdir(Object.fromEntries(files))

  const count = await checkCommands(t, scenariosBlocks, { folder })

  const outputs = scenariosBlocks.filter(({ role }) => role === 'output')
  t.equal(count, outputs.length, 'each command shows what it prints')
})

t.test('docs/scenarios.md names every member of the format', async (t) => {
  const spans = codeSpansOf(scenariosPage).join('\n')
  const members = [ScenarioRule, Scenario, Step, Effect].flatMap(({ properties }) => Object.keys(properties))
  const matched = Object.keys(Match.properties).map((name) => `match.${name}`)

  for (const name of [...members, ...matched, ...STATUS_ENUMS]) t.match(spans, name)
})

t.test('docs/scenarios.md lists exactly the existing template variables', async (t) => {
  const names: Record<keyof TemplateValues, true> = {
    prompt: true,
    request: true,
    title: true,
    tags: true,
    session_id: true,
    attachments: true,
    last_message: true,
    pull_request_url: true,
  }

  const documented = [...proseOf(scenariosPage).matchAll(/^\| `\{\{(\w+)\}\}` \|/gm)].map(
    ([, name = '']) => name,
  )
  t.same(documented.sort(), Object.keys(names).sort())
})

t.test('the routes in docs/scenarios.md are served', async (t) => {
  const routes = await registeredRoutes()
  for (const span of codeSpansOf(scenariosPage)) {
    const [route] = /^[A-Z]+ \/[\w/.{}-]+$/.exec(span) ?? []
    if (route !== undefined) t.ok(routes.includes(route), route)
  }
})

const stateBlocks = blocksOf(readFileSync(new URL('../../docs/state.md', import.meta.url), 'utf8'))

t.test('the commands of docs/state.md print the output below them', async (t) => {
  const folder = t.testdir({ 'seed.yaml': stateBlocks.find(({ role }) => role === 'seed.yaml')?.text ?? '' })

  t.equal(await checkCommands(t, stateBlocks, { folder }), 5)
})

const root = new URL('../../', import.meta.url)
const packageJson: Partial<Record<'dependencies' | 'devDependencies', Record<string, string>>> = JSON.parse(
  readFileSync(new URL('package.json', root), 'utf8'),
)
const decision = readFileSync(new URL('docs/decisions/0002-dependencies.md', root), 'utf8')

/** Returns the packages that a section of the decision lists, with their reasons. */
function reasons(section: string): Record<string, string> {
  const [text = ''] = decision.split(`### ${section}\n`)[1]?.split('\n#') ?? []
  return Object.fromEntries(
    [...text.matchAll(/^- `([^`]+)`: (.+)$/gm)].map(([, name, reason]) => [name, reason]),
  )
}

// The page is bundled from its own packages, which rolldown is not part of.
const ofPage = PAGE.filter((name) => name !== 'rolldown')
const bundled = new Set([...packagesOf(new URL('src/', root)), ...ofPage])
const others = Object.keys(packageJson.devDependencies ?? {}).filter((name) => !bundled.has(name))

/** Returns the packages that the files of a folder import, statically or dynamically. */
function packagesOf(folder: URL): Set<string> {
  const found = new Set<string>()
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(path)) continue
    const text = readFileSync(new URL(path, folder), 'utf8')
    for (const [, name = ''] of text.matchAll(/\b(?:from|import\()\s*'((?!node:)@?[\w-][^']*)'/g))
      found.add(packageOf(name))
  }
  return found
}

/** Returns the package of an import specifier: `fastify` for `fastify/lib/symbols.js`. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

t.test('the published package has no dependencies', (t) => {
  t.equal(packageJson.dependencies, undefined)
  t.end()
})

for (const [section, names] of [
  ['Bundled into what is published', [...bundled]],
  ['For development', others],
] as const) {
  t.test(`decision 2 gives a reason for exactly these packages: ${section}`, (t) => {
    const given = reasons(section)

    t.same(Object.keys(given).sort(), [...names].sort())
    for (const [name, reason] of Object.entries(given)) t.match(reason, /^[A-Z].*\.$/, name)
    t.end()
  })
}

const rootPath = fileURLToPath(new URL('../../', import.meta.url))
const EXCLUDED = ['node_modules', 'dist', 'release', '.tap', '.git']

/** The text of every page of the repository, by path. */
const pages = new Map(
  globSync('**/*.md', {
    cwd: rootPath,
    exclude: (path) => EXCLUDED.some((name) => path.split('/').includes(name)),
  })
    .sort()
    .map((path) => [path, readFileSync(join(rootPath, path), 'utf8')]),
)

/** Returns the path in the repository and the anchor of a relative link, or undefined for a link to another site. */
function targetOf(page: string, link: string): { path: string; anchor: string } | undefined {
  if (/^[a-z][a-z\d+.-]*:|^\/\//i.test(link)) return undefined
  const [file = '', anchor = ''] = link.split('#').map(decodeURIComponent)
  const path = file === '' ? page : normalize(join(dirname(page), file)).replace(/\/$/, '')
  return { path, anchor }
}

t.test('every relative link leads to a file or folder of the repository', async (t) => {
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

t.test('every link to a heading leads to an existing heading', async (t) => {
  for (const [page, text] of pages) {
    for (const link of linksOf(text)) {
      const { path = '', anchor = '' } = targetOf(page, link) ?? {}
      if (anchor !== '') t.ok(anchorsOf(pages.get(path) ?? '').has(anchor), `${page}: ${link}`)
    }
  }
})

t.test('every page of docs can be reached from the README', async (t) => {
  const reached = new Set<string>()
  const queue = ['README.md']
  for (let page = queue.pop(); page !== undefined; page = queue.pop()) {
    if (reached.has(page)) continue
    reached.add(page)
    for (const link of linksOf(pages.get(page) ?? '')) {
      const path = targetOf(page, link)?.path
      if (path === undefined || !existsSync(join(rootPath, path))) continue
      // A link to a folder reaches every page in it.
      const isFolder = statSync(join(rootPath, path)).isDirectory()
      queue.push(...(isFolder ? [...pages.keys()].filter((other) => dirname(other) === path) : [path]))
    }
  }
  const lost = [...pages.keys()].filter((page) => page.startsWith('docs/') && !reached.has(page))
  t.same(lost, [], 'link these pages from README.md, or from a page that it links to')
})

t.test('the anchors of headings are those of GitHub', async (t) => {
  const page =
    '# What it *is*\n\n## `PUT /v1/{id}/tags`\n\n## Über uns\n\n## [A link](x.md), and more\n\n## Über uns\n'
  t.same([...anchorsOf(page)], ['what-it-is', 'put-v1idtags', 'über-uns', 'a-link-and-more', 'über-uns-1'])
})

t.test('links are found in every notation, but not in code', async (t) => {
  const page = [
    '[one](a.md "title") ![two](<b.png>) <a href="c.md#d">three</a>',
    '[four]: d.md',
    '`[no](no.md)`',
    '```md\n[no](no.md)\n```',
  ].join('\n')
  t.same(linksOf(page).sort(), ['a.md', 'b.png', 'c.md#d', 'd.md'])
})
