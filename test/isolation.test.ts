import t from 'tap'
import { type Fake, startFake } from './fake.ts'

const TESTS = 200

/** What a test of somebody's sees of the server: nothing but a base URL, and the keys of an organisation of its own. */
async function newOrganization(url: string) {
  const answer = await fetch(`${url}/_fake/organizations`, { method: 'POST' })
  const { org_id, keys } = (await answer.json()) as {
    org_id: string
    keys: Record<'personal' | 'service', string>
  }
  const call = async (method: string, path: string, body?: unknown, key = keys.personal) => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  return { orgId: org_id, keys, call }
}

const namesOf = (list: readonly { key: string }[]) => list.map(({ key }) => key).sort()

/** One test: all names are those that the others use, too, and each step is checked against what this one did. */
async function oneTest(url: string, n: number): Promise<{ orgId: string; ids: string[] }> {
  const { orgId, keys, call } = await newOrganization(url)
  const check = (found: unknown, wanted: unknown, what: string) => {
    const [text, other] = [JSON.stringify(found), JSON.stringify(wanted)]
    if (text !== other) throw new Error(`test ${n}, ${what}: ${text} instead of ${other}`)
  }
  const secret = (key: string) => ({ type: 'key-value', key, value: String(n), sensitive: true, note: '' })
  check(await call('GET', '/v1/secrets'), [], 'a fresh organisation')

  const now = `20${String(30 + (n % 60)).padStart(2, '0')}-01-02T03:04:05.000000Z`
  await call('PUT', '/_fake/clock', { org_id: orgId, now, frozen: true })
  await call('POST', '/_fake/scenarios', {
    org_id: orgId,
    name: 'mine',
    scenario: { steps: [{ status_enum: 'blocked', message: `I am of ${n}` }] },
  })
  const [a] = await Promise.all([
    call('POST', '/v1/secrets', secret('A')),
    call('POST', '/v1/secrets', secret('B')),
  ])
  check(namesOf(await call('GET', '/v1/secrets', undefined, keys.service)), ['A', 'B'], 'its secrets')
  await call('DELETE', `/v1/secrets/${a.id}`)
  check(namesOf(await call('GET', '/v1/secrets')), ['B'], 'what is left of them')

  const { session_id } = await call('POST', '/v1/sessions', { prompt: '[fake:mine]', idempotent: true })
  const session = await call('GET', `/v1/sessions/${session_id}`)
  check(session.created_at, now, 'its time')
  check(session.messages.at(-1).message, `I am of ${n}`, 'its scenario')
  await call('DELETE', `/v1/sessions/${session_id}`)
  const { sessions } = await call('GET', '/v1/sessions')
  check(sessions.length, 1, 'its sessions')
  await call('POST', '/_fake/faults', { org_id: orgId, status: 500 + (n % 100), body: n, times: 1 })
  const failed = await call('GET', '/v1/secrets').catch((error: Error) => error.message)
  check(failed, `GET /v1/secrets: ${500 + (n % 100)} ${n}`, 'its fault')
  check(namesOf(await call('GET', '/v1/secrets')), ['B'], 'its secrets after its fault')
  await call('POST', '/_fake/faults', { org_id: orgId, preset: 'outage' })
  await call('POST', '/_fake/snapshots', { name: `only-${n % 90}`, org_id: orgId })

  await call('POST', '/_fake/reset', { org_id: orgId })
  check(await call('GET', '/v1/secrets'), [], 'its secrets after its reset')
  check((await call('GET', '/v1/sessions')).sessions, [], 'its sessions after its reset')
  const { frozen } = await call('GET', `/_fake/clock?org_id=${orgId}`)
  check(frozen, false, 'its clock after its reset')
  const last = await call('POST', '/v1/secrets', secret('last'))
  return { orgId, ids: [a.id, session_id, last.id] }
}

async function aListeningFake(t: Parameters<typeof startFake>[0]): Promise<{ fake: Fake; url: string }> {
  const fake = await startFake(t)
  return { fake, url: await fake.listen() }
}

t.test(
  'two hundred tests at once, each in an organisation of its own, see nothing of each other',
  async (t) => {
    const { fake, url } = await aListeningFake(t)
    await fake.send('POST', '/v1/secrets', {
      type: 'totp',
      key: 'mine',
      value: '',
      sensitive: true,
      note: '',
    })

    const ends = await Promise.all(Array.from({ length: TESTS }, (_, n) => oneTest(url, n)))

    t.equal(new Set(ends.map(({ orgId }) => orgId)).size, TESTS)
    t.equal(new Set(ends.flatMap(({ ids }) => ids)).size, 3 * TESTS)
    const state = (await fake.call('GET', '/_fake/state')).json()
    const others = state.organizations.filter(
      ({ org_id }: { org_id: string }) => org_id !== fake.universe.orgId,
    )
    t.equal(others.length, TESTS)
    for (const { secrets, sessions } of others) {
      t.same([namesOf(secrets), sessions], [['last'], []])
    }
    t.same(
      namesOf((await fake.call('GET', '/v1/secrets')).json()),
      ['mine'],
      'whoever was there before is not touched',
    )
    t.match((await fake.call('GET', '/_fake/scenarios')).json(), { rules: [] })
  },
)
