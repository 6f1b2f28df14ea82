import { join } from 'node:path'
import t from 'tap'
import { DEFAULT_ORG_ID } from '../src/auth/principal.ts'
import { startFakeDevin } from '../src/index.ts'

t.test('startFakeDevin serves on a free port with a key that works, until it is closed', async (t) => {
  const fake = await startFakeDevin()
  const headers = { authorization: `Bearer ${fake.key}` }

  const response = await fetch(`${fake.url}/v1/secrets`, { headers })

  t.same(await response.json(), [])
  t.equal(fake.orgId, DEFAULT_ORG_ID)
  await fake.close()
  await t.rejects(fetch(fake.url))
})

t.test('startFakeDevin gives something to dispose of, as `await using` does', async (t) => {
  // Called by hand, because Node 22 does not know the syntax.
  const fake = await startFakeDevin()

  await fake[Symbol.asyncDispose]()

  await t.rejects(fetch(fake.url))
})

t.test('startFakeDevin gives a key and its organisation when keys are strict', async (t) => {
  const keysFile = join(t.testdir({ keys: 'apk_user_mine org-mine' }), 'keys')

  const fake = await startFakeDevin({ strictKeys: true, keysFile })
  t.teardown(() => fake.close())

  t.match(fake, { key: 'apk_user_mine', orgId: 'org-mine' })
})
