import fc from 'fast-check'
import t from 'tap'
import { hashOf, placeOf } from '../../../src/page/model/addresses.ts'

t.test('a fragment names a path and a query', (t) => {
  t.same(placeOf('#/sessions/devin-1?org=org-1&q=a+b'), {
    path: ['sessions', 'devin-1'],
    query: { org: 'org-1', q: 'a b' },
  })
  t.same(placeOf(''), { path: [], query: {} })
  t.same(placeOf('#/a?q=x?y'), { path: ['a'], query: { q: 'x?y' } })
  t.end()
})

t.test('a malformed escape in a path stays as it is', (t) => {
  t.same(placeOf('#/a%zz/%41').path, ['a%zz', 'A'])
  t.end()
})

t.test('empty members of a query are omitted', (t) => {
  t.equal(hashOf({ path: ['state'], query: { org: '', q: 'x' } }), '#/state?q=x')
  t.equal(hashOf({ path: [], query: {} }), '#/')
  t.end()
})

t.test('every place has an address that leads back to it', (t) => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 })
  // `__proto__` cannot be a member of an object literal.
  const name = text.filter((one) => one !== '__proto__')
  fc.assert(
    fc.property(fc.array(text), fc.dictionary(name, text, { noNullPrototype: true }), (path, query) => {
      t.same(placeOf(hashOf({ path, query })), { path, query })
    }),
  )
  t.end()
})
