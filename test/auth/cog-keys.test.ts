// Keys of v3: src/auth/cog-keys.ts, and their registration.
import fc from 'fast-check'
import t from 'tap'
import { mintCogKeys, parseCogKey } from '../../src/auth/cog-keys.ts'
import { KeyRegistry, type RegisteredKey } from '../../src/auth/keys.ts'
import { DEFAULT_USER, type Principal, serviceUserOf, userOf } from '../../src/auth/principal.ts'
import { randomIds, seededIds } from '../../src/base/ids.ts'
import { aPrincipal, aServicePrincipal } from '../records.ts'

const ORG = `org-${'a1'.repeat(16)}`

/** Returns the principal of a service user's open key. */
const openPrincipal = (fields: Partial<Principal> = {}) => aServicePrincipal({ generation: 'v3', ...fields })

const registered = (key: RegisteredKey) => new KeyRegistry({ keys: [key] }).principalOf(key.key)

t.test(
  'a v3 key without an organization belongs to the default service user, and is bound to none',
  async (t) => {
    const keys = new KeyRegistry()
    const real = `cog_${'a2'.repeat(26)}`

    for (const key of ['cog_x', 'cog_demo', 'cog_A-b_c.d~e+f/g=', real, real.slice(0, -1), `${real}a`]) {
      t.same(keys.principalOf(key), openPrincipal(), key)
      t.equal(keys.organizationOf(key), undefined)
    }
  },
)

t.test('a text without the form of a v3 key is not a key', async (t) => {
  for (const key of [
    '',
    'cog',
    'cog_',
    'COG_x',
    'cog-x',
    ' cog_x',
    'cog_x y',
    'cog_x,',
    'cog_é',
    'cog_"x"',
    'cog_x\n',
  ]) {
    t.equal(parseCogKey(key), undefined, JSON.stringify(key))
    t.throws(() => new KeyRegistry().register({ key }), RangeError)
  }
})

t.test(
  'v3 keys that start with wrong, invalid, expired or revoked are rejected unless registered',
  async (t) => {
    for (const key of ['cog_wrong', 'cog_invalid-1', 'cog_expired', 'cog_REVOKED']) {
      t.equal(new KeyRegistry().principalOf(key), undefined, key)
      t.ok(registered({ key }), key)
    }
  },
)

t.test('minted v3 keys have the form of real ones and contain their organization', async (t) => {
  const { personal, service } = mintCogKeys(ORG, randomIds())
  const keys = new KeyRegistry()

  for (const key of [personal, service]) {
    t.match(key, /^cog_[a-z2-7]{52}$/)
    t.equal(keys.organizationOf(key), ORG)
  }
  const user = keys.principalOf(personal)?.user
  t.match(user, { id: /^email\|[0-9a-f]{24}$/, email: /^[0-9a-f]{24}@example\.com$/ })
  t.same(
    keys.principalOf(personal),
    aPrincipal({
      generation: 'v3',
      orgId: ORG,
      isBound: true,
      user: user ?? null,
      actor: user ?? DEFAULT_USER,
    }),
  )
  const actor = keys.principalOf(service)?.actor
  t.match(actor, { id: /^service-user-[0-9a-f]{32}$/, email: null })
  t.same(keys.principalOf(service), openPrincipal({ orgId: ORG, isBound: true, ...(actor && { actor }) }))
})

t.test('every organization id with 32 hexadecimal digits can be read from its minted keys', async (t) => {
  const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 })
  fc.assert(
    fc.property(hex, fc.nat(), (digits, seed) => {
      const orgId = `org-${digits}`
      const { personal, service } = mintCogKeys(orgId, seededIds(seed, orgId))

      t.match(parseCogKey(personal), { orgId, isBound: true, kind: 'personal' })
      t.match(parseCogKey(service), { orgId, isBound: true, kind: 'service', user: null })
    }),
  )
})

t.test('minted keys are all different', async (t) => {
  const ids = randomIds()
  const keys = Array.from({ length: 20 }, () => Object.values(mintCogKeys(ORG, ids))).flat()

  t.equal(new Set(keys).size, 40)
  t.equal(new Set(keys.map((key) => parseCogKey(key)?.actor.id)).size, 40)
})

t.test('a minted key of an organization with another id belongs to it once it is registered', async (t) => {
  for (const orgId of ['org-acme', 'org-', `org-${'A'.repeat(32)}`, `${ORG}0`]) {
    const { personal, service } = mintCogKeys(orgId, randomIds())
    for (const key of [personal, service]) {
      t.match(key, /^cog_[a-z2-7]{52}$/)
      t.match(parseCogKey(key), { isBound: false })
      t.match(registered({ key, orgId }), { orgId, isBound: true })
    }
  }
})

t.test(
  'a registered v3 key is bound, by default to the organization that it contains or the default one',
  async (t) => {
    const { personal, service } = mintCogKeys(ORG, randomIds())

    t.same(registered({ key: 'cog_a' }), openPrincipal({ isBound: true }))
    t.same(registered({ key: 'cog_a', orgId: 'org-1' }), openPrincipal({ isBound: true, orgId: 'org-1' }))
    t.same(registered({ key: personal }), parseCogKey(personal))
    t.same(registered({ key: service }), parseCogKey(service))
    t.match(registered({ key: service, orgId: 'org-1' }), {
      orgId: 'org-1',
      actor: parseCogKey(service)?.actor,
    })
  },
)

t.test(
  'a registered v3 key has the given service user, or as a personal access token the given user',
  async (t) => {
    const { personal, service } = mintCogKeys(ORG, randomIds())
    const [bot, ada] = [serviceUserOf('service-user-1', 'CI'), userOf('email|ada')]

    for (const key of ['cog_a', service, personal]) {
      t.match(registered({ key, user: bot }), { kind: 'service', user: null, actor: bot })
      t.match(registered({ key, user: ada }), { kind: 'personal', user: ada, actor: ada })
    }
  },
)

t.test('a registered v1 key keeps its kind, whatever owner is given', async (t) => {
  const [bot, ada] = [serviceUserOf('service-user-1', 'CI'), userOf('email|ada')]

  t.match(registered({ key: 'apk_user_a', user: ada }), { kind: 'personal', user: ada, actor: ada })
  t.match(registered({ key: 'apk_user_a', user: bot }), { kind: 'personal', user: DEFAULT_USER })
  t.match(registered({ key: 'apk_a', user: bot }), { kind: 'service', user: null, actor: bot })
  t.same(registered({ key: 'apk_a', user: ada }), aServicePrincipal({ isBound: true }))
})

t.test('a registered v3 key has permissions, a time of expiry and a session if they are given', async (t) => {
  t.same(registered({ key: 'cog_a', permissions: ['A', 'B', 'A'] })?.permissions, new Set(['A', 'B']))
  t.same(registered({ key: 'cog_a', permissions: [] })?.permissions, new Set())
  t.match(registered({ key: 'cog_a', expiresAt: 5 }), { expiresAt: 5, permissions: null })
  t.match(registered({ key: 'cog_a', expiresAt: 0 }), { expiresAt: 0 })
  const session = { type: 'devin_brain', devinId: 'devin-1' } as const
  t.match(registered({ key: 'cog_a', session }), { session, kind: 'service' })
  t.notOk('session' in (registered({ key: 'cog_a' }) ?? {}))
})

t.test('the key of a Windsurf session belongs to a user', async (t) => {
  const session = { type: 'windsurf_session' } as const
  const ada = userOf('email|ada')

  t.match(registered({ key: 'cog_a', session }), { session, kind: 'personal', user: DEFAULT_USER })
  t.match(registered({ key: 'cog_a', session, user: ada }), { session, kind: 'personal', user: ada })
})

t.test(
  'with strict keys only registered v3 keys are valid, even if others contain an organization',
  async (t) => {
    const { service } = mintCogKeys(ORG, randomIds())
    const keys = new KeyRegistry({ strict: true, keys: [{ key: 'cog_mine' }] })

    t.ok(keys.principalOf('cog_mine'))
    t.equal(keys.principalOf('cog_other'), undefined)
    t.equal(keys.principalOf(service), undefined)
    t.equal(keys.organizationOf(service), ORG)
  },
)

t.test(
  'a revoked v3 key is invalid, and valid again after restoring the keys of its organization',
  async (t) => {
    const { service } = mintCogKeys(ORG, randomIds())
    const keys = new KeyRegistry({ keys: [{ key: 'cog_a', orgId: ORG, permissions: ['A'], expiresAt: 5 }] })
    const before = keys.capture(ORG)
    for (const key of ['cog_a', 'cog_open', service]) {
      t.ok(keys.authenticate(`Bearer ${key}`))
      keys.revoke(key)
      t.equal(keys.authenticate(`Bearer ${key}`), undefined, key)
    }

    keys.restore(before, ORG)

    t.match(keys.principalOf('cog_a'), { permissions: new Set(['A']), expiresAt: 5 })
    t.ok(keys.principalOf(service))
    t.equal(keys.principalOf('cog_open'), undefined, 'a key of the default organization')
  },
)
