import { join } from 'node:path'
import t, { type Test } from 'tap'
import { seededIds } from '../../src/base/ids.ts'
import { readScenariosFile } from '../../src/settings/scenarios-file.ts'
import { ScenarioRules } from '../../src/simulation/scenario-rules.ts'
import { builtInScenarios } from '../../src/simulation/scenarios.ts'

const aBook = () => new ScenarioRules(seededIds(1, ''))

function aFile(t: Test, name: string, text: string): string {
  const path = join(t.testdir({ [name]: text }), name)
  return path
}

const YAML = `
# Whoever asks for docs waits long.
- match: { prompt: docs }
  scenario: slow
- name: two-steps
  scenario:
    steps:
      - { after_seconds: 0, status_enum: working }
      - { after_seconds: 5, message: "Done: {{request}}", status_enum: finished }
- match: { tag: /^nightly/i }
  scenario: two-steps
`

t.test('the rules of a YAML file are added in their order', async (t) => {
  const book = aBook()

  const rules = await readScenariosFile(aFile(t, 'rules.yaml', YAML), book)

  t.equal(rules.length, 3)
  t.match(book.list(), [
    { orgId: null, match: { prompt: 'docs' }, scenario: 'slow' },
    { name: 'two-steps', scenario: { steps: [{ status_enum: 'working' }, { after_seconds: 5 }] } },
    { match: { tag: '/^nightly/i' }, scenario: 'two-steps' },
  ])
})

t.test('a rule may name the scenario of an earlier one', async (t) => {
  const book = aBook()
  await readScenariosFile(aFile(t, 'rules.yml', YAML), book)

  const chosen = await book.choose({ prompt: 'x', title: null, tags: ['Nightly 3'] }, 'org-a')

  t.equal(chosen, book.named('two-steps', null))
  t.equal(chosen.steps.length, 2)
})

t.test('a JSON file may hold the rules under scenarios', async (t) => {
  const book = aBook()
  const text = JSON.stringify({ scenarios: [{ scenario: 'never' }] })

  await readScenariosFile(aFile(t, 'rules.json', text), book)

  t.equal(await book.choose({ prompt: 'x', title: null, tags: [] }, 'org-a'), builtInScenarios.never)
})

t.test('the rules of a file come after those there are, and may name them', async (t) => {
  const book = aBook()
  book.add({ name: 'mine', match: undefined, scenario: 'slow' })

  await readScenariosFile(aFile(t, 'rules.json', '[{"scenario": "mine"}]'), book)

  t.match(book.list(), [{ name: 'mine' }, { scenario: 'mine' }])
})

t.test('a file without rules adds none', async (t) => {
  const book = aBook()

  t.same(await readScenariosFile(aFile(t, 'rules.json', '[]'), book), [])
  t.same(book.list(), [])
})

/** The lines that a faulty file is refused with, without its path; what is in the book must stay. */
async function faults(t: Test, name: string, text: string): Promise<string[]> {
  const book = aBook()
  book.add({ name: 'old', match: undefined, scenario: 'slow' })
  const path = aFile(t, name, text)
  try {
    await readScenariosFile(path, book)
  } catch (error) {
    t.match(error, { name: 'StartError' })
    t.equal(book.list().length, 1, 'nothing is half loaded')
    const lines = (error as Error).message.split('\n')
    t.ok(lines.every((line) => line.startsWith(`${path}: `)))
    return lines.map((line) => line.slice(path.length + 2))
  }
  return []
}

t.test('every fault is told with its place and reason, and nothing is half loaded', async (t) => {
  const text = `
- scenario: slow
- scenario:
    steps:
      - { after_seconds: 5, mesage: Hello }
- match: { prompt: "/(a+)+$/", title: "/[/" }
  scenario: nevr
- scenario:
    steps: [{ after_seconds: 5 }, { message: Hi }, { after_seconds: 2 }]
    structured_output_schema: { type: string }
    on_message: [{ structured_output: 3 }]
- name: old
  scenario: slow
- name: twice
  scenario: slow
- name: twice
  scenario: slow
- name: third
  scenario: { steps: 3 }
- scenario: third
- 7
`

  t.match(await faults(t, 'rules.yaml', text), [
    '1.scenario.steps.0.mesage: Extra inputs are not permitted; did you mean message?',
    '2.match.prompt: regular expression that may take exponential time',
    /^2\.match\.title: Invalid regular expression: .*Unterminated character class/,
    '2.scenario: no scenario has this name; did you mean never?',
    '3.scenario.steps.2.after_seconds: step out of order: an earlier step has 5',
    /^3\.scenario\.on_message\.0\.structured_output: does not fit structured_output_schema: /,
    '4.name: another rule has this name',
    '6.name: another rule has this name',
    '7.scenario.steps: Input should be a valid list',
    '9: Input should be a valid dictionary or object to extract fields from',
  ])
})

t.test('of very many faults the first ones are told, and from where on nothing was looked at', async (t) => {
  const rules = Array(1000).fill({ match: { prompt: '/(/', title: '/(/' }, scenario: 'slow' })

  const lines = await faults(t, 'rules.json', JSON.stringify(rules))

  t.equal(lines.length, 21)
  t.match(lines.at(-2), /^9\.match\.title: Invalid regular expression/)
  t.equal(lines.at(-1), '10: not looked at, nor what follows, since so much is wrong before')
})

t.test('the place in an object begins with the name of its list', async (t) => {
  t.same(await faults(t, 'rules.json', '{"scenarios": [{"scenario": "nevr"}]}'), [
    'scenarios.0.scenario: no scenario has this name; did you mean never?',
  ])
})

t.test('a rule may not name a later one', async (t) => {
  const text = '[{"scenario": "later"}, {"name": "later", "scenario": "slow"}]'

  t.same(await faults(t, 'rules.json', text), ['0.scenario: no scenario has this name'])
})

t.test('what holds no list of rules is refused', async (t) => {
  for (const text of ['{}', '3', 'null', '{"scenarios": {}}', '{"rules": []}']) {
    t.same(await faults(t, 'rules.json', text), ['neither a list of rules nor {"scenarios": [rules…]}'], text)
  }
  t.same(await faults(t, 'rules.json', '{"scenarios": [], "rules": [], "x": 1}'), [
    'rules: Extra inputs are not permitted',
    'x: Extra inputs are not permitted',
  ])
})

t.test('what is neither JSON nor YAML is refused', async (t) => {
  t.match(await faults(t, 'rules.json', '[{]'), [/^not valid JSON/])
  t.match(await faults(t, 'rules.yaml', '- {a'), [/^not valid YAML/])
})

t.test('data of YAML that JSON does not have is refused', async (t) => {
  const output = (text: string) => `- scenario: { steps: [{ structured_output: ${text} }] }`

  t.same(await faults(t, 'rules.yaml', output('&a [*a]')), ['0: is nested too deeply, or in itself'])
  t.same(await faults(t, 'rules.yaml', output('.nan')), ['0: holds a number that is not finite'])
})

t.test('a file that is not there is refused', async (t) => {
  await t.rejects(readScenariosFile('/nowhere/rules.yaml', aBook()), {
    name: 'StartError',
    message: '/nowhere/rules.yaml: no such file',
  })
})
