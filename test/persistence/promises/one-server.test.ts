import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { newLocation } from '../../engine.ts'
import { testDatabase } from '../../postgres.ts'
import {
  type ReplicaProcess,
  range,
  secretNamed,
  secretNames,
  startReplica,
  startTwo,
  until,
} from './replica-process.ts'

/** Returns the path of a new file with one key, which `--strict-keys` needs. */
function keysFile(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'fake-devin-keys-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'keys.txt')
  writeFileSync(path, 'apk_user_demo\n')
  return path
}

/** Uploads a file. Resolves with the path of its API address. */
async function upload({ ask }: ReplicaProcess, contents: string): Promise<string> {
  const form = new FormData()
  form.append('file', new Blob([contents]), 'a.txt')
  const { body } = await ask('POST', '/v1/attachments', form)
  return `/v1${new URL(body).pathname}`
}

/** Resolves with the path and the query of the signed address of a file. */
async function signed({ ask }: ReplicaProcess, path: string): Promise<string> {
  const { status, headers } = await ask('GET', path)
  if (status !== 307) throw new Error(`${status}`)
  const { pathname, search } = new URL(headers.get('location') ?? '')
  return pathname + search
}

const FROZEN = ['--clock', '2026-01-02T03:04:05Z']

t.test('a URL that one replica has signed is accepted by the other, and after a restart', async (t) => {
  const store = await testDatabase(t)
  const [one, other] = await startTwo(t, store, FROZEN)
  const path = await upload(one, 'contents')
  const addresses = [await signed(one, path), await signed(other, path)]

  t.equal(addresses[0], addresses[1])
  for (const { ask } of [one, other]) t.equal((await ask('GET', addresses[0] ?? '')).text, 'contents')
  await Promise.all([one.kill(), other.stop()])
  const again = await startReplica(t, store, FROZEN)
  t.equal((await again.ask('GET', addresses[0] ?? '')).text, 'contents')
  t.equal((await again.ask('GET', `${addresses[0]}0`)).status, 403)
})

t.test('files have the same bytes through both replicas, and in snapshots of the other one', async (t) => {
  const [one, other] = await startTwo(t, await testDatabase(t), FROZEN)
  const contents = '\u0000é"\\\n'.repeat(100_000)
  const path = await upload(one, contents)
  t.ok((await other.ask('GET', await signed(other, path))).text === contents)

  await other.ask('POST', '/_fake/snapshots', { name: 'with the file' })
  await one.ask('POST', '/_fake/reset')
  t.equal((await other.ask('GET', path)).status, 404)
  await one.ask('POST', '/_fake/snapshots/with the file/restore')

  for (const server of [other, one])
    t.ok((await server.ask('GET', await signed(server, path))).text === contents)
})

t.test('a URL that a server on a SQLite file has signed is accepted after a restart', async (t) => {
  const store = await newLocation(t, 'sqlite')
  const one = await startReplica(t, store, FROZEN)
  const address = await signed(one, await upload(one, 'contents'))
  await one.kill()

  const again = await startReplica(t, store, FROZEN)

  t.equal((await again.ask('GET', address)).text, 'contents')
})

t.test(
  'a key that one replica registers or revokes is registered or revoked on the other, and after a restart',
  async (t) => {
    const store = await testDatabase(t)
    const flags = ['--strict-keys', '--keys', keysFile(t)]
    const [one, other] = await startTwo(t, store, flags)
    const { body } = await one.ask('POST', '/_fake/organizations')
    const { personal, service } = body.keys
    const statusWith = async ({ ask }: ReplicaProcess, key: string) =>
      (await ask('GET', '/v1/secrets', undefined, key)).status

    for (const server of [other, one]) {
      t.equal(await statusWith(server, personal), 200)
      t.equal(await statusWith(server, `${personal}x`), 403)
    }
    t.equal((await other.ask('POST', '/_fake/keys/revoke', { key: service })).status, 204)
    for (const server of [one, other]) {
      t.equal(await statusWith(server, service), 403)
      t.equal(await statusWith(server, personal), 200)
    }
    await Promise.all([one.kill(), other.kill()])
    const again = await startReplica(t, store, flags)
    t.same([await statusWith(again, service), await statusWith(again, personal)], [403, 200])
  },
)

t.test(
  'a service user can use the other replica after its creation, and not after its deletion',
  async (t) => {
    const [one, other] = await startTwo(t, await testDatabase(t))
    const path = `/v3/organizations/${DEFAULT_ORG_ID}`
    const user = { name: 'CI', role_id: 'org_admin', ttl_seconds: 3_600 }
    for (const [maker, reader] of [
      [one, other],
      [other, one],
    ] as const) {
      const { body } = await maker.ask('POST', `${path}/service-users`, user)
      const statusOf = async ({ ask }: ReplicaProcess) =>
        (await ask('GET', `${path}/secrets`, undefined, body.token)).status
      t.same([await statusOf(reader), await statusOf(maker)], [200, 200])
      const { service_user_id: id } = body.service_user
      const member = `/v3/enterprise/organizations/${DEFAULT_ORG_ID}/members/service-users/${id}`
      t.equal((await reader.ask('DELETE', member)).status, 200)
      t.same([await statusOf(maker), await statusOf(reader)], [403, 403])
    }
  },
)

/** Follows the events of a server until the test ends. They are added to the list that it returns. */
async function follow(t: Test, { url }: ReplicaProcess, query = ''): Promise<Record<string, unknown>[]> {
  const stop = new AbortController()
  const events: Record<string, unknown>[] = []
  const response = await fetch(`${url}/_fake/events${query}`, { signal: stop.signal })
  const read = async () => {
    let text = ''
    for await (const bytes of response.body ?? []) {
      text += Buffer.from(bytes).toString()
      const whole = text.slice(0, text.lastIndexOf('\n\n') + 1)
      for (const [, data] of whole.matchAll(/^data: (.*)$/gm)) events.push(JSON.parse(data ?? ''))
      text = text.slice(whole.length)
    }
  }
  const ended = read().catch(() => undefined)
  t.teardown(() => {
    stop.abort()
    return ended
  })
  await until('the stream begins', () => events.length > 0)
  return events
}

t.test(
  'the live events of one replica include the changes of the other, each once and in order',
  async (t) => {
    const [one, other] = await startTwo(t, await testDatabase(t))
    const [own, others] = [await follow(t, one, '?kinds=record'), await follow(t, other, '?kinds=record')]
    const ids: string[] = []
    for (const n of range(20)) {
      const { body } = await (n % 2 === 0 ? one : other).ask('POST', '/v1/secrets', secretNamed(`S${n}`))
      ids.push(body.id)
    }
    const secretsOf = (events: readonly Record<string, unknown>[]) =>
      events.filter(({ collection }) => collection === 'secrets').map(({ id }) => id)

    for (const events of [own, others]) {
      await until('the events have arrived', () => secretsOf(events).length >= ids.length)
      t.same(secretsOf(events), ids)
      t.equal(events.filter(({ kind }) => kind === 'resync').length, 1)
    }
  },
)

t.test(
  'the live events of one replica include requests, clocks, faults and resets of the other',
  async (t) => {
    const [one, other] = await startTwo(t, await testDatabase(t))
    const events = await follow(t, one)

    await other.ask('GET', '/v1/secrets')
    await until('the request', () =>
      events.some(({ kind, path }) => kind === 'request' && path === '/v1/secrets'),
    )
    await other.ask('POST', '/_fake/clock/advance', { seconds: 60 })
    await until('the clock', () => events.some(({ kind }) => kind === 'clock'))
    await other.ask('POST', '/_fake/faults', { preset: 'flaky' })
    await until('the fault', () => events.some(({ kind }) => kind === 'faults'))
    await other.ask('POST', '/_fake/reset')
    await until('the reset', () => events.some(({ kind }) => kind === 'reset'))

    t.same(await secretNames(one), [])
  },
)
