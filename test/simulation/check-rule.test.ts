// Checks of rules and of the built-in scenarios, and the conversion of their data to plain JSON.
import fc from 'fast-check'
import t from 'tap'
import { encodeJson } from '../../src/fastapi/json/encode.ts'
import { checkEffect, checkRule } from '../../src/simulation/check-rule.ts'
import { type Scenario, STATUS_ENUMS } from '../../src/simulation/scenario.ts'
import { builtInScenarios, builtIns } from '../../src/simulation/scenarios.ts'
import { NotJsonError, toJson } from '../../src/simulation/to-json.ts'

const names = {
  isKnown: (name: string) => name === 'never',
  all: () => ['never'],
  isTaken: (name: string) => name === 'taken',
}

/** Returns the issues of a rule as `location: message`. */
async function faults(input: unknown): Promise<string[]> {
  const checked = await checkRule(input, ['here'], names)
  return 'issues' in checked ? checked.issues.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`) : []
}

const scenarioFaults = (scenario: unknown) => faults({ scenario })
const stepFaults = (...steps: unknown[]) => scenarioFaults({ steps })

t.test('a valid rule is returned unchanged', async (t) => {
  const scenario: Scenario = {
    steps: [
      { after_seconds: 0, status_enum: 'working', title: '{{request}}' },
      { after_seconds: 1.5, message: '{{ prompt }}', acus: 2 },
      {
        after_reads: 3,
        pull_request: { url: '{{pull_request_url}}' },
        structured_output: { a: '{{title}}' },
      },
      { message: 'at the same moment', pull_request: null, structured_output: null, status_enum: null },
      { structured_output: { $sample: 'full' }, status: 'any word', status_enum: 'finished' },
    ],
    on_message: [{ after_seconds: 0, message: '{{last_message}}' }],
  }
  const match = { prompt: 'a', title: '/b/i', tag: 'c' }

  t.same(await checkRule({ name: 'mine-1', match, scenario }, [], names), {
    rule: { name: 'mine-1', match, scenario },
  })
})

t.test('a rule can have only the name of a scenario', async (t) => {
  t.same(await checkRule({ scenario: 'never' }, [], names), {
    rule: { name: undefined, match: undefined, scenario: 'never' },
  })
})

t.test('numeric strings are converted to numbers', async (t) => {
  const checked = await checkRule(
    { scenario: { steps: [{ after_seconds: '5', after_reads: '2' }] } },
    [],
    names,
  )

  t.same(checked, {
    rule: { name: undefined, match: undefined, scenario: { steps: [{ after_seconds: 5, after_reads: 2 }] } },
  })
})

t.test('a value that is not a rule is rejected', async (t) => {
  const notAnObject = 'here: Input should be a valid dictionary or object to extract fields from'

  t.same(await faults(null), [notAnObject])
  t.same(await faults([]), [notAnObject])
  t.same(await faults({}), ['here.scenario: Field required'])
  t.same(await scenarioFaults(3), [notAnObject.replace('here', 'here.scenario')])
})

t.test('an unknown field is rejected at every level', async (t) => {
  const refused = 'Extra inputs are not permitted'

  t.same(await faults({ scenario: 'never', matches: {} }), [`here.matches: ${refused}`])
  t.same(await faults({ scenario: 'never', match: { tags: 'a' } }), [`here.match.tags: ${refused}`])
  t.same(await scenarioFaults({ steps: [], onMessage: [] }), [`here.scenario.onMessage: ${refused}`])
  t.same(await stepFaults({ messages: 'a' }), [`here.scenario.steps.0.messages: ${refused}`])
  t.same(await stepFaults({}, { pull_request: { url: 'u', state: 'open' } }), [
    `here.scenario.steps.1.pull_request.state: ${refused}`,
  ])
  t.same(await scenarioFaults({ steps: [], on_message: [{ after: 1 }] }), [
    `here.scenario.on_message.0.after: ${refused}`,
  ])
})

t.test('a value with a wrong type or out of range is rejected', async (t) => {
  const at = 'here.scenario.steps.0'

  t.match(await stepFaults({ after_seconds: -1 }), [`${at}.after_seconds: Input should be greater than or`])
  t.match(await stepFaults({ after_seconds: 1e10 }), [`${at}.after_seconds: Input should be less than or`])
  t.match(await stepFaults({ after_reads: 0 }), [`${at}.after_reads: Input should be greater than or`])
  t.match(await stepFaults({ after_reads: 1.5 }), [`${at}.after_reads: Input should be a valid integer`])
  t.match(await stepFaults({ status_enum: 'stopped' }), [`${at}.status_enum: Input should be 'working'`])
  t.match(await stepFaults({ status: '' }), [`${at}.status: String should have at least 1 character`])
  t.match(await stepFaults({ message: 1 }), [`${at}.message: Input should be a valid string`])
  t.match(await stepFaults({ acus: -1 }), [`${at}.acus: Input should be greater than or equal to 0`])
  t.match(await stepFaults({ pull_request: {} }), [`${at}.pull_request.url: Field required`])
  t.match(await scenarioFaults({}), ['here.scenario.steps: Field required'])
  t.match(await scenarioFaults({ steps: Array(1001).fill({}) }), ['here.scenario.steps: List should have at'])
})

t.test('a name has lowercase letters, digits and hyphens, and is unique', async (t) => {
  for (const name of ['', 'Mine', '-a', 'a b', 'a]', 'a'.repeat(65)]) {
    t.match(await faults({ name, scenario: 'never' }), ['here.name: String should '], name)
  }
  t.same(await faults({ name: 'taken', scenario: 'never' }), [
    'here.name: Value error, another rule has this name',
  ])
})

t.test('a rule with an unknown scenario name is rejected', async (t) => {
  t.same(await scenarioFaults('always'), ['here.scenario: Value error, no scenario has this name'])
  t.same(await scenarioFaults('nevr'), [
    'here.scenario: Value error, no scenario has this name; did you mean never?',
  ])
})

t.test('every unusable pattern is rejected with its reason', async (t) => {
  t.same(await faults({ match: { prompt: '/(/', title: '', tag: 'a' }, scenario: 'never' }), [
    'here.match.title: String should have at least 1 character',
  ])
  t.same(await faults({ match: { prompt: '/(/', title: 'a', tag: '/(a|a)*$/' }, scenario: 'never' }), [
    'here.match.prompt: Value error, Invalid regular expression: /(/: Unterminated group',
    'here.match.tag: Value error, regular expression that may take exponential time',
  ])
})

t.test('a step out of order is rejected', async (t) => {
  const earlier = (value: number) => `Value error, step out of order: an earlier step has ${value}`

  t.same(
    await stepFaults({ after_seconds: 2 }, { message: 'a' }, { after_seconds: 1 }, { after_seconds: 2 }),
    [`here.scenario.steps.2.after_seconds: ${earlier(2)}`],
  )
  t.same(await stepFaults({ after_reads: 2 }, { after_reads: 1 }), [
    `here.scenario.steps.1.after_reads: ${earlier(2)}`,
  ])
  t.same(await scenarioFaults({ steps: [], on_message: [{ after_seconds: 2 }, { after_seconds: 1 }] }), [
    `here.scenario.on_message.1.after_seconds: ${earlier(2)}`,
  ])
})

t.test('steps at the same time, and steps in different units, are in order', async (t) => {
  t.same(
    await stepFaults({ after_seconds: 1 }, { after_seconds: 1 }, { after_reads: 1 }, { after_seconds: 2 }),
    [],
  )
})

t.test('a step after the end of the turn is rejected', async (t) => {
  const ended = 'Value error, step out of order: the session has finished or ended before it'

  const ends = [
    { status_enum: 'finished' },
    { status_enum: 'expired' },
    { status: 'error' },
    { status: 'exit' },
  ]
  for (const end of ends) {
    t.same(await stepFaults(end, { message: 'a' }), [`here.scenario.steps.1: ${ended}`])
  }
  t.same(await stepFaults({ status_enum: 'blocked' }, { status_enum: 'suspend_requested' }), [])
})

t.test('an unknown template is rejected, also inside an output', async (t) => {
  const unknown = 'Value error, unknown template {{promt}}'
  const step = {
    message: '{{prompt}} {{promt}}',
    title: '{{ promt }}',
    pull_request: { url: 'https://{{promt}}' },
    structured_output: [{ deep: 'a {{promt}}' }, 3, null],
  }

  t.same(await stepFaults(step), [
    `here.scenario.steps.0.message: ${unknown}`,
    `here.scenario.steps.0.title: ${unknown}`,
    `here.scenario.steps.0.pull_request.url: ${unknown}`,
    `here.scenario.steps.0.structured_output.0.deep: ${unknown}`,
  ])
})

t.test('only the first unknown template of each text is reported', async (t) => {
  t.same(await stepFaults({ message: '{{a}}{{b}}'.repeat(10_000), title: '{{prompt}}{{b}}' }), [
    'here.scenario.steps.0.message: Value error, unknown template {{a}}',
    'here.scenario.steps.0.title: Value error, unknown template {{b}}',
  ])
})

t.test('a sample that is neither full nor partial is rejected', async (t) => {
  for (const $sample of ['all', null, {}]) {
    t.same(await stepFaults({ structured_output: { $sample } }), [
      'here.scenario.steps.0.structured_output.$sample: Value error, $sample takes "full" or "partial"',
    ])
  }
})

const schema = { type: 'object', properties: { done: { type: 'boolean' } }, required: ['done'] }

t.test('an output that is invalid for the schema of its scenario is rejected', async (t) => {
  const steps = [
    { structured_output: { done: true } },
    { structured_output: { done: 'yes' } },
    { structured_output: { $sample: 'full' } },
    { structured_output: { $sample: 'some' } },
    { structured_output: null },
    {},
  ]
  const scenario = { structured_output_schema: schema, steps, on_message: [{ structured_output: [] }] }

  t.match(await scenarioFaults(scenario), [
    'here.scenario.steps.3.structured_output.$sample: Value error, $sample takes "full" or "partial"',
    'here.scenario.steps.1.structured_output: Value error, does not fit structured_output_schema: ',
    'here.scenario.on_message.0.structured_output: Value error, does not fit structured_output_schema: ',
  ])
})

t.test('without a schema, any output is valid', async (t) => {
  t.same(await stepFaults({ structured_output: 'x' }, { structured_output: [1, { a: null }] }), [])
})

t.test('a sample for an unsatisfiable schema is rejected', async (t) => {
  const structured_output_schema = { allOf: [{ type: 'string' }, { type: 'number' }] }
  const steps = [{ structured_output: { $sample: 'partial' } }]

  t.same(await scenarioFaults({ structured_output_schema, steps }), [
    'here.scenario.steps.0.structured_output: Value error, no sample was found that fits structured_output_schema',
  ])
})

t.test('an invalid schema is rejected', async (t) => {
  t.match(await scenarioFaults({ structured_output_schema: { type: 'objekt' }, steps: [] }), [
    'here.scenario.structured_output_schema: Value error, is not a valid Draft 7 schema: ',
  ])
})

t.test('data that a response cannot contain is rejected without quoting it', async (t) => {
  const checked = await checkRule(
    { scenario: { steps: [{ structured_output: Number.NaN }] } },
    ['here'],
    names,
  )

  t.match(checked, {
    issues: [{ loc: ['here'], msg: 'Value error, contains a number that is not finite', input: null }],
  })
})

t.test('the effects of manual events have the same checks', async (t) => {
  t.same(checkEffect({ message: '{{last_message}}', structured_output: { a: ['\ud800'] } }, ['body']), {
    effect: { message: '{{last_message}}', structured_output: { a: ['\ufffd'] } },
  })
  t.match(checkEffect({ message: '{{lastmessage}}' }, ['body']), {
    issues: [{ loc: ['body', 'message'], msg: 'Value error, unknown template {{lastmessage}}' }],
  })
  t.match(checkEffect({ structured_output: Number.NaN }, ['body']), {
    issues: [{ loc: ['body'], msg: 'Value error, contains a number that is not finite', input: null }],
  })
})

const noNames = { isKnown: () => false, all: () => [], isTaken: () => false }

for (const [name, { purpose, scenario }] of Object.entries<{ purpose: string; scenario: Scenario }>(
  builtIns,
)) {
  t.test(
    `the built-in scenario ${name} is a valid rule, with its members in the order of a restored state`,
    async (t) => {
      t.equal(
        JSON.stringify(await checkRule({ name, scenario }, [], noNames)),
        JSON.stringify({ rule: { name, scenario } }),
      )
    },
  )

  t.test(`the purpose of the built-in scenario ${name} is a sentence`, async (t) => {
    t.match(purpose, /^[A-Z].*\.$/)
  })
}

t.test('the built-in scenarios are available by name', async (t) => {
  t.same(Object.keys(builtInScenarios), Object.keys(builtIns))
  t.equal(builtInScenarios.slow, builtIns.slow.scenario)
})

t.test('each status_enum occurs in a built-in scenario', async (t) => {
  const scenarios: Scenario[] = Object.values(builtInScenarios)
  const steps = scenarios.flatMap(({ steps, on_message = [] }) => [...steps, ...on_message])
  const shown = new Set(steps.map(({ status_enum }) => status_enum))

  for (const status of STATUS_ENUMS) t.ok(shown.has(status), status)
})

t.test('plain JSON is copied unchanged', async () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value = JSON.parse(text)
      return JSON.stringify(toJson(value)) === JSON.stringify(value)
    }),
  )
})

t.test('the copy is independent of the value', async (t) => {
  const value = { list: [1] }

  const copy = toJson(value)
  value.list.push(2)

  t.same(copy, { list: [1] })
})

t.test(
  'a lone surrogate becomes the replacement character, and the text of its escape sequence is unchanged',
  async (t) => {
    t.same(toJson({ 'a\ud800': ['\udfff!', '\\ud800', '😀'] }), {
      'a\ufffd': ['\ufffd!', '\\ud800', '😀'],
    })
  },
)

t.test('a bigint of any size becomes a number', async (t) => {
  t.same(toJson([12n, 10n ** 20n]), [12, 1e20])
})

t.test('every result can be encoded in a response', async () => {
  const anything = fc.anything({ withBigInt: true })
  fc.assert(
    fc.property(anything, (value) => {
      try {
        encodeJson(toJson([value]))
        return true
      } catch (error) {
        return error instanceof NotJsonError
      }
    }),
  )
})

t.test('a number that is not finite is rejected', async (t) => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 10n ** 400n]) {
    t.throws(() => toJson({ deep: [value] }), { message: 'contains a number that is not finite' })
  }
})

t.test('circular and deeply nested data is rejected', async (t) => {
  const circle: unknown[] = []
  circle.push(circle)
  const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

  t.throws(() => toJson(circle), { message: 'is circular or nested too deeply' })
  t.throws(() => toJson(nested(101)), { message: 'is nested more than 100 levels deep' })
  t.throws(() => toJson(nested(1000)), NotJsonError)
  t.doesNotThrow(() => toJson(nested(100)))
})
