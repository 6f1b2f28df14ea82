import t from 'tap'
import { changeSettings, settingsOf } from '../../src/organization/settings.ts'
import { StoreFullError } from '../../src/store/types.ts'
import { startFake } from '../fake.ts'
import { aServer, putState, stateOf } from '../state/server.ts'

t.test('concurrent first changes of settings all take effect', async (t) => {
  const { organization } = await startFake(t)

  await Promise.all([
    changeSettings(organization, () => ({ cycleAcuLimit: 1 })),
    changeSettings(organization, () => ({ maxCycleAcuLimit: 2 })),
  ])

  t.match(await settingsOf(organization), { cycleAcuLimit: 1, maxCycleAcuLimit: 2 })
})

t.test('settings that exceed the limit of the store are refused', async (t) => {
  const { organization } = await startFake(t)
  const { settings } = organization
  Object.defineProperty(settings, 'insert', { value: () => Promise.reject(new StoreFullError('records')) })

  await t.rejects(
    changeSettings(organization, () => ({ cycleAcuLimit: 1 })),
    { name: 'StoreFullError' },
  )
})

const SETTINGS = [
  {
    id: 'settings',
    max_cycle_acu_limit: 10,
    max_session_acu_limit: 5,
    cycle_acu_limit: 7,
    allowed_tags: ['a', 'b'],
    default_tag: 'a',
    ip_ranges: ['10.0.0.0/8'],
    groups: { ours: { org_ids: ['org-1'], max_cycle_acus: 3 } },
    created_at: '2026-01-02T03:04:05.000000Z',
    updated_at: '2026-01-03T03:04:05.000000Z',
  },
]

t.test('settings round-trip through state documents', async (t) => {
  const [one, other] = [await aServer(t), await aServer(t)]
  const organizations = [
    { org_id: 'enterprise', settings: SETTINGS },
    { org_id: 'org-1', settings: [{}] },
  ]
  t.same(await putState(one, { organizations }), [204, ''])
  const state = await stateOf(one)

  const [enterprise, plain] = JSON.parse(state).organizations
  t.same(enterprise.settings, SETTINGS)
  t.match(plain.settings, [{ allowed_tags: [], default_tag: null, ip_ranges: [], groups: {} }])
  await putState(other, JSON.parse(state))
  const settingsIn = (text: string) =>
    JSON.parse(text).organizations.flatMap((one: { settings: object[] }) => one.settings)
  t.same(settingsIn(await stateOf(other)), settingsIn(state))
})

t.test('a state with settings that the API would refuse is refused', async (t) => {
  const server = await aServer(t)
  for (const [settings, at] of [
    [{ id: 'other' }, 'id'],
    [{ ip_ranges: ['10.0.0.0/8', 'bogus'] }, 'ip_ranges.1'],
    [{ allowed_tags: ['a'], default_tag: 'b' }, 'default_tag'],
    [{ groups: { a: { org_ids: ['org-1'] }, b: { org_ids: ['org-1'] } } }, 'groups'],
  ] as const) {
    const [status, body] = await putState(server, {
      organizations: [{ org_id: 'enterprise', settings: [settings] }],
    })
    const [{ loc }] = JSON.parse(String(body)).detail
    t.same([status, loc.slice(5).join('.')], [422, at])
  }
})
