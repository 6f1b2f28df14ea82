import t from 'tap'
import { parseAddress } from '../../src/base/address.ts'

t.test('an address is read as people give it', async (t) => {
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

t.test('what is wrong with an address is named, and nothing of it is repeated', async (t) => {
  const rows = {
    ' ': 'is empty',
    'ftp://a': 'begins with http:// or https://',
    'tcp://10.0.0.1:8080': 'begins with http:// or https://',
    'http://': 'names a host',
    'localhost:65536': 'has a port from 0 to 65535',
    'http://::1:8080': 'has an IPv6 address in brackets, as in http://[::1]:8080',
    'http://[': 'has a host and a port that can be read, as in http://localhost:8080',
    'local host': 'has a host and a port that can be read, as in http://localhost:8080',
    'http://user:s3cr3t@a': 'has no user and password',
    's3cr3t@a:80': 'has no user and password',
  }
  for (const [given, flaw] of Object.entries(rows)) t.same(parseAddress(given), { flaw }, given)
})
