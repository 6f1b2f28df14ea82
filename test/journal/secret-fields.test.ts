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
    key: { '***': '***' },
    note: ['***'],
  })
  t.end()
})

t.test('POST /v1/secrets shows no value in the wrong place, of the wrong name or type', (t) => {
  t.same(shownOf('POST /v1/secrets', { value: { a: ['s3cr3t'] }, Value: 's3cr3t', secret: { value: 1 } }), {
    value: '***',
    '***': '***',
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
      session_secrets: [{ key: 'K', value: '***', sensitive: false, '***': '***' }, '***'],
      repos: [{ url: 'u' }],
    },
  )
  t.end()
})

t.test('POST /v1/sessions shows no secrets under wrong names, of wrong types or in a wrapper', (t) => {
  t.same(shownOf('POST /v1/sessions', { sessionSecrets: { K: 's3cr3t' }, secrets: 's3cr3t' }), {
    sessionSecrets: { '***': '***' },
    secrets: '***',
  })
  t.same(shownOf('POST /v1/sessions', { session_secrets: { K: 's3cr3t' } }), {
    session_secrets: { '***': '***' },
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

t.test('a secret that is sent to another operation, or to none, is not shown either', (t) => {
  const secret = { type: 'totp', key: 'K', note: 'n', sensitive: true, value: 's3cr3t' }
  const confidential = {
    ...{ value: 's3cr3t', secretVal: 's3cr3t', DB_PASSWORD: 's3cr3t', 'private-key': ['s3cr3t'] },
    ...{ api_key: 's3cr3t', accessToken: { a: 's3cr3t' }, totp_seed: 's3cr3t' },
  }
  const masked = Object.fromEntries(Object.keys(confidential).map((name) => [name, '***']))
  for (const operation of ['POST /v1/knowledge', 'POST /v1/sessions', 'PUT /v1/playbooks/{playbook_id}']) {
    t.same(shownOf(operation, { ...secret, data: 's3cr3t', hunter2: 1 }), {
      ...{ ...secret, value: '***' },
      ...{ '***': '***', '***2': '***' },
    })
    t.same(shownOf(operation, { prompt: [secret] }), { prompt: [{ ...secret, value: '***' }] })
    t.same(shownOf(operation, { wrapped: confidential }), { wrapped: masked }, operation)
  }
  t.same(maskJson({ value: 's3cr3t' }, visibilityOf(null)), { value: '***' })
  t.end()
})

t.test('a secret in a text that holds JSON or a form is not shown', (t) => {
  const secret = JSON.stringify({ key: 'K', value: 's3cr3t' })
  for (const text of [
    secret,
    JSON.stringify(secret),
    JSON.stringify([JSON.stringify(secret)]),
    `[${secret}]`,
  ]) {
    t.equal(shownOf('POST /v1/knowledge', text), '***', text)
    t.same(shownOf('POST /v1/knowledge', { body: text }), { body: '***' }, text)
  }
  for (const text of [
    'value=s3cr3t',
    'key=K&secret_value=s3cr3t',
    'token: s3cr3t',
    '<a password="s3cr3t">',
  ]) {
    t.equal(shownOf('POST /v1/knowledge', text), '***', text)
  }
  for (const text of ['[fake:blocked] Read the value: 5', 'The token=x', 'values']) {
    t.same(shownOf('POST /v1/knowledge', { body: text }), { body: text })
  }
  t.equal(shownOf('POST /v1/knowledge', 'no value'), 'no value')
  t.end()
})

t.test('a value that was sent as a name is not shown', (t) => {
  t.same(shownOf('POST /v1/secrets', { 'Tr0ub4dor&3': 'K', hunter2: 'L', valeu: 'v', secret_name: 'K' }), {
    '***': '***',
    '***2': '***',
    '***3': '***',
    secret_name: '***',
  })
  t.same(shownOf('POST /v1/sessions', { session_secrets: [{ hunter2: 'K', keey: 'k' }] }), {
    session_secrets: [{ '***': '***', '***2': '***' }],
  })
  t.end()
})

t.test('what is harmless elsewhere is shown', (t) => {
  const body = {
    name: 'n',
    body: 'b',
    key: 'k',
    note: 'x',
    interval: 5,
    author: 'a',
    approval: true,
    list: [1],
  }
  t.same(shownOf('POST /v1/knowledge', body), body)
  t.end()
})

t.test('secrets in a list that was sent to another operation are hidden', async (t) => {
  const secret = { type: 'totp', key: 'K', value: 's3cr3t', sensitive: true }

  t.same(shownOf('POST /v1/knowledge', [secret, 'text']), [{ ...secret, value: '***' }, 'text'])
})
