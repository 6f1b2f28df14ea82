import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startEngine } from './docker-engine.mjs'

const engine = await startEngine()
after(() => engine.close())
process.env.DOCKER_HOST = engine.host
// Ryuk is a container that removes the others after a crash.
process.env.TESTCONTAINERS_RYUK_DISABLED = 'true'
const { FakeDevinContainer } = await import('fake-devin/testcontainers')

test('a container starts with its options, answers, and is controlled', async () => {
  const container = await new FakeDevinContainer()
    .withOptions({
      clock: '2026-01-02T03:04:05Z',
      seed: { organizations: [{ sessions: [{ prompt: 'Fix {n}', count: 3 }] }] },
      scenarios: [{ match: { prompt: 'quota' }, scenario: 'out-of-quota' }],
      controlToken: 's3cr3t',
    })
    .withName('fake-devin')
    .start()

  const devin = container.connect()
  const { organizations } = await devin.state.get()
  const path = `${container.url}/v3/organizations/${devin.orgId}/sessions`
  const headers = { authorization: `Bearer ${devin.v3Key}`, 'content-type': 'application/json' }
  const refused = await fetch(path, { method: 'POST', headers, body: '{"prompt": "quota"}' })

  assert.equal((await devin.clock.get()).now, '2026-01-02T03:04:05.000000Z')
  assert.equal(organizations[0].sessions.length, 3)
  assert.equal(refused.status, 403)
  await devin.requests.verify({ method: 'POST', times: 1 })
  await assert.rejects(container.connect({ token: 'wrong' }).clock.get(), { status: 401 })
  await container.stop()
  await assert.rejects(devin.clock.get(), { name: 'FakeDevinError', message: /ECONNREFUSED/ })
  const [{ asked, status }] = [...engine.containers.values()].slice(-1)
  assert.deepEqual([asked.Image, status], ['fake-devin:latest', 'exited'])
})

test('files of this machine are copied, and another image may be named', async () => {
  const seedFile = join(tmpdir(), `fake-devin-seed-${process.pid}.yaml`)
  writeFileSync(seedFile, 'organizations: [{ secrets: [{ key: NPM_TOKEN, value: x }] }]\n', { mode: 0o600 })
  const container = await new FakeDevinContainer('example.test/fake-devin:1')
    .withOptions({ seedFile })
    .start()

  const { organizations } = await container.connect().state.get()
  await container.stop()

  assert.equal(organizations[0].secrets[0].key, 'NPM_TOKEN')
})

test('a container that cannot start says why', async () => {
  const container = new FakeDevinContainer().withOptions({ seed: { organizations: [{ secrets: [{}] }] } })

  await assert.rejects(container.start(), { message: /organizations\.0\.secrets\.0\.\w+: Field required/ })
})

test('a misspelt option is refused before anything starts', () => {
  const message = 'unknown option "sped", did you mean speed?'
  assert.throws(() => new FakeDevinContainer().withOptions({ sped: 60 }), { name: 'UsageError', message })
})
