import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Server, type ServerOptions, startServer } from '../../src/server/start.ts'
import { DEFAULT_CONFIG } from '../../src/settings/config.ts'
import { StartError } from '../../src/settings/start-error.ts'
import { testDatabase } from '../postgres.ts'

/** Starts a server. It is stopped when the test ends. */
async function start(t: Test, options: Partial<ServerOptions>): Promise<Server> {
  const server = await startServer({ ...DEFAULT_CONFIG, port: 0, logLevel: 'silent', ...options })
  t.teardown(() => server.close())
  return server
}

/** Sends a request to v1, and returns the status and the body. */
async function send({ url }: Server, path: string, key = 'apk_user_test', body?: object) {
  const response = await fetch(url + path, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  })
  // Each test knows what it asked for.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  return { status: response.status, body: (await response.json()) as any }
}

const SECRET = { type: 'cookie', key: 'A', value: 'v', sensitive: true }

t.test('a server continues with the state in its store', async (t) => {
  const store = join(t.testdir(), 'store.sqlite')
  const first = await start(t, { store, seedIds: 1, clock: 1_767_323_045_678_901 })
  const { body: created } = await send(first, '/v1/secrets', undefined, SECRET)
  await first.close()

  const second = await start(t, { store, seedIds: 1 })
  t.match((await send(second, '/v1/secrets')).body, [{ id: created.id, key: 'A' }])
  const { body: session } = await send(second, '/v1/sessions', undefined, { prompt: 'a' })
  t.match((await send(second, `/v1/sessions/${session.session_id}`)).body.created_at, /^2026-01-02T03:04:05/)
  const { body } = await send(second, '/v1/secrets', undefined, { ...SECRET, key: 'B' })
  t.not(body.id, created.id, 'the sequence of ids goes on')
})

t.test('seed and scenarios fill a new store only, and new keys are added to each', async (t) => {
  const folder = t.testdir({ keys: 'apk_user_alice\n' })
  const keysFile = join(folder, 'keys')
  const options = {
    store: join(folder, 'store.sqlite'),
    keysFile,
    strictKeys: true,
    seed: { organizations: [{ secrets: [{ key: 'SEEDED', value: 'v' }] }] },
    scenarios: [{ name: 'mine', match: { prompt: 'x' }, scenario: { steps: [] } }],
  }
  const first = await start(t, options)
  t.equal((await send(first, '/v1/secrets', 'apk_user_alice')).body.length, 1)
  t.equal((await send(first, '/v1/secrets', 'apk_user_bob')).status, 403)
  await fetch(`${first.url}/_fake/keys/revoke`, {
    method: 'POST',
    body: '{"key":"apk_user_alice"}',
    headers: { 'content-type': 'application/json' },
  })
  await first.close()

  writeFileSync(keysFile, 'apk_user_alice\napk_user_bob\n')
  const second = await start(t, options)
  t.equal((await send(second, '/v1/secrets', 'apk_user_bob')).body.length, 1, 'nothing is seeded again')
  t.equal((await send(second, '/v1/secrets', 'apk_user_alice')).status, 403, 'it stays revoked')
  t.equal((await send(second, '/_fake/scenarios')).body.rules.length, 1)
  t.equal(second.key, 'apk_user_bob')
})

t.test('an invalid seed leaves a new store empty', async (t) => {
  const store = join(t.testdir(), 'store.sqlite')
  await t.rejects(start(t, { store, seed: { organizations: [{ secrets: [{}] }] } }), StartError)

  const server = await start(t, { store, seed: { organizations: [{ secrets: [{ key: 'A', value: 'v' }] }] } })
  t.equal((await send(server, '/v1/secrets')).body.length, 1)
})

t.test('a store that cannot be used makes the start fail with the reason', async (t) => {
  const folder = t.testdir({
    text: 'This is no database, but a text that is longer than the header of one.'.repeat(9),
  })
  mkdirSync(join(folder, 'folder'))
  const store = join(folder, 'store.sqlite')
  await start(t, { store })

  for (const [location, message] of [
    [store, /^cannot use the store: .*store\.sqlite is in use by another process$/],
    [join(folder, 'text'), /^cannot use the store: .*text is not a/],
    [join(folder, 'folder'), /^cannot use the store: /],
    [join(folder, 'none', 'x'), /^cannot use the store: /],
    ['postgres://u:secret@127.0.0.1:1/db', /^cannot use the store: postgres:\/\/u@127\.0\.0\.1:1\/db: /],
  ] as const) {
    const error = await start(t, { store: location }).then(
      () => t.fail(location),
      (reason: Error) => reason,
    )
    t.ok(error instanceof StartError)
    t.match(error, { message })
  }
})

t.test('two servers with one PostgreSQL database share their state', async (t) => {
  const store = await testDatabase(t)
  const [one, other] = await Promise.all([start(t, { store }), start(t, { store })])
  const { body } = await send(one, '/v1/secrets', undefined, SECRET)
  t.match((await send(other, '/v1/secrets')).body, [{ id: body.id, key: 'A' }])
  t.equal((await send(other, '/v1/secrets', undefined, SECRET)).status, 409)
  const paths = (await send(one, '/_fake/requests')).body.requests.map(
    ({ method }: { method: string }) => method,
  )
  t.same(paths, ['POST', 'GET', 'POST'])
})
