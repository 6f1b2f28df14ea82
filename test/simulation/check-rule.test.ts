import t from 'tap'
import { checkEffect, checkRule } from '../../src/simulation/check-rule.ts'
import type { Scenario } from '../../src/simulation/scenario.ts'

const names = {
  isKnown: (name: string) => name === 'never',
  all: () => ['never'],
  isTaken: (name: string) => name === 'taken',
}

/** What is wrong with a rule: `place: message` for each issue. */
async function faults(input: unknown): Promise<string[]> {
  const checked = await checkRule(input, ['here'], names)
  return 'issues' in checked ? checked.issues.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`) : []
}

const scenarioFaults = (scenario: unknown) => faults({ scenario })
const stepFaults = (...steps: unknown[]) => scenarioFaults({ steps })

t.test('a good rule comes out as it went in', async (t) => {
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

t.test('a rule may name a scenario and leave out the rest', async (t) => {
  t.same(await checkRule({ scenario: 'never' }, [], names), {
    rule: { name: undefined, match: undefined, scenario: 'never' },
  })
})

t.test('numbers as texts become numbers, as everywhere', async (t) => {
  const checked = await checkRule(
    { scenario: { steps: [{ after_seconds: '5', after_reads: '2' }] } },
    [],
    names,
  )

  t.same(checked, {
    rule: { name: undefined, match: undefined, scenario: { steps: [{ after_seconds: 5, after_reads: 2 }] } },
  })
})

t.test('what is no rule is refused', async (t) => {
  const notAnObject = 'here: Input should be a valid dictionary or object to extract fields from'

  t.same(await faults(null), [notAnObject])
  t.same(await faults([]), [notAnObject])
  t.same(await faults({}), ['here.scenario: Field required'])
  t.same(await scenarioFaults(3), [notAnObject.replace('here', 'here.scenario')])
})

t.test('an unknown field is refused wherever it is', async (t) => {
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

t.test('a value of a wrong type or size is refused', async (t) => {
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

t.test('a name is made of small letters, digits and hyphens, and is not another rule’s', async (t) => {
  for (const name of ['', 'Mine', '-a', 'a b', 'a]', 'a'.repeat(65)]) {
    t.match(await faults({ name, scenario: 'never' }), ['here.name: String should '], name)
  }
  t.same(await faults({ name: 'taken', scenario: 'never' }), [
    'here.name: Value error, another rule has this name',
  ])
})

t.test('a scenario that is named must be known', async (t) => {
  t.same(await scenarioFaults('always'), ['here.scenario: Value error, no scenario has this name'])
  t.same(await scenarioFaults('nevr'), [
    'here.scenario: Value error, no scenario has this name; did you mean never?',
  ])
})

t.test('a pattern that cannot be used is refused with the reason, and all that are', async (t) => {
  t.same(await faults({ match: { prompt: '/(/', title: '', tag: 'a' }, scenario: 'never' }), [
    'here.match.title: String should have at least 1 character',
  ])
  t.same(await faults({ match: { prompt: '/(/', title: 'a', tag: '/(a|a)*$/' }, scenario: 'never' }), [
    'here.match.prompt: Value error, Invalid regular expression: /(/: Unterminated group',
    'here.match.tag: Value error, regular expression that may take exponential time',
  ])
})

t.test('a step out of order is refused', async (t) => {
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

t.test('steps of one moment, and steps that count differently, are in order', async (t) => {
  t.same(
    await stepFaults({ after_seconds: 1 }, { after_seconds: 1 }, { after_reads: 1 }, { after_seconds: 2 }),
    [],
  )
})

t.test('a step after the end is refused', async (t) => {
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

t.test('a template that is none is refused, also inside an output', async (t) => {
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

t.test(
  'of the templates that are none, each text tells the first: an issue quotes the whole text',
  async (t) => {
    t.same(await stepFaults({ message: '{{a}}{{b}}'.repeat(10_000), title: '{{prompt}}{{b}}' }), [
      'here.scenario.steps.0.message: Value error, unknown template {{a}}',
      'here.scenario.steps.0.title: Value error, unknown template {{b}}',
    ])
  },
)

t.test('a sample that is neither full nor partial is refused', async (t) => {
  for (const $sample of ['all', null, {}]) {
    t.same(await stepFaults({ structured_output: { $sample } }), [
      'here.scenario.steps.0.structured_output.$sample: Value error, $sample takes "full" or "partial"',
    ])
  }
})

const schema = { type: 'object', properties: { done: { type: 'boolean' } }, required: ['done'] }

t.test('an output that does not fit its own schema is refused', async (t) => {
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

t.test('an output without a schema may be anything', async (t) => {
  t.same(await stepFaults({ structured_output: 'x' }, { structured_output: [1, { a: null }] }), [])
})

t.test('a sample that no data can be is refused', async (t) => {
  const structured_output_schema = { allOf: [{ type: 'string' }, { type: 'number' }] }
  const steps = [{ structured_output: { $sample: 'partial' } }]

  t.same(await scenarioFaults({ structured_output_schema, steps }), [
    'here.scenario.steps.0.structured_output: Value error, no sample was found that fits structured_output_schema',
  ])
})

t.test('a schema that is none is refused', async (t) => {
  t.match(await scenarioFaults({ structured_output_schema: { type: 'objekt' }, steps: [] }), [
    'here.scenario.structured_output_schema: Value error, is not a valid Draft 7 schema: ',
  ])
})

t.test('what no answer could show is refused, and not shown', async (t) => {
  const checked = await checkRule(
    { scenario: { steps: [{ structured_output: Number.NaN }] } },
    ['here'],
    names,
  )

  t.match(checked, {
    issues: [{ loc: ['here'], msg: 'Value error, holds a number that is not finite', input: null }],
  })
})

t.test('what is made to happen by hand is checked alike', async (t) => {
  t.same(checkEffect({ message: '{{last_message}}', structured_output: { a: ['\ud800'] } }, ['body']), {
    effect: { message: '{{last_message}}', structured_output: { a: ['\ufffd'] } },
  })
  t.match(checkEffect({ message: '{{lastmessage}}' }, ['body']), {
    issues: [{ loc: ['body', 'message'], msg: 'Value error, unknown template {{lastmessage}}' }],
  })
  t.match(checkEffect({ structured_output: Number.NaN }, ['body']), {
    issues: [{ loc: ['body'], msg: 'Value error, holds a number that is not finite', input: null }],
  })
})
