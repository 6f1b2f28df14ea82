// Templates and the values behind them: titles, attachments and the limit on generated text.
import fc from 'fast-check'
import t from 'tap'
import { attachmentUrls, nearAttachmentLines } from '../../src/simulation/attachment-lines.ts'
import { type SessionHistory, sampleOf, sessionAt } from '../../src/simulation/session.ts'
import {
  fillJson,
  fillTemplate,
  GENERATED_TEXT_MAX,
  type TemplateValues,
  TextBudget,
  TRUNCATED,
  templateNames,
} from '../../src/simulation/templates.ts'
import { firstLine, generatedTitle } from '../../src/simulation/titles.ts'
import { cpuMillis } from '../cpu-time.ts'
import { after, aHistory, aMessage, START } from './histories.ts'

const values: TemplateValues = {
  prompt: () => 'the prompt',
  request: () => 'the request',
  title: () => 'the title',
  tags: () => 'a, b',
  session_id: () => 'devin-1',
  attachments: () => 'u, v',
  last_message: () => 'go on',
  pull_request_url: () => 'https://pr/1',
}

const texts = (history: SessionHistory, seconds: number) =>
  sessionAt(history, after(seconds)).messages.map(({ text }) => text)

t.test('every name is replaced, with or without spaces', async (t) => {
  for (const [name, value] of Object.entries(values)) {
    t.equal(fillTemplate(`<{{${name}}} {{ ${name}\t}}>`, values), `<${value()} ${value()}>`)
  }
})

t.test('unknown names stay unchanged', async (t) => {
  for (const text of [
    '',
    'plain',
    '{{nope}}',
    '{{constructor}}',
    '{{__proto__}}',
    '{{',
    '}}',
    '{{Prompt}}',
    '{prompt}',
  ]) {
    t.equal(fillTemplate(text, values), text)
  }
})

t.test('templates inside a value are not replaced', async (t) => {
  const nested = { ...values, prompt: () => "{{title}} $& $1 $'" }

  t.equal(fillTemplate('{{prompt}}', nested), "{{title}} $& $1 $'")
})

t.test('only the values that a text uses are computed', async (t) => {
  const never = () => {
    throw new Error('computed')
  }

  t.equal(fillTemplate('{{title}}', { ...values, prompt: never, attachments: never }), 'the title')
})

t.test('templates are replaced in all strings of JSON data, except in names', async (t) => {
  const data = JSON.parse(
    '{"a":["{{title}}",1,null,true,{"b":"x {{tags}}"}],"__proto__":"{{prompt}}","{{title}}":2}',
  )

  t.equal(
    JSON.stringify(fillJson(data, values)),
    '{"a":["the title",1,null,true,{"b":"x a, b"}],"__proto__":"the prompt","{{title}}":2}',
  )
})

t.test('JSON without templates is unchanged', async () => {
  fc.assert(
    fc.property(fc.jsonValue(), (data) => {
      const text = JSON.stringify(data)
      return text.includes('{{') || JSON.stringify(fillJson(data, values)) === text
    }),
  )
})

t.test('templateNames returns the names in a text, and whether each is known', async (t) => {
  t.same(templateNames('{{title}} {{ nope }} {{toString}} {{prompt}} {{x'), [
    { name: 'title', known: true },
    { name: 'nope', known: false },
    { name: 'prompt', known: true },
  ])
  t.same(templateNames('{{constructor}}'), [{ name: 'constructor', known: false }])
})

t.test(
  'a text is truncated at the first value beyond the budget, and every later text at its first template',
  async (t) => {
    const budget = new TextBudget(25)
    t.equal(
      fillTemplate('a {{prompt}} b {{prompt}} c {{prompt}} d', values, budget),
      `a the prompt b the prompt c ${TRUNCATED}`,
    )
    t.ok(budget.isExhausted)
    const never = () => t.fail('looked up') as never
    t.equal(
      fillTemplate('e {{prompt}} {{title}}', { ...values, prompt: never, title: never }, budget),
      `e ${TRUNCATED}`,
    )
    t.equal(fillTemplate('no template', values, budget), 'no template')
  },
)

t.test('data is truncated at the end of the budget, even if it consists of empty lists', async (t) => {
  const lists = Array.from({ length: 5 }, () => [])
  t.same(fillJson(lists, values, new TextBudget(3)), [[], [], TRUNCATED, TRUNCATED, TRUNCATED])
  t.same(fillJson({ a: ['{{tags}}', '{{tags}}'], b: 1 }, values, new TextBudget(8)), {
    a: ['a, b', TRUNCATED],
    b: 1,
  })
})

t.test('property: filled text is never longer than the templates plus the budget', async () => {
  const part = fc.constantFrom('{{prompt}}', '{{ tags }}', 'plain ', '{{none}}')
  fc.assert(
    fc.property(fc.array(fc.array(part)), fc.nat({ max: 200 }), (texts, left) => {
      const budget = new TextBudget(left)
      const [before, after] = [
        texts.map((parts) => parts.join('')),
        texts.map((parts) => fillTemplate(parts.join(''), values, budget)),
      ]
      return after.join('').length <= before.join('').length + left + texts.length * TRUNCATED.length
    }),
  )
})

t.test(
  'a session without a title shows the first line of its prompt, truncated to 60 characters',
  async (t) => {
    const titles = {
      '  Fix it  \nnow': 'Fix it',
      '\r\n\n one \r\ntwo': 'one',
      '': 'Untitled session',
      ' \n ': 'Untitled session',
      ['x'.repeat(60)]: 'x'.repeat(60),
      ['x'.repeat(61)]: `${'x'.repeat(59)}…`,
      [`${'x'.repeat(58)}  ${'y'.repeat(9)}`]: `${'x'.repeat(58)}…`,
      [`${'x'.repeat(58)}😀😀`]: `${'x'.repeat(58)}…`,
    }
    for (const [prompt, title] of Object.entries(titles)) {
      t.equal(sessionAt(aHistory({ prompt }), after(2)).title, title)
    }
  },
)

t.test('templates have the values of the session', async (t) => {
  const message =
    '{{prompt}}|{{request}}|{{title}}|{{tags}}|{{session_id}}|{{attachments}}|{{last_message}}|{{pull_request_url}}'
  const id = `devin-${'0'.repeat(28)}00ff`
  const steps = [{ message }]
  const history = aHistory({
    prompt: 'Do\nATTACHMENT:"u"',
    createdTags: ['a', 'b'],
    scenario: { steps, on_message: steps },
  })

  t.equal(
    texts(history, 0)[1],
    `Do\nATTACHMENT:"u"|Do|Do|a, b|${id}|u|Do\nATTACHMENT:"u"|https://github.com/fake-devin/demo/pull/255`,
  )
  const messages = [aMessage(1, 'ATTACHMENT:"v"'), aMessage(2, 'more')]
  t.match(texts({ ...history, title: 'T', messages }, 2), [
    /./,
    /\|T\|/,
    /./,
    /\|u, v\|ATTACHMENT:"v"\|/,
    'more',
    /\|u, v\|more\|/,
  ])
})

t.test(
  'the pull request has number 1 if the session id does not end in a hexadecimal number above 0',
  async (t) => {
    const scenario = { steps: [{ pull_request: { url: '{{pull_request_url}}' } }] }

    for (const id of ['devin-mine', 'devin-0000']) {
      t.match(sessionAt(aHistory({ id, scenario }), START).pullRequests, [{ url: /\/pull\/1$/ }], id)
    }
  },
)

t.test('a prompt with 200,000 attachments is supported', async (t) => {
  const scenario = { steps: [{ message: '{{attachments}}' }] }
  const prompt = 'ATTACHMENT:"u"\n'.repeat(200_000)

  t.equal(texts(aHistory({ prompt, scenario }), 0)[1]?.length, 3 * 200_000 - 2)
})

t.test('a generated title appears two seconds after the creation', async (t) => {
  t.equal(sessionAt(aHistory(), after(2) - 1).title, null)
  t.equal(sessionAt(aHistory(), after(2)).title, 'Fix the tests')
  t.equal(sessionAt(aHistory({ terminatedAt: after(1) }), after(9)).title, null)
  t.equal(sessionAt(aHistory({ title: 'Mine' }), START).title, 'Mine')
  t.equal(
    sessionAt(aHistory({ scenario: { steps: [{ title: 'Its {{title}}' }] } }), START).title,
    'Its Fix the tests',
  )
})

t.test('structured output is a filled template or a sample', async (t) => {
  const output = (
    structured_output: unknown,
    samples: SessionHistory['samples'] = { full: [1], partial: [] },
  ) => sessionAt(aHistory({ samples, scenario: { steps: [{ structured_output }] } }), START).structuredOutput

  t.strictSame(output({ a: ['{{prompt}}', 1] }), { a: ['Fix the tests', 1] })
  t.strictSame(output({ $sample: 'full' }), [1])
  t.strictSame(output({ $sample: 'partial' }), [])
  t.strictSame(output({ $sample: 'half' }), null)
  t.strictSame(output({ $sample: 'full' }, null), null)
})

t.test('sampleOf distinguishes samples from data', async (t) => {
  t.same(
    [{ $sample: 'full' }, { $sample: 'partial' }, { $sample: 1 }, {}, [], null, 'full', undefined].map(
      sampleOf,
    ),
    ['full', 'partial', 'unknown', undefined, undefined, undefined, undefined, undefined],
  )
})

t.test('templates that multiply a long prompt are truncated at the limit', async (t) => {
  const steps = Array.from({ length: 1000 }, () => ({ message: '{{prompt}}'.repeat(200) }))
  const said = texts(aHistory({ prompt: 'x'.repeat(1_000_000), scenario: { steps } }), 0).slice(1)

  t.equal(said.length, 1000)
  t.ok(said[0] === 'x'.repeat(8_000_000) + TRUNCATED)
  t.same(new Set(said.slice(1)), new Set([TRUNCATED]))
})

t.test('a title that doubles itself is truncated, as are outputs and pull requests', async (t) => {
  const steps = Array.from({ length: 1000 }, () => ({
    title: '{{title}}{{title}}',
    pull_request: { url: '{{title}}' },
    structured_output: { a: '{{title}}' },
  }))
  const { title, pullRequests, structuredOutput } = sessionAt(aHistory({ scenario: { steps } }), START)

  t.ok(String(title).length < GENERATED_TEXT_MAX)
  t.same([title, pullRequests, structuredOutput], [TRUNCATED, [{ url: TRUNCATED, state: 'open' }], TRUNCATED])
})

t.test('messages without templates also count towards the limit in every turn', async (t) => {
  const messages = Array.from({ length: 20 }, () => aMessage(0))
  const on_message = [{ message: 'y'.repeat(1_000_000) }]
  const said = texts(aHistory({ messages, scenario: { steps: [], on_message } }), 0)

  t.equal(said.filter((text) => text.startsWith('yyy')).length, 8)
  t.equal(said.filter((text) => text === TRUNCATED).length, 12)
})

t.test('a generated title is the first line of the prompt, truncated to sixty characters', async (t) => {
  t.equal(generatedTitle('\n  Fix the bug \nand more'), 'Fix the bug')
  t.equal(generatedTitle('x'.repeat(60)), 'x'.repeat(60))
  t.equal(generatedTitle('x'.repeat(61)), `${'x'.repeat(59)}…`)
})

t.test('a blank prompt is untitled', async (t) => {
  for (const prompt of ['', ' \n ']) t.equal(generatedTitle(prompt), 'Untitled session')
})

t.test('truncation does not split a surrogate pair', async (t) => {
  t.equal(firstLine('ab😀cd', 4), 'ab…')
  t.equal(firstLine('ab😀cd', 5), 'ab😀…')
})

t.test('a line that is exactly ATTACHMENT:"url" is an attachment anywhere in the text', async (t) => {
  const text =
    'Fix it\nATTACHMENT:"https://x/a.png"\nand\r\nATTACHMENT:"https://x/b c.txt" \t\r\nATTACHMENT:"z"'

  t.same(attachmentUrls(text), ['https://x/a.png', 'https://x/b c.txt', 'z'])
  t.same(nearAttachmentLines(text), [])
})

t.test('a near miss is not an attachment and is reported as a near miss', async (t) => {
  const lines = [
    'ATTACHMENT: "u"',
    ' ATTACHMENT:"u"',
    'ATTACHMENTS:"u"',
    'attachment:"u"',
    'ATTACHMENT:u',
    'ATTACHMENT:""',
    'ATTACHMENT="u"',
    'ATTACHMENT:"u" please',
    'ATTACHMENT:"u" ATTACHMENT:"v"',
    "ATTACHMENT:'u'",
  ]

  for (const line of lines) {
    t.same(attachmentUrls(`before\n${line}\nafter`), [], line)
    t.same(nearAttachmentLines(`before\n${line}\nafter`), [line], line)
  }
})

t.test('prose about attachments is neither an attachment nor a near miss', async (t) => {
  for (const text of [
    '',
    'see ATTACHMENT:"u"',
    'Attachments are below',
    'https://x/attachments/u/n',
    'ATTACHMENT',
  ]) {
    t.same(attachmentUrls(text), [], text)
    t.same(nearAttachmentLines(text), [], text)
  }
})

t.test('every URL without a quote or a line break is found', async () => {
  const url = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !/["\r\n]/.test(text))
  fc.assert(
    fc.property(fc.array(url, { maxLength: 5 }), (urls) => {
      const text = urls.map((one) => `ATTACHMENT:"${one}"`).join('\ntext\n')
      return JSON.stringify(attachmentUrls(text)) === JSON.stringify(urls)
    }),
  )
})

t.test('searching long texts for attachments takes linear time', async (t) => {
  const started = cpuMillis()
  for (const piece of ['ATTACHMENT:"u" ', ' ', '\t', 'ATTACHMENT ', 'ATTACHMENT:"', '\n ATTACHMENT :']) {
    const text = piece.repeat(200_000)
    attachmentUrls(text)
    nearAttachmentLines(text)
  }

  t.ok(cpuMillis() - started < 5000)
})

t.test('only the first thousand candidates for near misses are checked', async (t) => {
  t.equal(nearAttachmentLines('ATTACHMENT: u\n'.repeat(5_000)).length, 1_000)
})
