import { readFileSync } from 'node:fs'
import t from 'tap'
import { withBuiltIns } from '../../scripts/scenarios-markdown.ts'
import { Effect, Match, Scenario, ScenarioRule, STATUS_ENUMS, Step } from '../../src/simulation/scenario.ts'
import { builtIns } from '../../src/simulation/scenarios.ts'
import type { TemplateValues } from '../../src/simulation/templates.ts'
import { blocksOf, codeSpansOf, proseOf } from '../markdown.ts'
import { registeredRoutes } from '../registered-routes.ts'
import { checkCommands } from './commands.ts'

const page = readFileSync(new URL('../../docs/scenarios.md', import.meta.url), 'utf8')
const blocks = blocksOf(page)

t.test('docs/scenarios.md is what `npm run docs` writes', async (t) => {
  t.equal(page, withBuiltIns(page, builtIns))
})

t.test('a page without the heading of the built-in scenarios, or with two, is refused', async (t) => {
  t.throws(() => withBuiltIns('# Scenarios\n', builtIns), /needs its heading/)
  t.throws(() => withBuiltIns(page + page, builtIns), /needs its heading/)
})

t.test('the commands of docs/scenarios.md, in their order, print what stands below them', async (t) => {
  const files = blocks.filter(({ role }) => role.endsWith('.yaml')).map(({ role, text }) => [role, text])
  const folder = t.testdir(Object.fromEntries(files))

  const count = await checkCommands(t, blocks, { folder })

  const outputs = blocks.filter(({ role }) => role === 'output')
  t.equal(count, outputs.length, 'each command shows what it prints')
})

t.test('docs/scenarios.md names every member of the format', async (t) => {
  const spans = codeSpansOf(page).join('\n')
  const members = [ScenarioRule, Scenario, Step, Effect].flatMap(({ properties }) => Object.keys(properties))
  const matched = Object.keys(Match.properties).map((name) => `match.${name}`)

  for (const name of [...members, ...matched, ...STATUS_ENUMS]) t.match(spans, name)
})

t.test('docs/scenarios.md says what every template stands for, and of no other', async (t) => {
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

  const documented = [...proseOf(page).matchAll(/^\| `\{\{(\w+)\}\}` \|/gm)].map(([, name = '']) => name)
  t.same(documented.sort(), Object.keys(names).sort())
})

t.test('what docs/scenarios.md says is served is served', async (t) => {
  const routes = await registeredRoutes()
  for (const span of codeSpansOf(page)) {
    const [route] = /^[A-Z]+ \/[\w/.{}-]+$/.exec(span) ?? []
    if (route !== undefined) t.ok(routes.includes(route), route)
  }
})
