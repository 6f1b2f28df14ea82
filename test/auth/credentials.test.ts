import t from 'tap'
import { bearerKey } from '../../src/auth/credentials.ts'

t.test('a bearer header gives its key, whatever the case of the scheme', async (t) => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'BeArEr'])
    t.equal(bearerKey(`${scheme} apk_x`), 'apk_x')
})

t.test('a second blank belongs to the key', async (t) => {
  t.equal(bearerKey('Bearer  apk_x'), ' apk_x')
  t.equal(bearerKey('Bearer apk_x extra'), 'apk_x extra')
})

t.test('a header without usable bearer credentials gives none', async (t) => {
  const headers = [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer   ',
    'apk_x',
    'Bearer\tapk_x',
    'Bearer:apk_x',
    'Bearer, apk_x',
    'Basic abc',
    'Token apk_x',
  ]
  for (const header of headers) t.equal(bearerKey(header), undefined, String(header))
})
