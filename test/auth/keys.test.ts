import t from 'tap'
import { mintApkKeys } from '../../src/auth/apk-keys.ts'
import { bearerKey } from '../../src/auth/credentials.ts'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, ENTERPRISE_ID } from '../../src/auth/principal.ts'
import { randomIds } from '../../src/base/ids.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { StoreFullError } from '../../src/store/types.ts'
import { aPrincipal, aServicePrincipal } from '../records.ts'

const ORG = `org-${'a1'.repeat(16)}`
const base64 = (text: string) => Buffer.from(text).toString('base64')

t.test(
  'without strict keys any personal key belongs to the default user of the default organization',
  async (t) => {
    const keys = new KeyRegistry()

    t.same(keys.principalOf('apk_user_x'), aPrincipal())
  },
)

t.test('without strict keys any service key is valid and has no user', async (t) => {
  t.same(new KeyRegistry().principalOf('apk_x'), aServicePrincipal())
})

t.test('a key in the form of a real one belongs to the organization and user that it contains', async (t) => {
  const keys = new KeyRegistry()
  const secret = '0'.repeat(32)
  const user = { id: 'email|0123456789_x', email: '0123456789_x@example.com', name: 'User 0123456789_x' }

  const personal = keys.principalOf(`apk_user_${base64(`email|0123456789_x_${ORG}:${secret}`)}`)
  const service = keys.principalOf(`apk_${base64(`${ORG}:${secret}`)}`)

  t.same(personal, aPrincipal({ orgId: ORG, isBound: true, user, actor: user }))
  t.same(service, aServicePrincipal({ orgId: ORG, isBound: true }))
})

t.test('a key without the form of a key is invalid', async (t) => {
  const keys = new KeyRegistry()
  const bad = [
    '',
    'apk',
    'apk_',
    'apk_user_',
    'not-a-key',
    'Apk_x',
    'apk_x,',
    'apk_x y',
    ' apk_x',
    'apk_é',
    'apk_"x"',
  ]
  for (const key of bad) t.equal(keys.principalOf(key), undefined, key)
})

t.test('keys that start with wrong, invalid, expired or revoked are rejected', async (t) => {
  const keys = new KeyRegistry()
  for (const key of ['apk_wrong', 'apk_user_wrong', 'apk_invalid-1', 'apk_user_expired', 'apk_REVOKED']) {
    t.equal(keys.principalOf(key), undefined, key)
  }
})

t.test('with strict keys only registered keys are valid', async (t) => {
  const keys = new KeyRegistry({ strict: true, keys: [{ key: 'apk_user_mine' }] })

  t.ok(keys.principalOf('apk_user_mine'))
  t.equal(keys.principalOf('apk_user_other'), undefined)
})

t.test(
  'a registered key has the registered organization and user, but a service key has no user',
  async (t) => {
    const user = { id: 'user-1', email: 'ada@example.com', name: 'Ada' }
    const keys = new KeyRegistry({
      keys: [
        { key: 'apk_user_a', orgId: ORG, user },
        { key: 'apk_b', orgId: ORG, user },
      ],
    })

    t.same(keys.principalOf('apk_user_a'), aPrincipal({ orgId: ORG, isBound: true, user, actor: user }))
    t.same(keys.principalOf('apk_b'), aServicePrincipal({ orgId: ORG, isBound: true }))
  },
)

t.test('a registered key is valid even if it starts with wrong', async (t) => {
  t.ok(new KeyRegistry({ keys: [{ key: 'apk_wrong' }] }).principalOf('apk_wrong'))
})

t.test('a key without the form of a key cannot be registered', async (t) => {
  t.throws(() => new KeyRegistry({ keys: [{ key: 'sk_abc' }] }), RangeError)
})

t.test('a revoked key is invalid, whether it was registered or used before', async (t) => {
  const keys = new KeyRegistry({ keys: [{ key: 'apk_a' }] })
  t.ok(keys.principalOf('apk_a'))
  t.ok(keys.principalOf('apk_b'))

  for (const key of ['apk_a', 'apk_b', 'apk_c']) keys.revoke(key)

  for (const key of ['apk_a', 'apk_b', 'apk_c']) t.equal(keys.principalOf(key), undefined, key)
})

t.test('a key that is registered after its first use gets the registered owner', (t) => {
  const keys = new KeyRegistry()
  t.equal(keys.authenticate('Bearer cog_a')?.permissions, null)

  keys.register({ key: 'cog_a', permissions: ['Read'] })

  t.same(keys.authenticate('Bearer cog_a')?.permissions, new Set(['Read']))
  t.end()
})

t.test('clearing the cache does not change the owner of a key', async (t) => {
  const keys = new KeyRegistry({ keys: [{ key: 'apk_a', orgId: ORG }] })
  keys.authenticate('Bearer apk_a')

  for (let i = 0; i < 10_001; i++) keys.authenticate(`Bearer apk_${i}`)

  t.equal(keys.authenticate('Bearer apk_a')?.orgId, ORG)
  t.equal(keys.authenticate('Bearer apk_10000')?.orgId, DEFAULT_ORG_ID)
})

t.test('a header authenticates the principal of its key while the key is valid', async (t) => {
  const keys = new KeyRegistry()

  t.same(keys.authenticate('bearer apk_a'), keys.principalOf('apk_a'))
  for (const header of [undefined, '', 'apk_a', 'Basic apk_a', 'Bearer ', 'Bearer sk_a']) {
    t.equal(keys.authenticate(header), undefined, String(header))
  }

  keys.revoke('apk_a')
  t.equal(keys.authenticate('bearer apk_a'), undefined, 'even if it was valid before')
})

t.test('minted keys have the form of real ones and contain their owner', async (t) => {
  const { personal, service } = mintApkKeys(ORG, randomIds())
  const keys = new KeyRegistry()

  t.match(personal, /^apk_user_/)
  t.match(service, /^apk_(?!user_)/)
  const owner = keys.principalOf(personal)
  t.match(owner?.user?.id, /^email\|[0-9a-f]{24}$/)
  t.match(owner, { orgId: ORG, isBound: true, kind: 'personal', actor: owner?.user })
  t.same(keys.principalOf(service), aServicePrincipal({ orgId: ORG, isBound: true }))
})

t.test('captured keys can be restored, even if they were used in between', async (t) => {
  const keys = new KeyRegistry({ strict: true, keys: [{ key: 'apk_a' }, { key: 'apk_b' }] })
  keys.revoke('apk_b')
  const state = keys.capture()
  keys.register({ key: 'apk_c' })
  keys.revoke('apk_a')
  t.equal(keys.principalOf('apk_a'), undefined)
  t.ok(keys.principalOf('apk_c'))

  keys.restore(state)

  t.ok(keys.principalOf('apk_a'))
  for (const key of ['apk_b', 'apk_c']) t.equal(keys.principalOf(key), undefined, key)
})

t.test('the captured keys of one organization exclude those of others', async (t) => {
  const minted = mintApkKeys(ORG, randomIds())
  const keys = new KeyRegistry({ keys: [{ key: 'apk_a', orgId: ORG }, { key: 'apk_b' }] })
  for (const key of ['apk_a', 'apk_b', minted.service]) keys.revoke(key)

  const { registered, revoked } = keys.capture(ORG)

  t.same([...registered.keys()], ['apk_a'])
  t.same([...revoked], ['apk_a', minted.service])
})

t.test('restoring one organization keeps the keys of others and all registrations', async (t) => {
  const keys = new KeyRegistry({ strict: true, keys: [{ key: 'apk_a', orgId: ORG }, { key: 'apk_b' }] })
  const state = keys.capture()
  keys.register({ key: 'apk_c', orgId: ORG })
  for (const key of ['apk_a', 'apk_b']) keys.revoke(key)

  keys.restore(state, ORG)

  t.ok(keys.principalOf('apk_a'))
  t.ok(keys.principalOf('apk_c'))
  t.equal(keys.principalOf('apk_b'), undefined)
  const captured = keys.capture()
  const other = new KeyRegistry({ strict: true })
  other.restore(captured, ORG)
  t.same([...other.capture().registered.keys()], ['apk_a', 'apk_c'])
})

t.test('a key of any length is valid, but a very long one is not cached', async (t) => {
  const keys = new KeyRegistry()
  const long = `apk_${'a'.repeat(60_000)}`

  const [first, second] = [keys.authenticate(`Bearer ${long}`), keys.authenticate(`Bearer ${long}`)]

  t.same(first, keys.principalOf('apk_a'))
  t.not(first, second)
  t.equal(keys.authenticate('Bearer apk_a'), keys.authenticate('Bearer apk_a'))
})

t.test('organizationOf returns the organization that a key is registered for or contains', async (t) => {
  const keys = new KeyRegistry({ keys: [{ key: 'apk_user_a', orgId: ORG }] })
  const minted = mintApkKeys(ORG, randomIds())

  t.equal(keys.organizationOf('apk_user_a'), ORG)
  t.equal(keys.organizationOf(minted.personal), ORG)
  t.equal(keys.organizationOf(minted.service), ORG)
  t.equal(keys.organizationOf('apk_user_b'), undefined, 'a key without an organization has no owner')
  t.equal(keys.organizationOf('sk_x'), undefined)
})

t.test('restoring one organization skips a key that now belongs to another', async (t) => {
  const keys = new KeyRegistry({ keys: [{ key: 'apk_user_a', orgId: ORG }] })
  const before = keys.capture(ORG)
  keys.register({ key: 'apk_user_a', orgId: 'org-other' })

  keys.restore(before, ORG)

  t.equal(keys.principalOf('apk_user_a')?.orgId, 'org-other')
  keys.restore(before)
  t.equal(keys.principalOf('apk_user_a')?.orgId, ORG)
})

t.test('attach counts the memory of keys and releases it', async (t) => {
  const store = memoryStore({ bytes: 2_000 })
  const keys = new KeyRegistry({ keys: [{ key: 'apk_a' }] })
  const before = keys.capture()
  keys.attach(store)

  t.throws(() => store.quota.ensure(1_900), StoreFullError)
  keys.register({ key: 'apk_a' })
  store.quota.ensure(1_600)
  keys.register({ key: 'apk_c' })
  t.throws(() => store.quota.ensure(1_600), StoreFullError)
  t.equal(keys.additionalBytes(keys.capture()), 0)
  for (let n = 0; n < 10; n++) keys.revoke('apk_b')
  t.throws(() => keys.revoke(`apk_${'x'.repeat(2_000)}`), StoreFullError)
  t.ok(keys.principalOf(`apk_${'x'.repeat(2_000)}`))
  keys.restore({ ...before, registered: new Map() })
  store.quota.ensure(2_000)
})

t.test('additionalBytes counts only keys of the organization that are missing', async (t) => {
  const keys = new KeyRegistry()
  for (const [key, orgId] of [
    ['apk_a1', 'org-a'],
    ['apk_a2', 'org-a'],
    ['apk_b1', 'org-b'],
  ] as const) {
    keys.register({ key, orgId })
  }
  keys.revoke('apk_a2')
  const state = keys.capture()
  const other = new KeyRegistry()
  for (const key of ['apk_a1', 'apk_a2']) other.register({ key, orgId: 'org-a' })

  t.equal(keys.additionalBytes(state, 'org-a'), 0)
  t.equal(new KeyRegistry().additionalBytes(keys.capture('org-a'), 'org-c'), 0)
  const added = new KeyRegistry().additionalBytes(state, 'org-b')
  t.ok(added > 0)
  t.equal(other.additionalBytes(state, 'org-a'), added, 'only the revocation')
  other.revoke('apk_a2')
  t.equal(other.additionalBytes(state, 'org-a'), 0)
})

t.test('the scheme of a bearer header is case-insensitive', async (t) => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'BeArEr'])
    t.equal(bearerKey(`${scheme} apk_x`), 'apk_x')
})

t.test('a second space is part of the key', async (t) => {
  t.equal(bearerKey('Bearer  apk_x'), ' apk_x')
  t.equal(bearerKey('Bearer apk_x extra'), 'apk_x extra')
})

t.test('a header without usable bearer credentials has no key', async (t) => {
  const headers = [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer   ',
    'apk_x',
    'Bearer\tapk_x',
    'Bearer:apk_x',
    'Bearer, apk_x',
    'Basic abc',
    'Token apk_x',
  ]
  for (const header of headers) t.equal(bearerKey(header), undefined, String(header))
})

t.test('keys are revoked together, or none of them', async (t) => {
  const { quota } = memoryStore({ bytes: 1_000 })
  const keys = new KeyRegistry()
  keys.attach({ quota })

  t.throws(() => keys.revokeEach(['cog_1', 'cog_2', 'cog_3', 'cog_4']), StoreFullError)
  t.ok(keys.principalOf('cog_1'))
  keys.revokeEach(['cog_1', 'cog_2', 'cog_2'])
  t.same([keys.principalOf('cog_1'), keys.principalOf('cog_2')], [undefined, undefined])
  t.ok(keys.principalOf('cog_3'))
})

t.test(
  'a key with roles belongs to its organization only as long as all its roles are in that organization',
  async (t) => {
    const inOrg = { roleId: 'org_viewer', orgId: ORG }
    const inEnterprise = { roleId: 'account_member', orgId: null }
    const registered = (orgId: string, ...roles: (typeof inOrg | typeof inEnterprise)[]) =>
      new KeyRegistry({ keys: [{ key: 'cog_a', orgId, roles }] }).principalOf('cog_a')

    t.match(registered(ORG, inOrg), { isBound: true, roles: [inOrg] })
    t.match(registered(ORG), { isBound: true, permissions: new Set() })
    t.match(registered(ORG, inOrg, inEnterprise), { isBound: false })
    t.match(registered(ENTERPRISE_ID, inOrg), { isBound: false, permissions: new Set() })
    t.match(registered(ENTERPRISE_ID, inEnterprise), { permissions: new Set(['ReadAccountMeta']) })
  },
)

t.test('all registered keys of an organization can be revoked', async (t) => {
  const keys = new KeyRegistry({
    keys: [
      { key: 'cog_a', orgId: ORG },
      { key: 'cog_b', orgId: ORG },
      { key: 'cog_c', orgId: ENTERPRISE_ID },
    ],
  })

  keys.revokeAll(ORG)

  t.same(
    ['cog_a', 'cog_b', 'cog_c'].map((key) => keys.principalOf(key)?.orgId),
    [undefined, undefined, ENTERPRISE_ID],
  )
  t.throws(() => keys.register({ key: 'apk_x', orgId: ENTERPRISE_ID }), RangeError)
})

t.test('a key of a service user that a restored state does not have is not an open key', async (t) => {
  const keys = new KeyRegistry()
  const before = keys.capture()
  const registered = (number: number) => ({ key: `cog_${number}`, orgId: ORG, roles: [] })
  keys.register(registered(0))

  keys.restore(before)
  t.equal(keys.principalOf('cog_0'), undefined)
  keys.register(registered(0))
  t.ok(keys.principalOf('cog_0'))

  for (let number = 1; number <= 10_000; number++) keys.register(registered(number))
  keys.restore(before, ORG)
  t.equal(keys.principalOf('cog_10000'), undefined)
  t.match(keys.principalOf('cog_0'), { permissions: null }, 'the oldest are forgotten')
})
