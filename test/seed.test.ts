import { join } from 'node:path'
import t, { type Test } from 'tap'
import { KeyRing } from '../src/auth/keys.ts'
import { DEFAULT_ORG_ID, DEFAULT_USER, userOf } from '../src/auth/principal.ts'
import { applySeed, readSeed } from '../src/seed.ts'
import { StartError } from '../src/start-error.ts'
import { memoryStore } from '../src/store/memory.ts'
import { Universes } from '../src/universe.ts'
import { frozenClock, NOW } from './fake.ts'

async function read(t: Test, name: string, content: string) {
  return readSeed(join(t.testdir({ [name]: content }), name))
}

/** The lines of the error, with the folder taken out. */
async function faults(t: Test, seed: unknown): Promise<string[]> {
  const folder = t.testdir({ 'seed.json': JSON.stringify(seed) })
  const error = await readSeed(join(folder, 'seed.json')).catch((error: unknown) => error)
  if (!(error instanceof StartError)) throw new Error('nothing was wrong')
  return error.message.split('\n').map((line) => line.replace(`${folder}/`, ''))
}

const inOneOrganization = (fields: object) => ({ organizations: [fields] })

t.test('a seed of YAML names organisations, their keys and their secrets', async (t) => {
  const seed = await read(
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

  t.same(seed.organizations, [
    {
      orgId: DEFAULT_ORG_ID,
      keys: [
        { key: 'apk_user_a', orgId: DEFAULT_ORG_ID },
        { key: 'apk_user_b', user: userOf('bea'), orgId: DEFAULT_ORG_ID },
      ],
      secrets: [
        {
          type: 'key-value',
          key: 'TOKEN',
          value: '',
          sensitive: true,
          note: '',
          id: undefined,
          createdAt: undefined,
        },
      ],
    },
    {
      orgId: 'org-2',
      keys: [],
      secrets: [
        {
          type: 'cookie',
          key: 'TOKEN',
          value: 's3cr3t',
          sensitive: false,
          note: 'for CI',
          id: 'secret-1',
          createdAt: 1_766_242_071_845_058,
        },
      ],
    },
  ])
})

t.test('a seed is applied with ids and times for what it leaves open', async (t) => {
  const universes = new Universes({
    store: memoryStore(),
    clock: frozenClock,
    ids: () => ({ hex: () => '0'.repeat(32), given: 0 }),
  })
  const keys = new KeyRing({ strict: true })
  const secrets = [{ key: 'ONE' }, { key: 'TWO', id: 'secret-2', created_at: '1970-01-01T00:00:01Z' }]
  const seed = await read(
    t,
    'seed.json',
    JSON.stringify({ organizations: [{ org_id: 'org-1', keys: ['apk_user_a'], secrets }] }),
  )

  await applySeed(seed, { keys, universes })

  t.same(keys.principalOf('apk_user_a'), { orgId: 'org-1', kind: 'personal', user: DEFAULT_USER })
  t.match(await universes.of('org-1').secrets.list(), [
    { key: 'ONE', id: `secret-${'0'.repeat(32)}`, createdAt: NOW },
    { key: 'TWO', id: 'secret-2', createdAt: 1_000_000 },
  ])
  t.same(await universes.of(DEFAULT_ORG_ID).secrets.list(), [])
})

t.test('every missing, unknown and mistyped field is named by its path', async (t) => {
  const secrets = [
    { value: 's3cr3t' },
    { key: 'A', type: 'password' },
    { key: 'B', value: 5 },
    { key: 'C', notes: 's3cr3t' },
  ]

  t.same(await faults(t, inOneOrganization({ secrets, id: 'org-1' })), [
    'seed.json: organizations.0.secrets.0.key: Field required',
    "seed.json: organizations.0.secrets.1.type: Input should be 'cookie', 'key-value', 'dictionary' or 'totp'",
    'seed.json: organizations.0.secrets.2.value: Input should be a valid string',
    'seed.json: organizations.0.secrets.3.notes: Extra inputs are not permitted',
    'seed.json: organizations.0.id: Extra inputs are not permitted',
  ])
})

t.test('a file without organizations is refused', async (t) => {
  t.same(await faults(t, {}), ['seed.json: organizations: Field required'])
})

t.test('two organisations of one id are refused, the default one too', async (t) => {
  t.same(await faults(t, { organizations: [{}, { org_id: 'org-1' }, { org_id: DEFAULT_ORG_ID }, {}] }), [
    'seed.json: organizations.2.org_id: the same organisation as organizations.0',
    'seed.json: organizations.3.org_id: the same organisation as organizations.0',
  ])
})

t.test('a key is refused when it is none, is there twice, or names an organisation', async (t) => {
  const organizations = [
    { keys: ['apk_user_a', 'cog_b'] },
    { org_id: 'org-1', keys: ['apk_user_a', { key: 'apk_c', org_id: 'org-2' }] },
  ]

  t.same(await faults(t, { organizations }), [
    'seed.json: organizations.0.keys.1: not a v1 key (apk_user_… or apk_…)',
    'seed.json: organizations.1.keys.0: the same key as organizations.0.keys.0',
    'seed.json: organizations.1.keys.1.org_id: Extra inputs are not permitted',
  ])
})

t.test('secrets of one organisation must differ in key and id, and have readable times', async (t) => {
  const secrets = [
    { key: 'A', id: 'secret-1' },
    { key: 'B', id: 'secret-1' },
    { key: 'A' },
    { key: 'C', created_at: 'yesterday' },
  ]

  t.same(await faults(t, inOneOrganization({ secrets })), [
    'seed.json: organizations.0.secrets.1.id: another secret of the organisation has this id',
    'seed.json: organizations.0.secrets.2.key: another secret of the organisation has this key',
    'seed.json: organizations.0.secrets.3.created_at: not an ISO 8601 time',
  ])
})
