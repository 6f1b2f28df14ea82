import fc from 'fast-check'
import t from 'tap'
import { fillJson, fillTemplate, type TemplateValues, templateNames } from '../../src/simulation/templates.ts'

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

t.test('every name is replaced, with or without blanks', async (t) => {
  for (const [name, value] of Object.entries(values)) {
    t.equal(fillTemplate(`<{{${name}}} {{ ${name}\t}}>`, values), `<${value()} ${value()}>`)
  }
})

t.test('what is no name stays as it is', async (t) => {
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

t.test('what a name stands for is not looked at again', async (t) => {
  const nested = { ...values, prompt: () => "{{title}} $& $1 $'" }

  t.equal(fillTemplate('{{prompt}}', nested), "{{title}} $& $1 $'")
})

t.test('only what the text names is made', async (t) => {
  const never = () => {
    throw new Error('made')
  }

  t.equal(fillTemplate('{{title}}', { ...values, prompt: never, attachments: never }), 'the title')
})

t.test('JSON is filled in all its texts, and otherwise stays as it is', async (t) => {
  const data = JSON.parse(
    '{"a":["{{title}}",1,null,true,{"b":"x {{tags}}"}],"__proto__":"{{prompt}}","{{title}}":2}',
  )

  t.equal(
    JSON.stringify(fillJson(data, values)),
    '{"a":["the title",1,null,true,{"b":"x a, b"}],"__proto__":"the prompt","{{title}}":2}',
  )
})

t.test('JSON without templates comes back equal', async () => {
  fc.assert(
    fc.property(fc.jsonValue(), (data) => {
      const text = JSON.stringify(data)
      return text.includes('{{') || JSON.stringify(fillJson(data, values)) === text
    }),
  )
})

t.test('the names that a text uses are told, and which of them there are', async (t) => {
  t.same(templateNames('{{title}} {{ nope }} {{toString}} {{prompt}} {{x'), [
    { name: 'title', known: true },
    { name: 'nope', known: false },
    { name: 'prompt', known: true },
  ])
  t.same(templateNames('{{constructor}}'), [{ name: 'constructor', known: false }])
})
