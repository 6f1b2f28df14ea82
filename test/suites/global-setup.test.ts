import { join } from 'node:path'
import t, { type Test } from 'tap'
import { connectFakeDevin, startFakeDevin } from '../../src/index.ts'
import type * as Module from '../../src/suites/global-setup.ts'

const NAMES = ['DEVIN_API_KEY', 'DEVIN_ORG_ID', 'DEVIN_API_URL', 'DEVIN_API_BASE']

/** Loads the module as a test run does, with only these variables. Restores the environment when the test ends. */
async function load(t: Test, variables: NodeJS.ProcessEnv = {}) {
  const before = { ...process.env }
  const restore = () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
    Object.assign(process.env, before)
  }
  for (const name of Object.keys(process.env)) if (/^(?:FAKE_)?DEVIN_/.test(name)) delete process.env[name]
  Object.assign(process.env, variables)
  const module: typeof Module = await import('../../src/suites/global-setup.ts')
  t.teardown(async () => {
    await module.globalTeardown()
    restore()
  })
  return module
}

t.test('a set-up starts a fake, sets the variables of clients, and a teardown undoes both', async (t) => {
  const { default: setup } = await load(t, {
    DEVIN_API_KEY: 'cog_mine',
    DEVIN_BASE_URL: 'https://example.test',
  })

  const teardown = await setup()
  const { FAKE_DEVIN_URL: url = '', DEVIN_API_URL, DEVIN_ORG_ID, DEVIN_API_KEY } = process.env
  const headers = { authorization: `Bearer ${DEVIN_API_KEY}` }
  const answer = await fetch(`${DEVIN_API_URL}/v3/organizations/${DEVIN_ORG_ID}/sessions`, { headers })
  await teardown()

  t.equal(answer.status, 200)
  t.equal(url, DEVIN_API_URL)
  t.match(process.env, { DEVIN_API_KEY: 'cog_mine', DEVIN_BASE_URL: 'https://example.test' })
  t.notOk('FAKE_DEVIN_URL' in process.env)
  await t.rejects(connectFakeDevin(url).clock.get(), { message: /ECONNREFUSED/ })
})

t.test('the variables of the flags are its options', async (t) => {
  const { mochaGlobalSetup } = await load(t, { FAKE_DEVIN_CLOCK: '2026-01-02T03:04:05Z', PORT: '1' })

  await mochaGlobalSetup()

  const devin = connectFakeDevin(process.env.FAKE_DEVIN_URL ?? '')
  t.match(await devin.clock.get(), { now: '2026-01-02T03:04:05.000000Z', frozen: true })
})

t.test('a misspelt variable is reported', async (t) => {
  const { globalSetup } = await load(t, { FAKE_DEVIN_SEDE: 'seed.yaml', FAKE_DEVIN_SPEED: '60' })
  const written = t.capture(process.stderr, 'write')

  await globalSetup()

  t.same(
    written().map(({ args }) => args[0]),
    ['fake-devin: FAKE_DEVIN_SEDE is not a known variable, did you mean FAKE_DEVIN_SEED?\n'],
  )
})

t.test('clients get the v1 key if no other one works', async (t) => {
  const { globalSetup } = await load(t, {
    FAKE_DEVIN_STRICT_KEYS: 'true',
    FAKE_DEVIN_KEYS: join(t.testdir({ 'keys.txt': 'apk_user_mine' }), 'keys.txt'),
  })

  await globalSetup()

  t.equal(process.env.DEVIN_API_KEY, 'apk_user_mine')
})

t.test('set-ups of the same run share a fake, which the last teardown closes', async (t) => {
  const { globalSetup, globalTeardown } = await load(t)

  await Promise.all([globalSetup(), globalSetup()])
  const devin = connectFakeDevin(process.env.FAKE_DEVIN_URL ?? '')
  await globalTeardown()
  await devin.clock.get()
  await globalTeardown()
  await globalTeardown()

  await t.rejects(devin.clock.get(), { message: /ECONNREFUSED/ })
})

t.test('a fake that cannot start fails the run, and the next set-up tries again', async (t) => {
  const { globalSetup } = await load(t, { FAKE_DEVIN_SPEED: 'fast' })
  await t.rejects(globalSetup(), { message: /^FAKE_DEVIN_SPEED takes a number/ })

  process.env.FAKE_DEVIN_SPEED = '60'
  process.env.FAKE_DEVIN_SEED = 'no-such-file.yaml'
  await t.rejects(globalSetup(), { message: /no-such-file\.yaml/ })

  delete process.env.FAKE_DEVIN_SEED
  await globalSetup()
  t.match(process.env.FAKE_DEVIN_URL, /^http:\/\/127\.0\.0\.1:\d+$/)
})

t.test('with FAKE_DEVIN_URL, tests use the fake that runs there', async (t) => {
  const devin = await startFakeDevin()
  t.teardown(() => devin.close())
  const { globalSetup } = await load(t, { FAKE_DEVIN_URL: `${devin.url}/` })

  const teardown = await globalSetup()
  t.equal(process.env.DEVIN_API_URL, devin.url)
  await teardown()

  await devin.clock.get()
  t.equal(process.env.FAKE_DEVIN_URL, `${devin.url}/`)
  for (const name of NAMES) t.notOk(name in process.env, name)
})
