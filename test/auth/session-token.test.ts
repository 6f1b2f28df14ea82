import t from 'tap'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, DEFAULT_USER, userOf } from '../../src/auth/principal.ts'

const TOKEN = 'devin-session-token$eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln-nat_ure'

t.test('a credential of the command line is the key of a session of Windsurf', async (t) => {
  const keys = new KeyRegistry()

  t.match(keys.principalOf(TOKEN), {
    generation: 'v3',
    orgId: DEFAULT_ORG_ID,
    isBound: false,
    kind: 'personal',
    user: DEFAULT_USER,
    session: { type: 'windsurf_session' },
  })
  t.ok(keys.authenticate(`Bearer ${TOKEN}`))
})

t.test('a credential of the command line needs its prefix and a token', async (t) => {
  const keys = new KeyRegistry()
  const [prefix = '', jwt = ''] = TOKEN.split('$')

  for (const key of [jwt, prefix, `${prefix}$`, `${prefix}${jwt}`, `${TOKEN} x`, `x${TOKEN}`]) {
    t.equal(keys.principalOf(key), undefined, key)
  }
  t.equal(keys.principalOf(`${prefix}$expired`), undefined, 'rejected as other keys')
})

t.test('a registered credential of the command line belongs to its owner, and needs no type', async (t) => {
  const ada = userOf('email|ada')
  const keys = new KeyRegistry({
    strict: true,
    keys: [{ key: TOKEN, orgId: 'org-1', user: ada, permissions: ['A'] }],
  })

  t.match(keys.principalOf(TOKEN), {
    orgId: 'org-1',
    isBound: true,
    user: ada,
    permissions: new Set(['A']),
    session: { type: 'windsurf_session' },
  })
  t.equal(keys.principalOf(`${TOKEN}2`), undefined, 'another one, with strict keys')
})
