import fc from 'fast-check'
import t from 'tap'
import { closestName, propertyNamesAt, suggestion } from '../../src/base/suggestions.ts'

const KNOWN = ['times', 'status', 'delay_ms']

t.test('a name with up to two wrong characters, or the beginning of one, finds what was meant', async (t) => {
  const rows = {
    tims: 'times',
    timess: 'times',
    statis: 'status',
    delay: 'delay_ms',
    de: undefined,
    dxlay: undefined,
    delayms: 'delay_ms',
    x: undefined,
    item: undefined,
    itmes: 'times',
    tmies: 'times',
    stauts: 'status',
    sttaus: 'status',
  }
  for (const [name, nearest] of Object.entries(rows)) t.equal(closestName(name, KNOWN), nearest, name)
})

t.test('the nearest of several is found', async (t) => {
  t.equal(closestName('tine', ['times', 'tine2']), 'tine2')
})

t.test('a very long name is not compared', async (t) => {
  t.equal(closestName('x'.repeat(101), ['x'.repeat(100)]), undefined)
})

t.test('any single change of a name is found again', async (t) => {
  const name = fc.constantFrom(...KNOWN)
  fc.assert(
    fc.property(name, fc.nat(7), fc.constantFrom('', 'Z', 'ZZ'), (known, at, put) => {
      const changed = known.slice(0, at) + put + known.slice(at + 1)
      t.equal(closestName(changed, KNOWN), known)
    }),
  )
})

t.test('a suggestion goes behind an error, or nothing does', async (t) => {
  t.equal(suggestion('tims', KNOWN), '; did you mean times?')
  t.equal(suggestion('x', KNOWN), '')
})

t.test('the names at a place are those of all that may stand there', async (t) => {
  const url = { properties: { url: {} } }
  const step = { properties: { message: {}, pull_request: { anyOf: [url, {}] } } }
  const shape = { properties: { name: {}, steps: { items: step } } }

  t.same(propertyNamesAt(shape, []), ['name', 'steps'])
  t.same(propertyNamesAt(shape, ['steps', 3]), ['message', 'pull_request'])
  t.same(propertyNamesAt(shape, ['steps', 3, 'pull_request']), ['url'])
  t.same(propertyNamesAt(shape, ['steps', 'message']), [])
  t.same(propertyNamesAt({ anyOf: [url, step] }, []), ['url', 'message', 'pull_request'])
})
