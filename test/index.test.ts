import { join } from 'node:path'
import t from 'tap'
import { DEFAULT_ORG_ID } from '../src/auth/principal.ts'
import { StartError, startFakeDevin } from '../src/index.ts'

t.test('startFakeDevin serves on a free port with a key that works, until it is closed', async (t) => {
  const fake = await startFakeDevin()
  const headers = { authorization: `Bearer ${fake.key}` }

  const response = await fetch(`${fake.url}/v1/secrets`, { headers })

  t.same(await response.json(), [])
  t.equal(fake.orgId, DEFAULT_ORG_ID)
  await fake.close()
  await t.rejects(fetch(fake.url))
})

t.test('startFakeDevin returns a disposable object for `await using`', async (t) => {
  // Called by hand, because Node 22 does not support the syntax.
  const fake = await startFakeDevin()

  await fake[Symbol.asyncDispose]()

  await t.rejects(fetch(fake.url))
})

t.test('startFakeDevin returns a key and its organization when keys are strict', async (t) => {
  const keysFile = join(t.testdir({ keys: 'apk_user_mine org-mine' }), 'keys')

  const fake = await startFakeDevin({ strictKeys: true, keysFile })
  t.teardown(() => fake.close())

  t.match(fake, { key: 'apk_user_mine', orgId: 'org-mine' })
})

t.test('startFakeDevin takes a seed and scenarios as data', async (t) => {
  const seed = {
    organizations: [{ secrets: [{ key: 'A', value: 'x' }], sessions: [{ prompt: 'Fix {n}', count: 50 }] }],
  }
  const scenarios = [{ name: 'mine', scenario: 'blocked' }]
  const devin = await startFakeDevin({ seed, scenarios, speed: 'instant' })
  t.teardown(() => devin.close())

  await devin.reset()

  const { organizations } = await devin.state.get()
  t.match(organizations, [{ secrets: [{ key: 'A' }], sessions: { length: 50 } }])
  t.match((await devin.scenarios.list()).rules, [{ name: 'mine', scenario: 'blocked' }])
})

t.test('startFakeDevin adds scenarios to those of a file, and accepts only one seed', async (t) => {
  const folder = t.testdir({
    'seed.json': '{"organizations": []}',
    'scenarios.json': '[{"scenario": "blocked"}]',
  })
  const scenariosFile = join(folder, 'scenarios.json')
  const devin = await startFakeDevin({ scenariosFile, scenarios: [{ scenario: 'never' }] })
  t.teardown(() => devin.close())

  t.match((await devin.scenarios.list()).rules, [{ scenario: 'blocked' }, { scenario: 'never' }])
  await t.rejects(startFakeDevin({ seedFile: join(folder, 'seed.json'), seed: { organizations: [] } }), {
    name: 'UsageError',
    message: 'seed and seedFile cannot be combined',
  })
})

t.test('startFakeDevin returns a key of the seed when keys are strict', async (t) => {
  const seed = { organizations: [{ org_id: 'org-mine', keys: ['apk_user_mine'] }] }

  const devin = await startFakeDevin({ strictKeys: true, seed })
  t.teardown(() => devin.close())

  t.match(devin, { key: 'apk_user_mine', orgId: 'org-mine' })
})

t.test('startFakeDevin starts with strict keys that are all revoked', async (t) => {
  const seed = { organizations: [{ keys: ['apk_user_a'] }], revoked_keys: ['apk_user_a'] }

  const devin = await startFakeDevin({ strictKeys: true, seed })
  t.teardown(() => devin.close())

  t.match(devin, { key: '', v3Key: '', orgId: DEFAULT_ORG_ID })
})

t.test('startFakeDevin refuses invalid data and reports its place, but no value', async (t) => {
  const circle: Record<string, unknown> = { value: 's3cr3t' }
  circle.circle = circle
  // As in a program without types.
  const wrong: [Record<string, unknown>, string][] = [
    [
      { seed: { organizations: [{ secrets: [{ key: 'A', vlaue: 's3cr3t' }] }] } },
      'seed: organizations.0.secrets.0.vlaue: Extra inputs are not permitted; did you mean value?',
    ],
    [{ seed: circle }, 'seed: cannot be written as JSON'],
    [{ seed: 'seed.yaml' }, 'seed takes data; use seedFile for a file'],
    [{ scenarios: 'rules.yaml' }, 'scenarios takes data; use scenariosFile for a file'],
    [{ scenarios: {} }, 'scenarios: neither a list of rules nor {"scenarios": [rules…]}'],
    [{ scenarios: [{ scenario: 'nnever' }] }, 'scenarios: 0.scenario: '],
  ]
  for (const options of [null, 5, () => 1] as object[]) {
    await t.rejects(startFakeDevin(options), { name: 'UsageError', message: 'the options must be an object' })
  }
  for (const [options, message] of wrong) {
    const error = await startFakeDevin(options).catch((error) => error)
    t.ok(error instanceof StartError)
    t.match(error.message, message)
    t.notMatch(error.message, 's3cr3t')
  }
})

t.test('startFakeDevin refuses unknown and invalid options', async (t) => {
  const wrong: [Record<string, unknown>, string][] = [
    [{ sped: 60 }, 'unknown option "sped", did you mean speed?'],
    [{ toString: 1 }, 'unknown option "toString"'],
    [{ url: 'http://a' }, 'unknown option "url"'],
    // Flags of other commands, and of the command line only.
    [{ all: true }, 'unknown option "all"'],
    [{ help: true }, 'unknown option "help"'],
    [{ version: true }, 'unknown option "version"'],
    [{ port: 65_536 }, 'port takes a port from 0 to 65535, not "65536"'],
    [{ speed: 0 }, 'speed takes a number above 0 (at most 1000000), or instant, not "0"'],
    ...[-1, 1_767_323_045_000].map((clock): (typeof wrong)[0] => [
      { clock },
      `clock takes an ISO 8601 time from 1970 to 2255, such as 2026-01-02T03:04:05Z, not "${clock}"`,
    ]),
    [{ strictKeys: 'yes' }, 'strictKeys takes true or false, not "yes"'],
    [{ controlToken: 'my t0ken' }, 'controlToken takes a text without spaces'],
    [{ controlToken: null }, 'controlToken takes a text without spaces, not null'],
    [{ seedFile: null }, 'seedFile takes the path of a file, not null'],
    [{ seedFile: ['seed.yaml'] }, 'seedFile takes the path of a file, not array'],
    [{ keysFile: {} }, 'keysFile takes the path of a file, not object'],
  ]
  for (const [options, message] of wrong) {
    await t.rejects(startFakeDevin(options), { name: 'UsageError', message }, message)
  }
})

t.test('startFakeDevin takes a time as a string or as a Date, and treats undefined as omitted', async (t) => {
  // biome-ignore lint/style/noRestrictedGlobals: it parses a text and does not read the time
  for (const clock of ['2026-01-02T03:04:05Z', new Date('2026-01-02T03:04:05Z')]) {
    const devin = await startFakeDevin({ clock, port: undefined, seedIds: undefined, seed: undefined })
    t.teardown(() => devin.close())

    t.match(await devin.clock.get(), { now: '2026-01-02T03:04:05.000000Z', frozen: true })
  }
})
