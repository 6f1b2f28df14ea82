import { join } from 'node:path'
import t, { type Test } from 'tap'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, userOf } from '../../src/auth/principal.ts'
import { randomIds } from '../../src/base/ids.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { startServer } from '../../src/server/start.ts'
import { DEFAULT_CONFIG } from '../../src/settings/config.ts'
import { seedFrom } from '../../src/settings/seed.ts'
import { StartError } from '../../src/settings/start-error.ts'
import { StateService } from '../../src/state/service.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock, NOW } from '../fake.ts'
import { aPrincipal } from '../records.ts'

function aServer() {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const keys = new KeyRegistry({ strict: true })
  return { organizations, keys, stateService: new StateService({ organizations, keys }) }
}

async function seed(t: Test, name: string, content: string) {
  const server = aServer()
  await seedFrom(join(t.testdir({ [name]: content }), name), server.stateService)
  return server
}

/** Returns the lines of the error for an invalid seed, without the folder. Checks that the state is unchanged. */
async function flaws(t: Test, content: unknown, name = 'seed.json'): Promise<string[]> {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  const folder = t.testdir({ [name]: text })
  const { stateService } = aServer()
  const before = await stateService.capture()
  const error = await seedFrom(join(folder, name), stateService).catch((error: unknown) => error)
  if (!(error instanceof StartError)) throw new Error('nothing was wrong')
  t.same(await stateService.capture(), before, 'the state is unchanged')
  return error.message.split('\n').map((line) => line.replace(`${folder}/`, ''))
}

const inOneOrganization = (fields: object) => ({ organizations: [fields] })

t.test('a YAML seed adds organizations, their keys and their secrets', async (t) => {
  const { organizations, keys } = await seed(
    t,
    'seed.yaml',
    `organizations:
  - name: Acme
    keys:
      - apk_user_a
      - { key: apk_user_b, user_id: bea }
    secrets:
      - key: TOKEN
  - org_id: org-2
    secrets:
      - key: TOKEN
        type: cookie
        value: s3cr3t
        sensitive: false
        note: for CI
        id: secret-1
        created_at: 2025-12-20T14:47:51.845058Z
`,
  )

  t.same([...keys.capture().registered.keys()], ['apk_user_a', 'apk_user_b'])
  t.same(keys.principalOf('apk_user_a'), aPrincipal({ isBound: true }))
  t.match(keys.principalOf('apk_user_b'), { user: userOf('bea'), orgId: DEFAULT_ORG_ID })
  t.equal(organizations.get(DEFAULT_ORG_ID).name, 'Acme')
  const [open] = await organizations.get(DEFAULT_ORG_ID).secrets.list()
  t.match(open?.id, /^secret-[0-9a-f]{32}$/)
  t.same(open, {
    type: 'key-value',
    key: 'TOKEN',
    value: '',
    sensitive: true,
    note: null,
    id: open?.id,
    createdAt: NOW,
    createdBy: null,
  })
  t.same(await organizations.get('org-2').secrets.list(), [
    {
      type: 'cookie',
      key: 'TOKEN',
      value: 's3cr3t',
      sensitive: false,
      note: 'for CI',
      id: 'secret-1',
      createdAt: 1_766_242_071_845_058,
      createdBy: null,
    },
  ])
})

t.test(
  'every missing, unknown and mistyped field is reported with its path, and unknown fields with a suggestion',
  async (t) => {
    const secrets = [
      { value: 's3cr3t' },
      { key: 'A', type: 'password' },
      { key: 'B', value: 5 },
      { key: 'C', notes: 's3cr3t' },
    ]

    t.same(await flaws(t, inOneOrganization({ secrets, id: 'org-1', sesions: [] })), [
      'seed.json: organizations.0.secrets.0.key: Field required',
      "seed.json: organizations.0.secrets.1.type: Input should be 'cookie', 'key-value', 'dictionary' or 'totp'",
      'seed.json: organizations.0.secrets.2.value: Input should be a valid string',
      'seed.json: organizations.0.secrets.3.notes: Extra inputs are not permitted; did you mean note?',
      'seed.json: organizations.0.id: Extra inputs are not permitted',
      'seed.json: organizations.0.sesions: Extra inputs are not permitted; did you mean sessions?',
    ])
  },
)

t.test('unknown fields in rules, keys and sessions also have a suggestion', async (t) => {
  const sessions = [{ prompt: 'x', scenario: { steps: [{ mesage: 'hi' }] } }]
  const scenarios = [{ nmae: 'a', scenario: 'never' }]

  t.same(await flaws(t, { ...inOneOrganization({ keys: [{ key: 'apk_a', user_ids: 'x' }] }), scenarios }), [
    'seed.json: scenarios.0.nmae: Extra inputs are not permitted; did you mean name?',
    'seed.json: organizations.0.keys.0.user_ids: Extra inputs are not permitted; did you mean user_id?',
  ])
  t.same(await flaws(t, inOneOrganization({ sessions, clock: { nwo: 1 } })), [
    'seed.json: organizations.0.clock.nwo: Extra inputs are not permitted; did you mean now?',
  ])
  t.same(
    await flaws(t, inOneOrganization({ sessions: [...sessions, { prompt: 'x', messages: [{ txt: 1 }] }] })),
    [
      'seed.json: organizations.0.sessions.1.messages.0.text: Field required',
      'seed.json: organizations.0.sessions.1.messages.0.txt: Extra inputs are not permitted; did you mean text?',
    ],
  )
  const pull_request = { url: 'x', ulr: 'x' }
  t.same(
    await flaws(
      t,
      inOneOrganization({ sessions: [{ prompt: 'x', events: [{ effect: { pull_request } }] }] }),
    ),
    [
      'seed.json: organizations.0.sessions.0.events.0.effect.pull_request.ulr: Extra inputs are not permitted; did you mean url?',
    ],
  )
  t.same(await flaws(t, inOneOrganization({ sessions })), [
    'seed.json: organizations.0.sessions.0.scenario.steps.0.mesage: Extra inputs are not permitted; did you mean message?',
  ])
})

t.test('a seed without organizations, and a seed that is not an object, are rejected', async (t) => {
  t.same(await flaws(t, {}), ['seed.json: organizations: Field required'])
  for (const content of ['[]', '- 1', '- { key: TOKEN, value: x }', 'text']) {
    t.same(
      await flaws(t, content, 'seed.yaml'),
      ['seed.yaml: Input should be a valid dictionary or object to extract fields from'],
      content,
    )
  }
})

t.test('organizations with the same id are rejected, including the default id', async (t) => {
  t.same(await flaws(t, { organizations: [{}, { org_id: 'org-1' }, { org_id: DEFAULT_ORG_ID }, {}] }), [
    'seed.json: organizations.2.org_id: the same org_id as that of organizations.0',
    'seed.json: organizations.3.org_id: the same org_id as that of organizations.0',
  ])
})

t.test('an invalid key, a duplicate key and a key with an organization are rejected', async (t) => {
  const organizations = [
    { keys: ['apk_user_a', 'sk_b'] },
    { org_id: 'org-1', keys: ['apk_user_a', { key: 'apk_c', org_id: 'org-2' }, 5] },
  ]

  t.same(await flaws(t, { organizations }), [
    'seed.json: organizations.0.keys.1: not a key (apk_user_…, apk_…, cog_… or devin-session-token$…)',
    'seed.json: organizations.1.keys.0.key: the same key as that of organizations.0.keys.0',
    'seed.json: organizations.1.keys.1.org_id: Extra inputs are not permitted',
    'seed.json: organizations.1.keys.2: Input should be a valid dictionary or object to extract fields from',
  ])
})

t.test('secrets of an organization need unique keys and ids, and valid times', async (t) => {
  const secrets = [
    { key: 'A', id: 'secret-1' },
    { key: 'B', id: 'secret-1' },
    { key: 'A' },
    { key: 'C', created_at: 'yesterday' },
  ]

  t.same(await flaws(t, inOneOrganization({ secrets: secrets.slice(0, 3) })), [
    'seed.json: organizations.0.secrets.1.id: the same id as that of organizations.0.secrets.0',
    'seed.json: organizations.0.secrets.2.key: the same key as that of organizations.0.secrets.0',
  ])
  t.match(await flaws(t, inOneOrganization({ secrets })), [
    /^seed\.json: organizations\.0\.secrets\.3\.created_at: Input should be a valid datetime or date, /,
  ])
})

t.test('errors contain neither keys nor values of secrets', async (t) => {
  const organizations = [
    { keys: ['apk_hidden', 'apk_hidden', 'hidden', { key: 5, user_id: 'hidden' }], clock: { now: 'hidden' } },
    {
      secrets: [{ value: 'hidden' }, { key: 'A', value: ['hidden'] }, { key: 'B', id: '/', value: 'hidden' }],
    },
  ]

  t.notMatch(await flaws(t, { organizations, revoked_keys: 'apk_hidden' }), /hidden/)
  t.notMatch(
    await flaws(t, { organizations: organizations.slice(0, 1).map(({ keys }) => ({ keys })) }),
    /hidden/,
  )
})

t.test(
  'the rules of a seed are added to existing rules, and rules and sessions can refer to those',
  async (t) => {
    const { organizations, stateService } = aServer()
    organizations.scenarios.add({ name: 'mine', match: undefined, scenario: { steps: [{ acus: 5 }] } })
    const folder = t.testdir({
      'seed.json': JSON.stringify({
        scenarios: [
          { name: 'theirs', scenario: 'mine' },
          { match: { prompt: 'x' }, scenario: 'theirs' },
        ],
        organizations: [{ sessions: [{ prompt: 'x' }, { prompt: 'y', scenario: 'mine' }] }],
      }),
    })

    await seedFrom(join(folder, 'seed.json'), stateService)

    t.match(organizations.scenarios.list(), [
      { name: 'mine' },
      { name: 'theirs' },
      { match: { prompt: 'x' } },
    ])
    const scenario = { steps: [{ acus: 5 }] }
    t.match(await organizations.get(DEFAULT_ORG_ID).sessions.list(), [{ scenario }, { scenario }])
  },
)

t.test('keys and revoked keys of a seed are added to the existing ones', async (t) => {
  const { keys, stateService } = aServer()
  keys.register({ key: 'apk_file' })
  keys.revoke('apk_old')
  const folder = t.testdir({
    'seed.json': '{"organizations": [{"keys": ["apk_a"]}], "revoked_keys": ["apk_file"]}',
  })

  await seedFrom(join(folder, 'seed.json'), stateService)

  t.equal(keys.principalOf('apk_file'), undefined)
  const { registered, revoked } = keys.capture()
  t.same([...registered.keys()], ['apk_file', 'apk_a'])
  t.same([...revoked], ['apk_old', 'apk_file'])
})

t.test('the example seed has fifty sessions in various states', async (t) => {
  const seedFile = new URL('../../examples/seed.yaml', import.meta.url).pathname
  const server = await startServer({ ...DEFAULT_CONFIG, port: 0, logLevel: 'silent', seedFile })
  t.teardown(() => server.close())
  const get = async (path: string) => {
    const headers = { authorization: `Bearer ${server.key}` }
    return (await server.app.inject({ url: path, headers })).json()
  }

  const { sessions } = await get('/v1/sessions')

  t.equal(sessions.length, 50)
  const count = (status: string) =>
    sessions.filter(({ status_enum }: { status_enum: string }) => status_enum === status).length
  t.same(['finished', 'blocked', 'working', 'expired'].map(count), [20, 10, 15, 5])
  t.match(sessions[0], { title: 'Refactoring 3', status_enum: 'working' })
  t.match(sessions.at(-1), { title: 'Try idea 1', tags: ['idea'], status_enum: 'expired' })
  t.equal((await get('/v1/sessions?tags=chore')).sessions.length, 10)
  t.match(await get('/v1/secrets'), [{ key: 'NPM_TOKEN' }, { key: 'LOGIN', type: 'cookie' }])
  t.equal((await get('/v1/knowledge')).knowledge.length, 1)
  t.match(await get('/v1/playbooks'), [{ macro: '!bug' }])
})

t.test('a file of keys or rules given as a seed is rejected with the right flag', async (t) => {
  const keys = 'seed.yaml: is a file of keys, not a seed: give it as --keys'
  const rules = 'seed.yaml: is a file of scenario rules, not a seed: give it as --scenarios'
  for (const [content, flaw] of [
    ['apk_user_a org-1\napk_b\n', keys],
    ['- apk_user_a\n', keys],
    ['[{"key": "apk_user_a"}]', keys],
    ['keys: [apk_user_a]', keys],
    ['- { match: { prompt: x }, scenario: never }', rules],
  ] as const) {
    t.same(await flaws(t, content, 'seed.yaml'), [flaw], content)
  }
})
