import t from 'tap'
import { KeyRegistry, mintKeys } from '../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, DEFAULT_USER } from '../../src/auth/principal.ts'
import { randomIds } from '../../src/base/ids.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { StoreFullError } from '../../src/store/types.ts'

const ORG = `org-${'a1'.repeat(16)}`
const base64 = (text: string) => Buffer.from(text).toString('base64')

t.test('open keys take any personal key, for the default user of the default organization', async (t) => {
  const keys = new KeyRegistry()

  t.same(keys.principalOf('apk_user_x'), { orgId: DEFAULT_ORG_ID, kind: 'personal', user: DEFAULT_USER })
})

t.test('open keys take any service key, which has no user', async (t) => {
  t.same(new KeyRegistry().principalOf('apk_x'), { orgId: DEFAULT_ORG_ID, kind: 'service', user: null })
})

t.test('a key in the shape of a real one belongs to the organization and user it names', async (t) => {
  const keys = new KeyRegistry()
  const secret = '0'.repeat(32)
  const user = { id: 'email|0123456789_x', email: '0123456789_x@example.com', name: 'User 0123456789_x' }

  const personal = keys.principalOf(`apk_user_${base64(`email|0123456789_x_${ORG}:${secret}`)}`)
  const service = keys.principalOf(`apk_${base64(`${ORG}:${secret}`)}`)

  t.same(personal, { orgId: ORG, kind: 'personal', user })
  t.same(service, { orgId: ORG, kind: 'service', user: null })
})

t.test('a key that is not shaped like a v1 key is no good', async (t) => {
  const keys = new KeyRegistry()
  const bad = [
    '',
    'apk',
    'apk_',
    'apk_user_',
    'cog_abc',
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

t.test('open keys refuse the tails that are there to try a 403 with', async (t) => {
  const keys = new KeyRegistry()
  for (const key of ['apk_wrong', 'apk_user_wrong', 'apk_invalid-1', 'apk_user_expired', 'apk_REVOKED']) {
    t.equal(keys.principalOf(key), undefined, key)
  }
})

t.test('strict keys take registered keys only', async (t) => {
  const keys = new KeyRegistry({ strict: true, keys: [{ key: 'apk_user_mine' }] })

  t.ok(keys.principalOf('apk_user_mine'))
  t.equal(keys.principalOf('apk_user_other'), undefined)
})

t.test('a registered key belongs where its registration says; a service key has no user', async (t) => {
  const user = { id: 'user-1', email: 'ada@example.com', name: 'Ada' }
  const keys = new KeyRegistry({
    keys: [
      { key: 'apk_user_a', orgId: ORG, user },
      { key: 'apk_b', orgId: ORG, user },
    ],
  })

  t.same(keys.principalOf('apk_user_a'), { orgId: ORG, kind: 'personal', user })
  t.same(keys.principalOf('apk_b'), { orgId: ORG, kind: 'service', user: null })
})

t.test('a registered key may have a tail that open keys refuse', async (t) => {
  t.ok(new KeyRegistry({ keys: [{ key: 'apk_wrong' }] }).principalOf('apk_wrong'))
})

t.test('a key that is not shaped like a v1 key cannot be registered', async (t) => {
  t.throws(() => new KeyRegistry({ keys: [{ key: 'cog_abc' }] }), RangeError)
})

t.test('a revoked key is no good any more, registered or not, used before or not', async (t) => {
  const keys = new KeyRegistry({ keys: [{ key: 'apk_a' }] })
  t.ok(keys.principalOf('apk_a'))
  t.ok(keys.principalOf('apk_b'))

  for (const key of ['apk_a', 'apk_b', 'apk_c']) keys.revoke(key)

  for (const key of ['apk_a', 'apk_b', 'apk_c']) t.equal(keys.principalOf(key), undefined, key)
})

t.test('many different keys do not make the ring forget whose they are', async (t) => {
  const keys = new KeyRegistry({ keys: [{ key: 'apk_a', orgId: ORG }] })
  keys.holderOf('Bearer apk_a')

  for (let i = 0; i < 10_001; i++) keys.holderOf(`Bearer apk_${i}`)

  t.equal(keys.holderOf('Bearer apk_a')?.orgId, ORG)
  t.equal(keys.holderOf('Bearer apk_10000')?.orgId, DEFAULT_ORG_ID)
})

t.test('a header brings the key that it names, as long as that is good', async (t) => {
  const keys = new KeyRegistry()

  t.same(keys.holderOf('bearer apk_a'), keys.principalOf('apk_a'))
  for (const header of [undefined, '', 'apk_a', 'Basic apk_a', 'Bearer ', 'Bearer cog_a']) {
    t.equal(keys.holderOf(header), undefined, String(header))
  }

  keys.revoke('apk_a')
  t.equal(keys.holderOf('bearer apk_a'), undefined, 'also when it was good before')
})

t.test('minted keys look like real ones, and say whose they are', async (t) => {
  const { personal, service } = mintKeys(ORG, randomIds())
  const keys = new KeyRegistry()

  t.match(personal, /^apk_user_/)
  t.match(service, /^apk_(?!user_)/)
  t.match(keys.principalOf(personal), { orgId: ORG, kind: 'personal', user: { id: /^email\|[0-9a-f]{24}$/ } })
  t.match(keys.principalOf(service), { orgId: ORG, kind: 'service', user: null })
})

t.test('what was captured can be restored, also where it was used in between', async (t) => {
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

t.test('what is captured of one organization is its own', async (t) => {
  const minted = mintKeys(ORG, randomIds())
  const keys = new KeyRegistry({ keys: [{ key: 'apk_a', orgId: ORG }, { key: 'apk_b' }] })
  for (const key of ['apk_a', 'apk_b', minted.service]) keys.revoke(key)

  const { registered, revoked } = keys.capture(ORG)

  t.same([...registered.keys()], ['apk_a'])
  t.same([...revoked], ['apk_a', minted.service])
})

t.test('what is restored of one organization leaves the others, and every registration', async (t) => {
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

t.test('a key of any length is good, and one that is very long is not remembered', async (t) => {
  const keys = new KeyRegistry()
  const long = `apk_${'a'.repeat(60_000)}`

  const [first, second] = [keys.holderOf(`Bearer ${long}`), keys.holderOf(`Bearer ${long}`)]

  t.same(first, keys.principalOf('apk_a'))
  t.not(first, second)
  t.equal(keys.holderOf('Bearer apk_a'), keys.holderOf('Bearer apk_a'))
})

t.test('ownerOf: the organization that a key is registered for, or that its text carries', async (t) => {
  const keys = new KeyRegistry({ keys: [{ key: 'apk_user_a', orgId: ORG }] })
  const minted = mintKeys(ORG, randomIds())

  t.equal(keys.ownerOf('apk_user_a'), ORG)
  t.equal(keys.ownerOf(minted.personal), ORG)
  t.equal(keys.ownerOf(minted.service), ORG)
  t.equal(keys.ownerOf('apk_user_b'), undefined, 'a key that names none is anybody’s')
  t.equal(keys.ownerOf('cog_x'), undefined)
})

t.test('restore: a key that has become another organization’s stays with it', async (t) => {
  const keys = new KeyRegistry({ keys: [{ key: 'apk_user_a', orgId: ORG }] })
  const before = keys.capture(ORG)
  keys.register({ key: 'apk_user_a', orgId: 'org-other' })

  keys.restore(before, ORG)

  t.equal(keys.principalOf('apk_user_a')?.orgId, 'org-other')
  keys.restore(before)
  t.equal(keys.principalOf('apk_user_a')?.orgId, ORG)
})

t.test('countIn: what keys take is counted from then on, and given back', async (t) => {
  const store = memoryStore({ bytes: 2_000 })
  const keys = new KeyRegistry({ keys: [{ key: 'apk_a' }] })
  const before = keys.capture()
  keys.countIn(store.quota)

  t.throws(() => store.quota.demand(1_900), StoreFullError)
  keys.register({ key: 'apk_a' })
  for (let n = 0; n < 10; n++) keys.revoke('apk_b')
  t.throws(() => keys.revoke(`apk_${'x'.repeat(2_000)}`), StoreFullError)
  t.ok(keys.principalOf(`apk_${'x'.repeat(2_000)}`))
  keys.restore({ ...before, registered: new Map() })
  store.quota.demand(2_000)
})

t.test(
  'to restore the keys of one organization takes room for those alone that are not there yet',
  async (t) => {
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

    t.equal(keys.bytesMoreWith(state, 'org-a'), 0)
    t.equal(new KeyRegistry().bytesMoreWith(keys.capture('org-a'), 'org-c'), 0)
    const added = new KeyRegistry().bytesMoreWith(state, 'org-b')
    t.ok(added > 0)
    t.equal(other.bytesMoreWith(state, 'org-a'), added, 'the revocation alone')
    other.revoke('apk_a2')
    t.equal(other.bytesMoreWith(state, 'org-a'), 0)
  },
)
