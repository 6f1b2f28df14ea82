import t from 'tap'
import { firstLine } from '../../src/simulation/session.ts'
import { fillTemplate, type TemplateValues } from '../../src/simulation/templates.ts'

t.test('a template name that is none stays as it is', async (t) => {
  t.equal(fillTemplate('a {{nothing}} b', {} as TemplateValues), 'a {{nothing}} b')
})

t.test('a long first line is cut', async (t) => {
  t.equal(firstLine('abcdef', 4), 'abc…')
  t.equal(firstLine('ab\ncd', 4), 'ab')
})
