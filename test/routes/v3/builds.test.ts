import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, DEFAULT_SERVICE_USER } from '../../../src/auth/principal.ts'
import { FAILURE_MARKER, pinBuild } from '../../../src/organization/builds.ts'
import { aPrincipal } from '../../records.ts'
import { startV3, V3_KEY, type V3Fake } from '../../v3.ts'

const SETUP = `/v3beta1/organizations/${DEFAULT_ORG_ID}/snapshot-setup`
const BUILDS = `${SETUP}/builds`
const DAY = 86_400

/** Starts a build, and returns its id. */
async function start({ v3 }: V3Fake): Promise<string> {
  return (await v3('POST', BUILDS, {})).json().build_id
}

/** Returns the ids on the first page of a list. */
async function idsAt({ v3 }: V3Fake, query = ''): Promise<string[]> {
  return (await v3('GET', BUILDS + query)).json().items.map(({ build_id }: { build_id: string }) => build_id)
}

t.test('a build is started, and succeeds', async (t) => {
  const { v3, advance, call } = await startV3(t)

  const created = await v3('POST', BUILDS, {})
  t.equal(created.statusCode, 201)
  const build = created.json()
  t.match(build.build_id, /^build-[0-9a-f]{32}$/)
  t.same(build, {
    build_id: build.build_id,
    status: 'pending',
    trigger: 'manual',
    triggered_by_user_id: DEFAULT_SERVICE_USER.id,
    pinned: false,
    created_at: 1_767_323_045,
    started_at: null,
    completed_at: null,
    updated_at: 1_767_323_045,
  })
  const get = async () => (await v3('GET', `${BUILDS}/${build.build_id}`)).json()
  t.same(await get(), build)
  advance(5)
  const running = { ...build, status: 'running', started_at: 1_767_323_050, updated_at: 1_767_323_050 }
  t.same(await get(), running)
  advance(115)
  t.same(await get(), {
    ...running,
    status: 'succeeded',
    completed_at: 1_767_323_165,
    updated_at: 1_767_323_165,
  })
  t.match((await call('GET', '/v1/audit-logs')).json(), { audit_logs: [{ action: 'start_build' }] })
})

t.test('a build ends at once with an instant clock', async (t) => {
  const fake = await startV3(t)
  fake.organization.clock.adjust({ instant: true })

  t.match((await fake.v3('POST', BUILDS, {})).json(), { status: 'succeeded', completed_at: 1_767_323_045 })
})

t.test('a build fails if a blueprint contains the marker when it starts', async (t) => {
  const fake = await startV3(t)
  const contents = `initialize: exit 1 # ${FAILURE_MARKER}\n`
  const { blueprint_id: id } = (await fake.v3('POST', `${SETUP}/blueprints`, { contents })).json()
  const failing = await start(fake)
  await fake.v3('DELETE', `${SETUP}/blueprints/${id}`)
  await fake.v3('POST', `${SETUP}/blueprints`, { contents: 'initialize: exit 0' })
  const repaired = await start(fake)

  fake.advance(120)
  const status = async (build: string) => (await fake.v3('GET', `${BUILDS}/${build}`)).json().status
  t.same([await status(failing), await status(repaired)], ['failed', 'succeeded'])
})

t.test('every operation of a build answers 404 for an unknown one', async (t) => {
  const fake = await startV3(t)
  const elsewhere = `${BUILDS.replace(DEFAULT_ORG_ID, 'org-other')}/${await start(fake)}`

  for (const path of [`${BUILDS}/build-x`, elsewhere]) {
    for (const answer of [
      await fake.v3('GET', path),
      await fake.v3('POST', `${path}/cancel`),
      await fake.v3('GET', `${path}/logs`),
      await fake.v3('POST', `${path}/pin`, {}),
    ]) {
      t.same([answer.statusCode, answer.json().detail], [404, 'Build not found'])
    }
  }
})

t.test('POST …/builds/{build_id}/cancel cancels a build that has not ended', async (t) => {
  const fake = await startV3(t)
  const [waiting, ended] = [await start(fake), await start(fake)]
  const cancel = async (build: string) => (await fake.v3('POST', `${BUILDS}/${build}/cancel`)).json()

  fake.advance(1)
  const [cancelled, again] = await Promise.all([cancel(waiting), cancel(waiting)])
  t.same(again, cancelled)
  t.match(cancelled, { status: 'cancelled', started_at: null, completed_at: 1_767_323_046 })
  fake.advance(10)
  const running = await start(fake)
  fake.advance(10)
  t.match(await cancel(running), { status: 'cancelled', started_at: 1_767_323_061 })
  fake.advance(200)
  t.same((await fake.v3('GET', `${BUILDS}/${waiting}`)).json(), cancelled, 'it stays cancelled')
  t.same(await cancel(waiting), cancelled)
  t.match(await cancel(ended), { status: 'succeeded' }, 'no effect')
  const actions = (await fake.organization.auditLog.list()).map(({ action }) => action)
  t.equal(actions.filter((action) => action === 'cancel_build').length, 2)
})

t.test('GET …/builds lists builds by status, newest first', async (t) => {
  const fake = await startV3(t)
  const old = await start(fake)
  fake.advance(120)
  const cancelled = await start(fake)
  await fake.v3('POST', `${BUILDS}/${cancelled}/cancel`)
  const waiting = await start(fake)

  t.same(await idsAt(fake), [waiting, cancelled, old])
  t.same(await idsAt(fake, '?status=succeeded'), [old])
  t.same(await idsAt(fake, '?status=cancelled'), [cancelled])
  t.same(await idsAt(fake, '?status=pending'), [waiting])
  t.same(await idsAt(fake, '?status=failed'), [])
  const page = (await fake.v3('GET', `${BUILDS}?first=2`)).json()
  t.match(page, { has_next_page: true, total: 3 })
  t.same(await idsAt(fake, `?after=${page.end_cursor}`), [old])
  t.equal((await fake.v3('GET', `${BUILDS}?status=x`)).statusCode, 422)
})

t.test('GET …/builds?active=true finds the build that new sessions start from', async (t) => {
  const fake = await startV3(t)
  t.same(await idsAt(fake, '?active=true'), [])
  const first = await start(fake)
  t.same(await idsAt(fake, '?active=true'), [], 'it has not ended')
  fake.advance(120)
  t.same(await idsAt(fake, '?active=true'), [first])
  const second = await start(fake)
  t.same(await idsAt(fake, '?active=true'), [first])
  fake.advance(120)
  t.same(await idsAt(fake, '?active=true'), [second])
  t.same(await idsAt(fake, '?active=false'), [first])

  await fake.v3('POST', `${BUILDS}/${first}/pin`, {})
  t.same(await idsAt(fake, '?active=true'), [first])
  t.same(await idsAt(fake, '?active=true&status=failed'), [])
  t.same(await idsAt(fake, '?active=false'), [second])
})

t.test('POST …/builds/{build_id}/pin moves the pin', async (t) => {
  const fake = await startV3(t)
  const [one, other] = [await start(fake), await start(fake)]
  fake.advance(200)
  const pinned = async (build: string) => (await fake.v3('GET', `${BUILDS}/${build}`)).json().pinned
  const pin = (build: string) => fake.v3('POST', `${BUILDS}/${build}/pin`, {})

  const answer = await pin(one)
  t.equal(answer.statusCode, 200)
  t.match(answer.json(), { build_id: one, pinned: true, updated_at: 1_767_323_245 })
  t.same([await pinned(one), await pinned(other)], [true, false])
  t.equal((await pin(other)).json().pinned, true)
  t.same([await pinned(one), await pinned(other)], [false, true])
  t.equal((await pin(other)).json().pinned, true)
  t.match((await fake.organization.auditLog.list()).at(-1), { action: 'pin_build', subjectId: other })
})

t.test(
  'POST …/builds/{build_id}/pin answers 409 for a build that did not succeed or is too old',
  async (t) => {
    const fake = await startV3(t)
    const [build, cancelled] = [await start(fake), await start(fake)]
    await fake.v3('POST', `${BUILDS}/${cancelled}/cancel`)
    const pin = async (id: string) => {
      const answer = await fake.v3('POST', `${BUILDS}/${id}/pin`, {})
      return [answer.statusCode, answer.json().detail]
    }

    t.same(await pin(build), [409, 'The build has not succeeded'])
    t.same(await pin(cancelled), [409, 'The build has not succeeded'])
    fake.advance(7 * DAY - 1)
    t.same(await pin(build), [200, undefined])
    fake.advance(1)
    t.same(await pin(build), [409, 'The build is older than 7 days'])
  },
)

t.test('one of several builds that are pinned at the same time remains pinned', async (t) => {
  const fake = await startV3(t)
  const ids = [await start(fake), await start(fake), await start(fake)]
  fake.advance(200)

  await Promise.all(ids.map((id) => pinBuild(fake.organization, aPrincipal(), id)))

  const pinned = (await fake.organization.builds.list()).filter(({ pinnedAt }) => pinnedAt !== null)
  t.equal(pinned.length, 1)
})

t.test('an error of the store while a build is pinned is passed on', async (t) => {
  const fake = await startV3(t)
  const id = await start(fake)
  fake.advance(200)
  const { builds } = fake.organization
  t.intercept(builds, 'update', { value: () => Promise.reject(new Error('disk')) })

  await t.rejects(pinBuild(fake.organization, aPrincipal(), id), { message: 'disk' })
})

t.test('GET …/builds/{build_id}/logs answers with a URL that works for 10 minutes', async (t) => {
  const fake = await startV3(t)
  const id = await start(fake)

  const answer = (await fake.v3('GET', `${BUILDS}/${id}/logs`)).json()
  t.equal(answer.expires_at, 1_767_323_045 + 600)
  const get = () => fake.app.inject({ method: 'GET', url: answer.url })
  const begun = await get()
  t.same([begun.statusCode, begun.body], [200, '2026-01-02T03:04:05.678901Z pending\n'])
  t.equal(begun.headers['content-type'], 'text/plain; charset=utf-8')
  fake.advance(600)
  t.equal(
    (await get()).body,
    '2026-01-02T03:04:05.678901Z pending\n2026-01-02T03:04:10.678901Z running\n2026-01-02T03:06:05.678901Z succeeded\n',
  )
  fake.advance(0.001)
  t.equal((await get()).statusCode, 403)
})

t.test('reading builds needs ManageRepoBlueprints, and changing them ManageOrgSnapshots', async (t) => {
  const statusesFor = async (permission: string) => {
    const keys = new KeyRegistry({ keys: [{ key: V3_KEY, permissions: [permission] }] })
    const { v3 } = await startV3(t, { keys })
    const answers = [
      await v3('POST', BUILDS, {}),
      await v3('POST', `${BUILDS}/build-x/cancel`),
      await v3('POST', `${BUILDS}/build-x/pin`, {}),
      await v3('GET', BUILDS),
      await v3('GET', `${BUILDS}/build-x`),
      await v3('GET', `${BUILDS}/build-x/logs`),
    ]
    return answers.map(({ statusCode }) => statusCode)
  }

  t.same(await statusesFor('ManageOrgSnapshots'), [201, 404, 404, 403, 403, 403])
  t.same(await statusesFor('ManageRepoBlueprints'), [403, 403, 403, 200, 404, 404])
})

t.test('builds round-trip through state documents', async (t) => {
  const { v3, call, send } = await startV3(t)
  const created_at = '2026-01-01T00:00:00Z'
  const builds = [
    { created_at, outcome: 'failed', trigger: null },
    { created_at, cancelled_at: '2026-01-01T00:01:00Z', trigger: 'manual' },
    { created_at, pinned_at: '2026-01-01T00:09:00Z' },
    {},
  ]
  t.equal((await send('PUT', '/_fake/state', { organizations: [{ builds }] })).statusCode, 204)

  t.match((await v3('GET', BUILDS)).json().items, [
    { build_id: /^build-/, status: 'pending', pinned: false },
    { status: 'succeeded', pinned: true, trigger: 'auto', updated_at: 1_767_226_140 },
    { status: 'cancelled', trigger: 'manual' },
    { status: 'failed', trigger: null, triggered_by_user_id: null },
  ])
  const state = (await call('GET', '/_fake/state')).json()
  await send('PUT', '/_fake/state', state)
  t.same((await call('GET', '/_fake/state')).json(), state)

  const twice = await send('PUT', '/_fake/state', { organizations: [{ builds: [builds[2], builds[2]] }] })
  t.equal(twice.statusCode, 422)
  t.match(twice.body, /the same pinned_at as that of/)
})
