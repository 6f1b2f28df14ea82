import t from 'tap'
import { maskJson } from '../../src/journal/mask.ts'
import { visibilityOf } from '../../src/journal/secret-fields.ts'

const shownOf = (operation: string, body: unknown) => {
  const [method = '', template = ''] = operation.split(' ')
  return maskJson(body, visibilityOf({ method, template }))
}

t.test('POST /v1/secrets shows the harmless fields, as long as they are plain', (t) => {
  const secret = { type: 'totp', key: 'K', note: 'n', sensitive: true, value: 's3cr3t' }

  t.same(shownOf('POST /v1/secrets', secret), { ...secret, value: '***' })
  t.same(shownOf('POST /v1/secrets', { key: { k: 's3cr3t' }, note: ['s3cr3t'] }), {
    key: { k: '***' },
    note: ['***'],
  })
  t.end()
})

t.test('POST /v1/secrets shows no value in the wrong place, of the wrong name or type', (t) => {
  t.same(shownOf('POST /v1/secrets', { value: { a: ['s3cr3t'] }, Value: 's3cr3t', secret: { value: 1 } }), {
    value: '***',
    Value: '***',
    secret: '***',
  })
  t.same(shownOf('POST /v1/secrets', [{ key: 'K', value: 's3cr3t' }, 's3cr3t', null]), [
    { key: 'K', value: '***' },
    '***',
    '***',
  ])
  t.equal(shownOf('POST /v1/secrets', 's3cr3t'), '***')
  t.end()
})

t.test('POST /v1/sessions shows everything but the values of secrets', (t) => {
  t.same(
    shownOf('POST /v1/sessions', {
      prompt: 'p',
      tags: ['a'],
      secret_ids: ['secret-1'],
      structured_output_schema: { properties: { secret: { type: 'string' } } },
      session_secrets: [{ key: 'K', value: 's3cr3t', sensitive: false, valeu: 's3cr3t' }, 's3cr3t'],
      repos: [{ url: 'u' }],
    }),
    {
      prompt: 'p',
      tags: ['a'],
      secret_ids: ['secret-1'],
      structured_output_schema: { properties: { secret: { type: 'string' } } },
      session_secrets: [{ key: 'K', value: '***', sensitive: false, valeu: '***' }, '***'],
      repos: [{ url: 'u' }],
    },
  )
  t.end()
})

t.test('POST /v1/sessions shows no secrets under wrong names, of wrong types or in a wrapper', (t) => {
  t.same(shownOf('POST /v1/sessions', { sessionSecrets: { K: 's3cr3t' }, secrets: 's3cr3t' }), {
    sessionSecrets: { K: '***' },
    secrets: '***',
  })
  t.same(shownOf('POST /v1/sessions', { session_secrets: { K: 's3cr3t' } }), {
    session_secrets: { K: '***' },
  })
  t.same(shownOf('POST /v1/sessions', { session: { prompt: 'p', session_secrets: [{ value: 's3cr3t' }] } }), {
    session: { prompt: 'p', session_secrets: [{ value: '***' }] },
  })
  t.same(shownOf('POST /v1/sessions', [{ prompt: 'p', session_secrets: 's3cr3t' }]), [
    { prompt: 'p', session_secrets: '***' },
  ])
  t.equal(shownOf('POST /v1/sessions', '{"session_secrets": "s3cr3t"}'), '***')
  t.end()
})

t.test('other operations, and requests that no route took, have no secrets', (t) => {
  t.same(shownOf('POST /v1/knowledge', { value: 'v' }), { value: 'v' })
  t.same(maskJson({ value: 'v' }, visibilityOf(null)), { value: 'v' })
  t.end()
})
