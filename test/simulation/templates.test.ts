import fc from 'fast-check'
import t from 'tap'
import {
  CUT,
  fillJson,
  fillTemplate,
  type TemplateValues,
  TextRoom,
  templateNames,
} from '../../src/simulation/templates.ts'

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

t.test('a text ends where what a template stands for has no room, and so does every later one', async (t) => {
  const room = new TextRoom(25)
  t.equal(
    fillTemplate('a {{prompt}} b {{prompt}} c {{prompt}} d', values, room),
    `a the prompt b the prompt c ${CUT}`,
  )
  t.ok(room.isFull)
  const never = () => t.fail('looked up') as never
  t.equal(
    fillTemplate('e {{prompt}} {{title}}', { ...values, prompt: never, title: never }, room),
    `e ${CUT}`,
  )
  t.equal(fillTemplate('no template', values, room), 'no template')
})

t.test('data ends where there is no room, however many lists it is made of', async (t) => {
  const lists = Array.from({ length: 5 }, () => [])
  t.same(fillJson(lists, values, new TextRoom(3)), [[], [], CUT, CUT, CUT])
  t.same(fillJson({ a: ['{{tags}}', '{{tags}}'], b: 1 }, values, new TextRoom(8)), { a: ['a, b', CUT], b: 1 })
})

t.test('no scenario makes more text than its templates and what there is room for', async () => {
  const part = fc.constantFrom('{{prompt}}', '{{ tags }}', 'plain ', '{{none}}')
  fc.assert(
    fc.property(fc.array(fc.array(part)), fc.nat({ max: 200 }), (texts, left) => {
      const room = new TextRoom(left)
      const [before, after] = [
        texts.map((parts) => parts.join('')),
        texts.map((parts) => fillTemplate(parts.join(''), values, room)),
      ]
      return after.join('').length <= before.join('').length + left + texts.length * CUT.length
    }),
  )
})
