import t from 'tap'
import { maskTexts } from '../../src/state/mask-texts.ts'
import { startFake } from '../fake.ts'

t.test('a key in a text is masked, at every level, and what is no text stays', async (t) => {
  t.strictSame(maskTexts({ a: ['apk_user_x', 1, null, true], apk_b: { name: '%61pk_user_y' } }), {
    a: ['apk_user_***', 1, null, true],
    'apk_***': { name: 'apk_user_***' },
  })
})

t.test('the JSON of a secret is masked whole, but not in what may hold any JSON', async (t) => {
  const text = '{"value": "v"}'
  t.strictSame(
    maskTexts({ prompt: text, scenario: { say: text }, structured_output_schema: { const: text } }),
    {
      prompt: '***',
      scenario: { say: text },
      structured_output_schema: { const: text },
    },
  )
})

t.test('what a mask would break stays as it is', async (t) => {
  const exact = { id: 'apk_a', org_id: 'apk_a', match: '/apk_a/', base64: 'YXBrX3VzZXJf', macro: '!apk_a' }
  t.strictSame(maskTexts(exact), exact)
})

t.test('a state whose keys are masked can be put back, and with reveal=true it is exact', async (t) => {
  const { send, call } = await startFake(t)
  const key = 'apk_user_s3cr3t'
  const session = { prompt: `use ${key}`, title: key, tags: [key, `%61${key.slice(1)}`] }
  t.equal((await send('POST', '/v1/sessions', session)).statusCode, 200)
  t.equal((await send('POST', '/v1/sessions', { prompt: '{"key": "K", "value": "s3cr3t"}' })).statusCode, 200)
  const read = async (query: string) => (await call('GET', `/_fake/state${query}`)).body
  const [masked, exact] = [await read(''), await read('?reveal=true')]

  t.notMatch(masked, /s3cr3t/)
  t.match(masked, /use apk_user_\*\*\*/)
  t.match(exact, /use apk_user_s3cr3t/)
  t.equal((await send('PUT', '/_fake/state', JSON.parse(masked))).statusCode, 204)
  t.match(await read('?reveal=true'), /use apk_user_\*\*\*/)
  t.equal((await send('PUT', '/_fake/state', JSON.parse(exact))).statusCode, 204)
  t.match(await read('?reveal=true'), /use apk_user_s3cr3t/)
})
