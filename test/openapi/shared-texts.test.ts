import t from 'tap'
import { translateShared } from '../../src/openapi/shared-texts.ts'

t.test('the texts that a document shares with a translated one are translated, at every level', async (t) => {
  const original = { summary: 'One', list: [{ description: 'Two' }], title: 'Three', empty: null }
  const translated = { summary: 'Eins', list: [{ description: 'Zwei' }], title: 'Drei', empty: null }
  const document = {
    summary: 'Two',
    description: 'Other',
    title: 'One',
    list: [{ description: 'One', more: null }, 'One'],
    properties: { description: { description: 'Two' } },
  }

  t.same(translateShared(document, { original, translated }), {
    ...document,
    summary: 'Zwei',
    list: [{ description: 'Eins', more: null }, 'One'],
    properties: { description: { description: 'Zwei' } },
  })
})

t.test('the first of several translations of a text is used', async (t) => {
  const original = { a: { summary: 'One' }, b: { summary: 'One' }, c: { summary: 'Same' } }
  const translated = { a: { summary: 'Eins' }, b: { summary: 'Ein' }, c: { summary: 'Same' } }

  t.same(translateShared([{ summary: 'One' }, { summary: 'Same' }], { original, translated }), [
    { summary: 'Eins' },
    { summary: 'Same' },
  ])
})
