// Data files, and the two kinds with their own format: files of keys and of scenario rules.
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { userOf } from '../../src/auth/principal.ts'
import { seededIds } from '../../src/base/ids.ts'
import { parseData, readBytes } from '../../src/settings/data-file.ts'
import { readKeysFile } from '../../src/settings/keys-file.ts'
import { readScenariosFile } from '../../src/settings/scenarios-file.ts'
import { StartError } from '../../src/settings/start-error.ts'
import { ScenarioRules } from '../../src/simulation/scenario-rules.ts'
import { builtInScenarios } from '../../src/simulation/scenarios.ts'

const parse = async (path: string, text: string | Buffer) => parseData(path, Buffer.from(text))

t.test('a missing file, a folder and other unreadable files have different errors', async (t) => {
  const folder = t.testdir({ file: '' })

  await t.rejects(readBytes(join(folder, 'none')), { message: `${folder}/none: no such file`, exitCode: 1 })
  await t.rejects(readBytes(folder), { message: `${folder}: is a folder, not a file` })
  await t.rejects(readBytes(join(folder, 'file', 'x')), {
    message: `${folder}/file/x: cannot be read (ENOTDIR)`,
  })
})

t.test('a .json file is parsed as JSON, every other file as YAML', async (t) => {
  t.same(await parse('a.JSON', '{"a": [1]}'), { a: [1] })
  t.same(await parse('a.yaml', 'a: [1]'), { a: [1] })
  t.same(await parse('a', '{"a": [1]}'), { a: [1] })
})

t.test('invalid JSON is reported with line and column', async (t) => {
  await t.rejects(parse('a.json', '{"a": 1,\n "😀" 2}'), {
    message: "a.json: not valid JSON (Expecting ':' delimiter, line 2 column 6)",
  })
})

t.test('JSON in an unknown encoding is rejected', async (t) => {
  await t.rejects(parse('a.json', Buffer.from([0x22, 0xff, 0x22])), {
    message: 'a.json: not valid JSON (unknown encoding, or nested too deeply)',
  })
})

t.test('invalid YAML is reported with line and column, but not quoted', async (t) => {
  await t.rejects(parse('a.yaml', 'value: s3cr3t\n note: [s3cr3t'), {
    message: /^a\.yaml: not valid YAML \(wrong indentation, .*, line \d column \d+\)$/,
  })
  await t.rejects(parse('a.yaml', 'a: 1\na: 2'), {
    message: 'a.yaml: not valid YAML (the same key twice, line 2 column 1)',
  })
})

t.test('each kind of mistake in YAML is described', async (t) => {
  const reasons = {
    'a: @b': 'a value that begins with @ or ` has to be quoted, line 1 column 4',
    'a: b: c': 'wrong indentation, or a value with ": " in it that is not quoted, line 1 column 4',
    'a: "b': 'a missing character, such as a closing quote, a comma or a colon, line 1 column 6',
    'a: 1\n]': 'something that is not allowed here, line 2 column 1',
    'a: [1 2': 'wrong indentation, or a bracket that is not closed, line 1 column 8',
  }
  for (const [text, reason] of Object.entries(reasons)) {
    await t.rejects(parse('a.yaml', text), { message: `a.yaml: not valid YAML (${reason})` }, text)
  }
})

t.test('YAML with unknown or exponentially expanding aliases is rejected', async (t) => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  for (let level = 1; level < 9; level++) {
    const [name, before] = [...'abcdefghi'].slice(level - 1, level + 1).reverse()
    bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`)
  }
  const message = 'a.yaml: not valid YAML (an alias that is unknown, or too many of them)'

  await t.rejects(parse('a.yaml', 'a: *nothing'), { message })
  await t.rejects(parse('a.yaml', bomb.join('\n')), { message })
})

t.test('YAML features that would be lost silently are rejected with their position', async (t) => {
  const lost = {
    'a: 1\n---\na: 2': 'a second document, line 2 column 1',
    'a: !!set { b, c }': 'an unknown tag, line 1 column 4',
    'a: !!binary aGVsbG8=': 'an unknown tag, line 1 column 4',
    'a: !own text': 'an unknown tag, line 1 column 4',
  }
  for (const [text, reason] of Object.entries(lost)) {
    await t.rejects(parse('a.yaml', text), { message: `a.yaml: not valid YAML (${reason})` }, text)
  }
  t.same(await parse('a.yaml', 'a: !!str 5\nb: 2026-01-02T03:04:05Z'), { a: '5', b: '2026-01-02T03:04:05Z' })
})

t.test('a file that is not valid data is rejected with the reason', async (t) => {
  const utf16 = Buffer.from('organizations: []', 'utf16le')
  const rows: [name: string, content: string | Buffer, flaw: string][] = [
    ['a.yaml', '', 'is empty'],
    ['a.yaml', '\ufeff \n', 'is empty'],
    ['a.json', '', 'is empty'],
    ['a.yaml', '# nothing yet\n', 'contains only comments'],
    ['a.yaml', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), 'is UTF-16: save it as UTF-8'],
    ['a.yaml', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]).swap16(), 'is UTF-16: save it as UTF-8'],
    ['a.yaml', utf16, 'is UTF-16: save it as UTF-8'],
    ['a.yaml', Buffer.from([0x1f, 0x8b, 8, 0, 0]), 'is not a text file'],
    ['a.yaml', Buffer.from([0x61, 0x3a, 0x20, 0xe9]), 'is not UTF-8: save it as UTF-8'],
    [
      'a.yaml',
      'a: &a {b: 1}\nc:\n  <<: *a',
      'not valid YAML (merge keys (<<) are not supported, line 3 column 3)',
    ],
    [
      'a.yaml',
      'a:\n\tb: 1',
      'not valid YAML (a tab as indentation, where only spaces are allowed, line 2 column 1)',
    ],
    ['a.yaml', '%TAG x\n---\na: 1', 'not valid YAML (BAD_DIRECTIVE, line 1 column 1)'],
    ['a.json', '{"a": 1,}', 'not valid JSON (Illegal trailing comma before end of object, line 1 column 8)'],
  ]
  for (const [name, content, flaw] of rows) {
    await t.rejects(parse(name, content), { message: `${name}: ${flaw}` }, flaw)
  }
  t.same(await parse('a.yaml', '\ufeffa: 1'), { a: 1 })
  t.same(await parse('a.yaml', '"<<": 1'), { '<<': 1 })
})

async function readKeys(t: Test, name: string, content: string) {
  return readKeysFile(join(t.testdir({ [name]: content }), name))
}

/** Returns the lines of the error without the folder. */
async function keyFaults(t: Test, name: string, content: string): Promise<string[]> {
  const folder = t.testdir({ [name]: content })
  const error = await readKeysFile(join(folder, name)).catch((error: unknown) => error)
  if (!(error instanceof StartError)) throw new Error('nothing was wrong')
  return error.message.split('\n').map((line) => line.replace(`${folder}/`, ''))
}

const KEYS = [
  { key: 'apk_user_a' },
  { key: 'apk_b', orgId: 'org-1' },
  { key: 'apk_user_c', orgId: 'org-2', user: userOf('someone') },
]

t.test(
  'a file of keys can have lines with a key and its organization, comments and empty lines',
  async (t) => {
    const text = '# all keys\n\napk_user_a\r\n  apk_b\torg-1  # the robot\n#apk_user_z\napk_c org#2\n'

    t.same(await readKeys(t, 'keys.txt', text), [
      { key: 'apk_user_a' },
      { key: 'apk_b', orgId: 'org-1' },
      { key: 'apk_c', orgId: 'org#2' },
    ])
  },
)

t.test('an empty file of keys is valid', async (t) => {
  t.same(await readKeys(t, 'keys', ''), [])
})

t.test('a file of keys that starts with a bracket or brace is parsed as data', async (t) => {
  const list = [
    'apk_user_a',
    { key: 'apk_b', org_id: 'org-1' },
    { key: 'apk_user_c', org_id: 'org-2', user_id: 'someone' },
  ]

  t.same(await readKeys(t, 'keys.json', JSON.stringify(list)), KEYS)
  t.same(await readKeys(t, 'keys', ` ${JSON.stringify({ keys: list })}`), KEYS)
})

t.test('a file of keys is parsed as YAML if its name ends in .yaml or .yml', async (t) => {
  const text = `keys:
  - apk_user_a
  - { key: apk_b, org_id: org-1 }
  - key: apk_user_c
    org_id: org-2
    user_id: someone
`

  t.same(await readKeys(t, 'keys.yaml', text), KEYS)
  t.same(await readKeys(t, 'KEYS.YML', '- apk_user_a'), [{ key: 'apk_user_a' }])
})

t.test('every invalid line of a file of keys is reported without its key', async (t) => {
  t.same(await keyFaults(t, 'keys.txt', 'apk_user_a\nsk_x\napk_user_a\napk_b org-1 and more\n'), [
    'keys.txt: line 4: more than KEY and ORG_ID',
    'keys.txt: line 2: not a key (apk_user_…, apk_…, cog_… or devin-session-token$…)',
    'keys.txt: line 3: the same key as line 1',
  ])
})

t.test('every invalid field of a file of keys is reported', async (t) => {
  const text = JSON.stringify({
    keys: [{ org_id: 'org-1' }, 7, { key: 'apk_a', org_id: '' }, { key: 'apk_a', name: 'x', permisions: [] }],
  })

  t.same(await keyFaults(t, 'keys.json', text), [
    'keys.json: keys.0.key: Field required',
    'keys.json: keys.1: Input should be a valid dictionary or object to extract fields from',
    'keys.json: keys.2.org_id: String should have at least 1 character',
    'keys.json: keys.3.name: Extra inputs are not permitted',
    'keys.json: keys.3.permisions: Extra inputs are not permitted; did you mean permissions?',
  ])
})

t.test('a file of keys with neither a list nor keys is rejected', async (t) => {
  t.same(await keyFaults(t, 'keys.yaml', 'apk_user_a'), [
    'keys.yaml: Input should be a valid dictionary or object to extract fields from',
  ])
  t.same(await keyFaults(t, 'keys.json', '{"kees": []}'), [
    'keys.json: keys: Field required',
    'keys.json: kees: Extra inputs are not permitted; did you mean keys?',
  ])
})

t.test('a seed or a binary file given as a file of keys is rejected with the reason', async (t) => {
  t.same(await keyFaults(t, 'keys.yaml', 'organizations: []'), [
    'keys.yaml: is a seed, not a file of keys: use --seed',
  ])
  t.same(await keyFaults(t, 'keys.txt', 'apk\0'), ['keys.txt: is not a text file'])
})

const newRules = () => new ScenarioRules(seededIds(1, ''))

function aFile(t: Test, name: string, text: string): string {
  const path = join(t.testdir({ [name]: text }), name)
  return path
}

const RULES_YAML = `
# Sessions about docs are slow.
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

t.test('the rules of a YAML file are added in order', async (t) => {
  const scenarioRules = newRules()

  await readScenariosFile(aFile(t, 'rules.yaml', RULES_YAML), scenarioRules)

  t.equal(scenarioRules.list().length, 3)
  t.match(scenarioRules.list(), [
    { orgId: null, match: { prompt: 'docs' }, scenario: 'slow' },
    { name: 'two-steps', scenario: { steps: [{ status_enum: 'working' }, { after_seconds: 5 }] } },
    { match: { tag: '/^nightly/i' }, scenario: 'two-steps' },
  ])
})

t.test('a rule can refer to the scenario of an earlier rule in the file', async (t) => {
  const scenarioRules = newRules()
  await readScenariosFile(aFile(t, 'rules.yml', RULES_YAML), scenarioRules)

  const chosen = await scenarioRules.choose({ prompt: 'x', title: null, tags: ['Nightly 3'] }, 'org-a')

  t.equal(chosen, scenarioRules.named('two-steps', null))
  t.equal(chosen.steps.length, 2)
})

t.test('a JSON file can have the rules under scenarios', async (t) => {
  const scenarioRules = newRules()
  const text = JSON.stringify({ scenarios: [{ scenario: 'never' }] })

  await readScenariosFile(aFile(t, 'rules.json', text), scenarioRules)

  t.equal(await scenarioRules.choose({ prompt: 'x', title: null, tags: [] }, 'org-a'), builtInScenarios.never)
})

t.test('the rules of a file come after existing rules and can refer to them', async (t) => {
  const scenarioRules = newRules()
  scenarioRules.add({ name: 'mine', match: undefined, scenario: 'slow' })

  await readScenariosFile(aFile(t, 'rules.json', '[{"scenario": "mine"}]'), scenarioRules)

  t.match(scenarioRules.list(), [{ name: 'mine' }, { scenario: 'mine' }])
})

t.test('a file with an empty list adds no rules', async (t) => {
  const scenarioRules = newRules()

  await readScenariosFile(aFile(t, 'rules.json', '[]'), scenarioRules)

  t.same(scenarioRules.list(), [])
})

/** Returns the lines of the error for an invalid file, without its path. Checks that the existing rules are unchanged. */
async function ruleFaults(t: Test, name: string, text: string): Promise<string[]> {
  const scenarioRules = newRules()
  scenarioRules.add({ name: 'old', match: undefined, scenario: 'slow' })
  const path = aFile(t, name, text)
  try {
    await readScenariosFile(path, scenarioRules)
  } catch (error) {
    t.match(error, { name: 'StartError' })
    t.equal(scenarioRules.list().length, 1, 'no rule was added')
    const lines = (error as Error).message.split('\n')
    t.ok(lines.every((line) => line.startsWith(`${path}: `)))
    return lines.map((line) => line.slice(path.length + 2))
  }
  return []
}

t.test('every flaw is reported with its location and reason, and no rule is added', async (t) => {
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

  t.match(await ruleFaults(t, 'rules.yaml', text), [
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

t.test('the check of a file stops after twenty flaws and reports where', async (t) => {
  const rules = Array(1000).fill({ match: { prompt: '/(/', title: '/(/' }, scenario: 'slow' })

  const lines = await ruleFaults(t, 'rules.json', JSON.stringify(rules))

  t.equal(lines.length, 21)
  t.match(lines.at(-2), /^9\.match\.title: Invalid regular expression/)
  t.equal(lines.at(-1), '10: too many errors; remaining rules not checked')
})

t.test('locations in an object start with the name of its list', async (t) => {
  t.same(await ruleFaults(t, 'rules.json', '{"scenarios": [{"scenario": "nevr"}]}'), [
    'scenarios.0.scenario: no scenario has this name; did you mean never?',
  ])
})

t.test('a rule cannot refer to a later rule', async (t) => {
  const text = '[{"scenario": "later"}, {"name": "later", "scenario": "slow"}]'

  t.same(await ruleFaults(t, 'rules.json', text), ['0.scenario: no scenario has this name'])
})

t.test('a file without a list of rules is rejected', async (t) => {
  for (const text of ['{}', '3', 'null', '{"scenarios": {}}', '{"rules": []}']) {
    t.same(
      await ruleFaults(t, 'rules.json', text),
      ['neither a list of rules nor {"scenarios": [rules…]}'],
      text,
    )
  }
  t.same(await ruleFaults(t, 'rules.json', '{"scenarios": [], "rules": [], "x": 1}'), [
    'rules: Extra inputs are not permitted',
    'x: Extra inputs are not permitted',
  ])
})

t.test('a rules file with invalid JSON or YAML is rejected', async (t) => {
  t.match(await ruleFaults(t, 'rules.json', '[{]'), [/^not valid JSON/])
  t.match(await ruleFaults(t, 'rules.yaml', '- {a'), [/^not valid YAML/])
})

t.test('YAML data that JSON lacks is rejected in a rule', async (t) => {
  const output = (text: string) => `- scenario: { steps: [{ structured_output: ${text} }] }`

  t.same(await ruleFaults(t, 'rules.yaml', output('&a [*a]')), ['0: is circular or nested too deeply'])
  t.same(await ruleFaults(t, 'rules.yaml', output('.nan')), ['0: contains a number that is not finite'])
})

t.test('a missing rules file is rejected', async (t) => {
  await t.rejects(readScenariosFile('/nowhere/rules.yaml', newRules()), {
    name: 'StartError',
    message: '/nowhere/rules.yaml: no such file',
  })
})
