import { openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { openLog } from '../src/server/logging.ts'
import { startPublished } from './cli/program.ts'
import { startFake } from './fake.ts'

/** An API key of one organization. Other keys belong to other organizations. */
function keyOf(digit: string): string {
  return `apk_${Buffer.from(`org-${digit.repeat(32)}:${'0'.repeat(32)}`).toString('base64')}`
}

const KEY = keyOf('a')
const auth = { authorization: `Bearer ${KEY}` }
const json = { ...auth, 'content-type': 'application/json' }

/** A way to send something secret to the server. Sends `mark` in place of the secret. */
interface Input {
  readonly name: string
  readonly method?: string
  readonly path: string | ((mark: string) => string)
  readonly headers?: Record<string, string> | ((mark: string) => Record<string, string>)
  readonly body?: (mark: string) => string
}

const secret = (more: object) =>
  JSON.stringify({ type: 'totp', key: 'K', value: 'v', sensitive: true, note: '', ...more })

/** The headers of an open v3 key, and the paths of v3 that it is sent to. */
const v3Json = { authorization: 'Bearer cog_open', 'content-type': 'application/json' }
const V3 = '/v3/organizations/org-test'

const v3Secret = (more: object) =>
  JSON.stringify({ type: 'totp', key: 'K', value: 'v', is_sensitive: true, note: '', ...more })

const V3_INPUTS: readonly Input[] = [
  ...['Bearer cog_MARK', 'Bearer apk_user_MARK', 'Bearer MARK', 'MARK', 'Bearer cog_expiredMARK'].map(
    (value) => ({
      name: `authorization on v3: ${value}`,
      path: `${V3}/secrets`,
      headers: (mark: string) => ({ authorization: value.replace('MARK', mark) }),
    }),
  ),
  {
    name: 'a webhook secret in a header',
    path: '/v3/self',
    headers: (mark) => ({ ...v3Json, 'x-webhook-secret': mark }),
  },
  {
    name: 'the secret of a webhook, sent to one',
    method: 'POST',
    path: '/_fake/webhooks/org-test/automation-1',
    headers: (mark) => ({ 'content-type': 'application/json', 'x-webhook-secret': mark }),
    body: () => '{}',
  },
  {
    name: 'a key in an event of an automation',
    method: 'POST',
    path: '/_fake/automations/automation-1/trigger',
    headers: json,
    body: (mark) => `{"event_type": "cog_${mark}", "event": "cog_${mark}"}`,
  },
  {
    name: 'a key in the options of a session of v3',
    method: 'POST',
    path: `${V3}/sessions`,
    headers: v3Json,
    body: (mark) =>
      `{"prompt": "p", "session_links": ["https://h/?k=cog_${mark}"], "child_playbook_id": "cog_${mark}"}`,
  },
  {
    name: 'a key in the organization of a path',
    path: (mark) => `/v3/organizations/cog_${mark}/secrets`,
    headers: v3Json,
  },
  {
    name: 'a key in an id of v3',
    method: 'DELETE',
    path: (mark) => `${V3}/secrets/cog_${mark}`,
    headers: v3Json,
  },
  {
    name: 'a key in a query of v3',
    path: (mark) => `${V3}/secrets?after=cog_${mark}&token=${mark}`,
    headers: v3Json,
  },
  ...[
    v3Secret({}).replace('"v"', '"MARK"'),
    v3Secret({ value: { nested: 'MARK' } }),
    v3Secret({ secret_value: 'MARK' }),
    v3Secret({ type: { value: 'MARK' } }),
    v3Secret({ note: ['MARK'] }),
    v3Secret({ is_sensitive: { MARK: 'MARK' } }),
    '{"value": "MARK"}',
    '{"value": "MARK",}',
    '["MARK"]',
    '"MARK"',
    '{"type": "totp", "MARK": "K"}',
  ].map((text) => ({
    name: `POST ${V3}/secrets ${text.slice(0, 60)}`,
    method: 'POST',
    path: `${V3}/secrets`,
    headers: v3Json,
    body: (mark: string) => text.replaceAll('MARK', mark),
  })),
  {
    name: 'a secret of v3 in the query',
    method: 'POST',
    path: (mark) => `${V3}/secrets?value=${mark}&type=totp`,
    headers: v3Json,
    body: () => '{}',
  },
  {
    name: 'a secret of v3 with a v1 key',
    method: 'POST',
    path: `${V3}/secrets`,
    headers: json,
    body: (mark) => v3Secret({ value: mark }),
  },
  {
    name: 'a secret of v3 without a key',
    method: 'POST',
    path: `${V3}/secrets`,
    headers: { 'content-type': 'application/json' },
    body: (mark) => v3Secret({ value: mark }),
  },
  ...['/playbooks', '/sessions', '/sessions/x/messages', '/knowledge/notes', '/automations', '/nothing'].map(
    (path) => ({
      name: `a secret of v3 sent to ${path}`,
      method: 'POST',
      path: V3 + path,
      headers: v3Json,
      body: (mark: string) => v3Secret({ value: mark }),
    }),
  ),
  ...[
    '{"prompt": "p", "session_secrets": [{"key": "k", "value": "MARK"}]}',
    '{"prompt": "p", "session_secrets": {"k": "MARK"}}',
    '{"prompt": "p", "session_secrets": ["MARK"]}',
    '{"prompt": 1, "session_secrets": [{"key": "k", "value": "MARK"}]}',
    '{"prompt": "p", "secrets": [{"key": "k", "value": "MARK"}]}',
    '{"prompt": "use cog_MARK", "title": "cog_MARK", "tags": ["cog_MARK"]}',
  ].map((text) => ({
    name: `POST ${V3}/sessions ${text}`,
    method: 'POST',
    path: `${V3}/sessions`,
    headers: v3Json,
    body: (mark: string) => text.replaceAll('MARK', mark),
  })),
  ...['{"url": "u", "secret": "MARK"}', '"MARK"', '{"url": "u", "sceret": "MARK"}', '{"MARK": "u"}'].map(
    (webhook) => ({
      name: `a webhook of an automation ${webhook}`,
      method: 'POST',
      path: `${V3}/automations`,
      headers: v3Json,
      body: (mark: string) =>
        `{"name": "n", "run_as": {"type": "organization"}, "actions": [], "triggers": [{"event": "webhook:incoming", "webhook": ${webhook.replace('MARK', mark)}}]}`,
    }),
  ),
]

const multipart = { ...auth, 'content-type': 'multipart/form-data; boundary=b' }
const part = (disposition: string, data: string) =>
  `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${data}\r\n--b--\r\n`

const INPUTS: readonly Input[] = [
  ...[
    'Bearer apk_user_MARK',
    'bearer  apk_MARK',
    'Bearer cog_MARK',
    'Bearer MARK',
    'Basic MARK',
    'MARK',
    'Token token=MARK',
    'Bearer apk_user_expiredMARK',
  ].map((value) => ({
    name: `authorization: ${value}`,
    path: '/v1/secrets',
    headers: (mark: string) => ({ authorization: value.replace('MARK', mark) }),
  })),
  ...['x-api-key', 'cookie', 'proxy-authorization', 'x-auth-token', 'x-secret', 'x-password', 'api_key'].map(
    (header) => ({
      name: `the header ${header}`,
      path: '/v1/sessions',
      headers: (mark: string) => ({ ...auth, [header]: mark }),
    }),
  ),
  {
    name: 'a key in any header',
    path: '/v1/sessions',
    headers: (mark) => ({ ...auth, 'x-any': `see apk_user_${mark}`, referer: `http://h/?k=apk_${mark}` }),
  },
  ...['api_key', 'apikey', 'access_token', 'token', 'key_secret', 'password', 'authorization'].map(
    (name) => ({
      name: `the query ?${name}=`,
      path: (mark: string) => `/v1/sessions?${name}=${mark}`,
      headers: auth,
    }),
  ),
  { name: 'a key in a query', path: (mark) => `/v1/sessions?tags=apk_user_${mark}`, headers: auth },
  {
    name: 'an encoded key in a query',
    path: (mark) => `/v1/sessions?tags=%61pk_user_${mark}`,
    headers: auth,
  },
  { name: 'a key in a path', path: (mark) => `/v1/secrets/apk_user_${mark}`, headers: auth },
  { name: 'a key in an unknown path', path: (mark) => `/v1/keys/apk_user_${mark}`, headers: auth },
  { name: 'an encoded key in an unknown path', path: (mark) => `/v1/keys/%61pk_user_${mark}` },
  { name: 'a key in a path that is redirected', path: (mark) => `/v1/sessions/apk_user_${mark}/` },
  {
    name: 'a password in an absolute target',
    path: (mark) => `http://user:${mark}@h/v1/secrets`,
    headers: auth,
  },
  { name: 'a password in an unknown absolute target', path: (mark) => `http://user:${mark}@h/nothing` },
  { name: 'an unknown method', method: 'delete', path: (mark) => `/v1/secrets?token=${mark}` },
  ...[
    secret({}).replace('"v"', '"MARK"'),
    secret({ value: { nested: 'MARK' } }),
    secret({ value: ['MARK'] }),
    secret({ secret_value: 'MARK' }),
    secret({ type: { value: 'MARK' } }),
    secret({ note: ['MARK'] }),
    '{"value": "MARK"}',
    '{"value": "MARK",}',
    '{"value": "MARK',
    '["MARK"]',
    '"MARK"',
    '{"__proto__": {"value": "MARK"}}',
    '{"value": "MARK", "value": 1e400}',
    '{"value": "MARK", "type": "\\ud800"}',
    `${'['.repeat(3_000)}"MARK"${']'.repeat(3_000)}`,
  ].map((text) => ({
    name: `POST /v1/secrets ${text.slice(0, 60)}`,
    method: 'POST',
    path: '/v1/secrets',
    headers: json,
    body: (mark: string) => text.replace('MARK', mark),
  })),
  ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=b'].map((type) => ({
    name: `POST /v1/secrets as ${type}`,
    method: 'POST',
    path: '/v1/secrets',
    headers: { ...auth, 'content-type': type },
    body: (mark: string) => `value=${mark}`,
  })),
  {
    name: 'POST /v1/secrets in the query',
    method: 'POST',
    path: (mark) => `/v1/secrets?value=${mark}&type=totp`,
    headers: json,
    body: () => '{}',
  },
  {
    name: 'POST /v1/secrets without a key',
    method: 'POST',
    path: '/v1/secrets',
    headers: { 'content-type': 'application/json' },
    body: (mark) => secret({ value: mark }),
  },
  ...['/v1/knowledge', '/v1/playbooks', '/v1/sessions', '/v1/sessions/devin-1/message'].flatMap((path) =>
    [
      secret({ value: 'MARK' }),
      JSON.stringify(secret({ value: 'MARK' })),
      JSON.stringify({ prompt: 'p', body: { password: 'MARK' } }),
      '{"prompt": "p", "body": "\\\\u0061pk_user_MARK %2561pk_MARK apk\\u005fMARK &#97;pk_MARK xapk_MARK"}',
      `[{"prompt": "p", "session_secrets": [{"MARK": "K"}]}]`,
    ].map((text) => ({
      name: `POST ${path} ${text.slice(0, 60)}`,
      method: 'POST',
      path,
      headers: json,
      body: (mark: string) => text.replaceAll('MARK', mark),
    })),
  ),
  {
    name: 'a value as the name of a member of a secret',
    method: 'POST',
    path: '/v1/secrets',
    headers: json,
    body: (mark) => `{"type": "totp", "${mark}": "K"}`,
  },
  ...['/v1/secret', '/v1/secrets/', '/v1/secrets/secret-1'].map((path) => ({
    name: `POST ${path}`,
    method: 'POST',
    path,
    headers: json,
    body: (mark: string) => secret({ value: mark }),
  })),
  ...[
    '{"prompt": "p", "session_secrets": [{"key": "k", "value": "MARK"}]}',
    '{"prompt": "p", "session_secrets": {"k": "MARK"}}',
    '{"prompt": "p", "session_secrets": ["MARK"]}',
    '{"prompt": "p", "session_secrets": "MARK"}',
    '{"prompt": "p", "session_secrets": [{"key": "k", "value": {"v": "MARK"}}]}',
    '{"prompt": "p", "secrets": [{"key": "k", "value": "MARK"}]}',
    '{"prompt": "p", "sessionSecrets": [{"key": "k", "value": "MARK"}]}',
    '{"prompt": "p", "session_secrets": [{"key": "k", "value": "MARK"}],}',
    '{"prompt": 1, "session_secrets": [{"key": "k", "value": "MARK"}]}',
  ].map((text) => ({
    name: `POST /v1/sessions ${text}`,
    method: 'POST',
    path: '/v1/sessions',
    headers: json,
    body: (mark: string) => text.replace('MARK', mark),
  })),
  {
    name: 'a key in a name of a body',
    method: 'POST',
    path: '/v1/knowledge',
    headers: json,
    body: (mark) => `{"apk_user_${mark}": 1, "name": {"x": "cog_${mark}"}}`,
  },
  {
    name: 'an uploaded file',
    method: 'POST',
    path: '/v1/attachments',
    headers: multipart,
    body: (mark) => part('name="file"; filename="a.txt"', mark),
  },
  {
    name: 'a key where a file belongs',
    method: 'POST',
    path: '/v1/attachments',
    headers: multipart,
    body: (mark) => part('name="file"', `apk_user_${mark}`),
  },
  {
    name: 'a key in the name and the content type of a file',
    method: 'POST',
    path: '/v1/attachments',
    headers: multipart,
    body: (mark) =>
      `--b\r\nContent-Disposition: form-data; name="file"; filename="apk%255Fuser_${mark}.txt"\r\nContent-Type: text/plain; k=apk_user_${mark}\r\n\r\nx\r\n--b--\r\n`,
  },
  {
    name: 'the JSON of a secret as a prompt',
    method: 'POST',
    path: '/v1/sessions',
    headers: json,
    body: (mark) => JSON.stringify({ prompt: secret({ value: mark }) }),
  },
  ...['apk_user_MARK', '\\u0061pk_user_MARK', '%2561pk_MARK'].map((key) => ({
    name: `${key} in the texts of a session`,
    method: 'POST',
    path: '/v1/sessions',
    headers: json,
    body: (mark: string) => {
      const text = key.replace('MARK', mark)
      return JSON.stringify({ prompt: `use ${text}`, title: text, tags: [text] })
    },
  })),
  ...['/v1/knowledge', '/v1/playbooks'].map((path) => ({
    name: `a key in the texts of ${path}`,
    method: 'POST',
    path,
    headers: json,
    body: (mark: string) => {
      const text = `apk_user_${mark}`
      return JSON.stringify({ name: text, title: text, body: text, trigger_description: text })
    },
  })),
  {
    name: 'a broken upload',
    method: 'POST',
    path: '/v1/attachments',
    headers: multipart,
    body: (mark) => `apk_user_${mark}`,
  },
  ...['/_fake/clock', '/_fake/nothing', '/_fake/state?reveal=true'].map((path) => ({
    name: `a token of the control plane for ${path}`,
    path,
    headers: (mark: string) => ({ authorization: `Bearer ${mark}` }),
  })),
  ...['{"key": "apk_user_MARK"}', '{"key": {"k": "MARK"}}', '{"keys": "apk_user_MARK"}'].map((text) => ({
    name: `POST /_fake/keys/revoke ${text}`,
    method: 'POST',
    path: '/_fake/keys/revoke',
    headers: json,
    body: (mark: string) => text.replace('MARK', mark),
  })),
  ...[
    '{"organizations": [{"org_id": "o1", "secrets": [{"key": "k", "value": "MARK"}]}]}',
    '{"organizations": [{"org_id": "o1", "secrets": [{"key": "k", "value": ["MARK"]}]}]}',
    '{"organizations": [{"org_id": "o1", "secrets": [{"key": "k", "valve": "MARK"}]}]}',
    '{"organizations": [{"org_id": "o1", "keys": ["apk_user_MARK"]}]}',
    '{"organizations": [{"org_id": "o1", "secrets": [{"key": "k", "value": "MARK"}],}]}',
  ].map((text) => ({
    name: `PUT /_fake/state ${text}`,
    method: 'PUT',
    path: '/_fake/state?org_id=o1',
    headers: json,
    body: (mark: string) => text.replace('MARK', mark),
  })),
  ...[
    '{"org_id": "ORG", "method": "POST", "path": "/v1/secrets", "body": {"type": "totp", "key": "C", "value": "MARK", "sensitive": true, "note": ""}}',
    '{"org_id": "ORG", "method": "POST", "path": "/v1/secrets", "body": {"type": "totp", "value": ["MARK"]}}',
    '{"org_id": "ORG", "method": "GET", "path": "/v1/secrets/cog_MARK?token=MARK"}',
    '{"org_id": "ORG", "method": "GET", "path": "/cog_MARK"}',
    '{"org_id": "ORG", "method": "GET", "path": "/v1/secrets", "headers": {"authorization": "Bearer apk_user_MARK"}}',
    '{"org_id": "ORG", "method": "GET", "path": "/v1/secrets", "headers": {"x-webhook-secret": "MARK"}}',
    '{"org_id": "apk_user_MARK", "method": "GET", "path": "/v1/secrets"}',
  ].map((text) => ({
    name: `POST /_fake/calls ${text}`,
    method: 'POST',
    path: '/_fake/calls',
    headers: json,
    body: (mark: string) => text.replaceAll('MARK', mark).replace('ORG', `org-${'a'.repeat(32)}`),
  })),
  {
    name: 'POST /_fake/requests/verify',
    method: 'POST',
    path: '/_fake/requests/verify',
    headers: json,
    body: (mark) => `{"path": "/v1/secrets", "body": {"value": "${mark}"}}`,
  },
  {
    name: 'POST /_fake/requests/verify, of headers',
    method: 'POST',
    path: '/_fake/requests/verify',
    headers: json,
    body: (mark) => `{"headers": {"authorization": "Bearer ${mark}", "x-api-key": "${mark}"}}`,
  },
  ...V3_INPUTS,
]

const markOf = (at: number) => `s3cr3t${String(at).padStart(3, '0')}z`

/** Sends a mark through an input unmodified, since client libraries refuse some of these requests. Resolves with the answer. */
function enter(
  port: number,
  { method = 'GET', path, headers = {}, body }: Input,
  mark: string,
): Promise<string> {
  const given = typeof headers === 'function' ? headers(mark) : headers
  const sent = body?.(mark)
  const lines = [`${method} ${typeof path === 'function' ? path(mark) : path} HTTP/1.1`, 'host: 127.0.0.1']
  for (const [name, value] of Object.entries(given)) lines.push(`${name}: ${value}`)
  if (sent !== undefined) lines.push(`content-length: ${Buffer.byteLength(sent)}`)
  return speak(port, `${lines.join('\r\n')}\r\nconnection: close\r\n\r\n${sent ?? ''}`)
}

function speak(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.setEncoding('utf8').on('data', (data: string) => {
      received += data
    })
    socket.on('close', () => resolve(received)).on('error', reject)
  })
}

/** Returns everything that a server shows to clients other than the sender. */
async function surfacesOf(url: string): Promise<Record<string, string>> {
  const other = { authorization: `Bearer ${keyOf('b')}` }
  const get = async (path: string, headers = {}) => (await fetch(url + path, { headers })).text()
  return {
    'the journal': await get('/_fake/requests'),
    'the state': await get('/_fake/state'),
    'the differences to a snapshot': await get('/_fake/snapshots/before/diff'),
    'the list of another organization': await get('/v1/secrets', other),
    'the sessions of another organization': await get('/v1/sessions', other),
    'an error of another organization': await get('/v1/secrets/secret-1', other),
    'the list of its own': await get('/v1/secrets', auth),
    'the secrets of v3': await get(`${V3}/secrets`, v3Json),
    'an error of v3': await get('/v3/organizations/none/secrets', v3Json),
  }
}

t.test('a secret is never shown, regardless of the input that carries it', async (t) => {
  const program = startPublished(t, ['--port', '0', '--log-level', 'trace'])
  const [, url = ''] = await program.says(/listening on (http:\/\/127\.0\.0\.1:\d+)/)
  await fetch(`${url}/_fake/snapshots`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name": "before"}',
  })
  const events = await fetch(`${url}/_fake/events`)

  const answers = []
  for (const [at, input] of INPUTS.entries())
    answers.push(await enter(Number(new URL(url).port), input, markOf(at)))
  const shown = await surfacesOf(url)
  program.kill('SIGTERM')
  const { stdout, stderr, code } = await program.ended
  const surfaces: Record<string, string> = { ...shown, 'the events': await events.text() }

  t.equal(code, 0)
  t.match(surfaces['the events'], /"kind":"request".*\/v1\/secrets/)
  for (const answer of answers) t.match(answer, /^HTTP\/1\.1 [1-5]\d\d /)
  t.match(stdout, /"level":30/, 'there is a log')
  t.match(surfaces['the journal'], /"POST"/, 'and a journal')
  for (const [place, text] of Object.entries({ ...surfaces, stdout, stderr })) {
    for (const [at, { name }] of INPUTS.entries()) t.notOk(text.includes(markOf(at)), `${name}: ${place}`)
  }
})

t.test('the secret of a webhook is shown only in the answer that creates it', async (t) => {
  const program = startPublished(t, ['--port', '0', '--log-level', 'trace'])
  const [, url = ''] = await program.says(/listening on (http:\/\/127\.0\.0\.1:\d+)/)
  const post = (path: string, body: object, headers = {}) =>
    fetch(url + path, { method: 'POST', headers: { ...v3Json, ...headers }, body: JSON.stringify(body) })
  const created = await post(`${V3}/automations`, {
    name: 'n',
    run_as: { type: 'organization' },
    triggers: [{ event_type: 'webhook:incoming', conditions: null }],
    actions: [{ type: 'start_session', prompt: 'p' }],
  })
  const { automation_id: id, triggers } = (await created.json()) as {
    automation_id: string
    triggers: [{ webhook: { url: string; secret: string } }]
  }
  const [{ webhook }] = triggers
  const { pathname } = new URL(webhook.url)

  const sent = await post(pathname, { count: 1 }, { 'X-Webhook-Secret': webhook.secret })
  const refused = await post(pathname, {}, { 'X-Webhook-Secret': `${webhook.secret}x` })
  t.same([sent.status, refused.status], [200, 401])
  const surfaces: Record<string, string> = {
    ...(await surfacesOf(url)),
    'the automation': await (await fetch(`${url}${V3}/automations/${id}`, { headers: v3Json })).text(),
  }
  program.kill('SIGTERM')
  const { stdout, stderr } = await program.ended

  t.match(webhook.secret, /^whsec_/)
  t.match(surfaces['the journal'], /automations/)
  t.match(stdout, /webhooks/)
  for (const [place, text] of Object.entries({ ...surfaces, stdout, stderr }))
    t.notOk(text.includes(webhook.secret), place)
})

t.test('an invalid keys file or seed is refused without quoting its content', async (t) => {
  const files = {
    'lines.txt': 'apk_user_MARK org-1 more\nMARK\ncog_MARK\n',
    'keys.json': '{"keys": ["apk_user_MARK", "apk_user_MARK", {"key": ["MARK"]}, {"kay": "MARK"}, "MARK"]}',
    'broken.json': '{"keys": ["apk_user_MARK",]}',
    'broken.yaml': 'keys: [apk_user_MARK\n  - "MARK',
    'seed.yaml':
      'organizations:\n  - secrets: [{key: a, value: [MARK]}, {kay: b, value: MARK}, {key: c, type: MARK}]\n    keys: [MARK, 1, apk_user_MARK, apk_user_MARK]\n',
    'seed.json': '{"organizations": [{"secrets": [{"key": "a", "value": "MARK", "created_at": "MARK"}]}], }',
  }
  const mark = markOf(0)
  const folder = t.testdir(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replaceAll('MARK', mark)])),
  )
  for (const name of Object.keys(files)) {
    const flag = name.startsWith('seed') ? '--seed' : '--keys'
    const { code, stdout, stderr } = await startPublished(t, ['--port', '0', flag, join(folder, name)]).ended

    t.equal(code, 1, name)
    t.match(stderr, /^fake-devin: /)
    t.notMatch(stdout + stderr, mark, name)
  }
})

t.test('an invalid flag is refused without quoting a key in it', async (t) => {
  for (const args of [
    ['--port', 'apk_user_MARK'],
    ['apk_user_MARK'],
    ['--keys', 'apk_user_MARK'],
    ['--apk_MARK'],
  ]) {
    const { stdout, stderr } = await startPublished(
      t,
      args.map((arg) => arg.replace('MARK', markOf(0))),
    ).ended

    t.notMatch(stdout + stderr, markOf(0), args.join(' '))
  }
})

t.test('a crash of a handler is logged without its input', async (t) => {
  const mark = markOf(0)
  const path = join(t.testdir({}), 'log')
  const log = await openLog('trace', { fd: openSync(path, 'w'), isTerminal: false })
  const cause = new Error('connection lost', { cause: new Error(`Bearer apk_user_${mark}`) })
  const { send, call, organization } = await startFake(t, log && { logger: log.logger })
  organization.secrets.insert = async (record) => {
    throw Object.assign(new TypeError('cannot insert', { cause }), {
      record,
      headers: { authorization: mark },
    })
  }

  const res = await send('POST', '/v1/secrets', JSON.parse(secret({ value: mark })))
  await log?.close()

  t.match([res.statusCode, res.body], [500, 'Internal Server Error'])
  const logged = readFileSync(path, 'utf8')
  t.match(logged, /cannot insert/)
  t.match(logged, /connection lost/)
  t.notMatch(logged, mark)
  t.notMatch((await call('GET', '/_fake/requests')).body, mark)
})
