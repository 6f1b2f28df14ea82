// Suggestions for misspelled names, and addresses as users type them.

import fc from 'fast-check'
import t from 'tap'
import { parseAddress } from '../../src/base/address.ts'
import { closestName, propertyNamesAt, suggestion } from '../../src/base/suggestions.ts'

const KNOWN = ['times', 'status', 'delay_ms']

t.test('closestName corrects up to two characters and completes prefixes', async (t) => {
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

t.test('closestName returns the closest of several names', async (t) => {
  t.equal(closestName('tine', ['times', 'tine2']), 'tine2')
})

t.test('a very long name is not compared', async (t) => {
  t.equal(closestName('x'.repeat(101), ['x'.repeat(100)]), undefined)
})

t.test('property: closestName corrects any single change of a name', async (t) => {
  const name = fc.constantFrom(...KNOWN)
  fc.assert(
    fc.property(name, fc.nat(7), fc.constantFrom('', 'Z', 'ZZ'), (known, at, inserted) => {
      const changed = known.slice(0, at) + inserted + known.slice(at + 1)
      t.equal(closestName(changed, KNOWN), known)
    }),
  )
})

t.test('suggestion returns a suffix for an error, or an empty string', async (t) => {
  t.equal(suggestion('tims', KNOWN), '; did you mean times?')
  t.equal(suggestion('x', KNOWN), '')
})

t.test('propertyNamesAt returns the properties of all alternatives at a path', async (t) => {
  const url = { properties: { url: {} } }
  const step = { properties: { message: {}, pull_request: { anyOf: [url, {}] } } }
  const schema = { properties: { name: {}, steps: { items: step } } }

  t.same(propertyNamesAt(schema, []), ['name', 'steps'])
  t.same(propertyNamesAt(schema, ['steps', 3]), ['message', 'pull_request'])
  t.same(propertyNamesAt(schema, ['steps', 3, 'pull_request']), ['url'])
  t.same(propertyNamesAt(schema, ['steps', 'message']), [])
  t.same(propertyNamesAt({ anyOf: [url, step] }, []), ['url', 'message', 'pull_request'])
})

t.test('an address is accepted in the forms that users type', async (t) => {
  const rows = {
    'http://a:1': 'http://a:1',
    ' http://a:1/\n': 'http://a:1',
    'HTTP://LOCALHOST:8080//': 'http://localhost:8080',
    'localhost:8080': 'http://localhost:8080',
    '127.0.0.1:8080/': 'http://127.0.0.1:8080',
    'fake-devin': 'http://fake-devin',
    'http://host:8080/v1': 'http://host:8080',
    'http://host:8080/v1/': 'http://host:8080',
    'host:8080/_fake/health': 'http://host:8080',
    'http://host/_fake': 'http://host',
    'http://a:1/?b#c': 'http://a:1',
    'https://a/below/': 'https://a/below',
    'https://a/below/v1': 'https://a/below',
    'https://a/my_fake/v10': 'https://a/my_fake/v10',
    '[::1]:8080': 'http://[::1]:8080',
    '::1': 'http://[::1]',
    'http://[::1]:8080/v1': 'http://[::1]:8080',
  }
  for (const [given, url] of Object.entries(rows)) t.same(parseAddress(given), { url }, given)
})

t.test('an invalid address has a flaw that repeats nothing of it', async (t) => {
  const rows = {
    ' ': 'is empty',
    'ftp://a': 'must begin with http:// or https://',
    'tcp://10.0.0.1:8080': 'must begin with http:// or https://',
    'http://': 'must name a host',
    'localhost:65536': 'must have a port from 0 to 65535',
    'http://[::1]:65536': 'must have a port from 0 to 65535',
    'http://::1': 'must have its IPv6 address in brackets, as in http://[::1]:8080',
    'http://::1:8080': 'must have its IPv6 address in brackets, as in http://[::1]:8080',
    'http://[': 'must have a host and a port that can be read, as in http://localhost:8080',
    'local host': 'must have a host and a port that can be read, as in http://localhost:8080',
    'http://user:s3cr3t@a': 'must not contain a user or a password',
    's3cr3t@a:80': 'must not contain a user or a password',
  }
  for (const [given, flaw] of Object.entries(rows)) t.same(parseAddress(given), { flaw }, given)
})
