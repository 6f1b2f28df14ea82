import fc from 'fast-check'
import t from 'tap'
import { QueryParameters } from '../../src/fastapi/query.ts'

t.test('QueryParameters gives the value of a name as Starlette reads it', async (t) => {
  const table: [raw: string, name: string, value: string | undefined][] = [
    ['', 'limit', undefined],
    ['limit=5', 'limit', '5'],
    ['limit', 'limit', ''],
    ['limit=', 'limit', ''],
    ['limit==5', 'limit', '=5'],
    ['limit=5;offset=y', 'limit', '5;offset=y'],
    ['limit=5;offset=y', 'offset', undefined],
    ['limit=x+y%2Bz', 'limit', 'x y+z'],
    ['limit=%20%C3%A9%FF%ZZ', 'limit', ' é\ufffd%ZZ'],
    ['limit=x%26offset%3Dy', 'limit', 'x&offset=y'],
    ['limit=x#frag?y', 'limit', 'x#frag?y'],
    ['Limit=5', 'limit', undefined],
    ['%6Cimit=5', 'limit', '5'],
    ['l%69m+it=5', 'lim it', '5'],
    ['limit[]=5', 'limit', undefined],
    ['&&limit=5&', 'limit', '5'],
    ['&&limit=5&', '', undefined],
    ['=5', '', '5'],
    ['__proto__=1', '__proto__', '1'],
    ['limit=5', 'constructor', undefined],
  ]
  for (const [raw, name, value] of table)
    t.equal(new QueryParameters(raw).last(name), value, `${raw} → ${name}`)
})

t.test('QueryParameters lets the last of several values count', async (t) => {
  const query = new QueryParameters('limit=5&tags=a&limit=x&tags=&tags=b')

  t.equal(query.last('limit'), 'x')
  t.same(query.all('limit'), ['5', 'x'])
  t.same(query.all('tags'), ['a', '', 'b'])
  t.same(query.all('skip'), [])
})

t.test('QueryParameters is not changed by a caller that changes a list', async (t) => {
  const query = new QueryParameters('tags=a')

  query.all('tags').push('b')

  t.same(query.all('tags'), ['a'])
})

t.test('QueryParameters reads every pair that URLSearchParams writes', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))),
      (pairs) => {
        const query = new QueryParameters(new URLSearchParams(pairs).toString())
        return pairs.every(([name]) => {
          const values = pairs.filter((pair) => pair[0] === name).map((pair) => pair[1])
          return query.all(name).join('\0') === values.join('\0') && query.last(name) === values.at(-1)
        })
      },
    ),
  )
})
