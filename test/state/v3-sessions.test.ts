// Sessions of v3 in state documents and snapshots: src/resources/session-decoder.ts, sessions.ts.
import t, { type Test } from 'tap'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { SESSION_ITEMS_MAX } from '../../src/simulation/session-limits.ts'
import { startV3, type V3Fake } from '../v3.ts'
import { aServer, assertSame, json, putState, stateOf } from './server.ts'

const SENDER = { id: 'service-user-1', email: null, name: 'CI' }
const AT = '2026-01-02T03:04:05.678901Z'

/** Returns the sessions that documents create, as documents. */
async function sessionsOf(t: Test, sessions: unknown) {
  const app = await aServer(t)
  const [status, body] = await putState(app, { organizations: [{ sessions }] })
  if (status !== 204) throw new Error(body)
  return JSON.parse(await stateOf(app)).organizations[0].sessions
}

t.test('a session with more attachments than messages may add can be restored', async (t) => {
  const attachmentUrls = Array<string>(SESSION_ITEMS_MAX + 1).fill('https://example.com')

  const [session] = await sessionsOf(t, [{ prompt: 'Fix it', attachment_urls: attachmentUrls }])
  t.equal(session.attachment_urls.length, attachmentUrls.length)
})

const PARENT = 'a'.repeat(32)

/** Starts an application whose key `cog_brain` belongs to the session {@link PARENT}. */
const start = (t: Test) =>
  startV3(t, {
    keys: new KeyRegistry({
      keys: [{ key: 'cog_brain', session: { type: 'devin_brain', devinId: `devin-${PARENT}` } }],
    }),
  })

/** Does everything that v3 can do with sessions. */
async function useSessions({ org, v3, advance }: V3Fake): Promise<void> {
  const created = {
    prompt: 'Fix it [fake:two-pull-requests]',
    title: 'T',
    tags: ['a'],
    repos: ['owner/repo'],
    devin_mode: 'lite',
    resumable: false,
    structured_output_required: false,
    bypass_approval: true,
    session_links: ['https://app.devin.ai/sessions/1'],
    child_playbook_id: 'playbook-1',
    platform: 'windows',
    attachment_urls: ['https://example.com/a.txt'],
    create_as_user_id: 'user-1',
    max_acu_limit: -1,
    session_secrets: [{ key: 'TOKEN', value: 's3cr3t' }],
  }
  await org('POST', `/sessions?devin_id=${PARENT}`, created)
  await org('POST', '/sessions', { prompt: 'Child' }, { authorization: 'Bearer cog_brain' })
  const message = { message: 'm', message_as_user_id: 'user-2', attachment_urls: ['https://example.com/b'] }
  await org('POST', `/sessions/${PARENT}/messages`, message)
  await org('POST', `/sessions/${PARENT}/insights/generate`)
  const command = `/v3beta1/organizations/${DEFAULT_ORG_ID}/sessions/${PARENT}/command`
  await v3('POST', command, { command: 'ls' })
  advance(2)
  await org('POST', `/sessions/${PARENT}/archive`)
  const ended = (await org('POST', '/sessions', { prompt: 'Ended' })).json()
  await org('DELETE', `/sessions/${ended.session_id}?archive=true`)
}

/** Returns the answers of every operation that reads sessions. */
async function answers({ org }: V3Fake): Promise<string[]> {
  const { items } = (await org('GET', '/sessions')).json()
  const paths = ['/sessions', '/sessions/insights']
  for (const { session_id: id } of items) {
    for (const path of ['', '/messages', '/tags', '/attachments', '/insights'])
      paths.push(`/sessions/${id}${path}`)
  }
  const bodies = []
  for (const path of paths) {
    const { statusCode, body } = await org('GET', path)
    bodies.push(`${path} ${statusCode} ${body}`)
  }
  return bodies
}

t.test('state documents round-trip sessions of v3', async (t) => {
  const [one, other] = [await start(t), await start(t)]
  await useSessions(one)
  const state = await stateOf(one.app)

  t.same(await putState(other.app, state), [204, ''])

  assertSame(await stateOf(other.app), state)
  t.same(await answers(other), await answers(one))
  t.notMatch(state, /s3cr3t/)
})

t.test('a snapshot restores sessions of v3', async (t) => {
  const fake = await start(t)
  await useSessions(fake)
  const before = await answers(fake)
  const snapshots = (path: string, body: object) =>
    fake.app.inject({ method: 'POST', url: `/_fake/snapshots${path}`, ...json(body) })
  await snapshots('', { name: 'x' })
  for (const { session_id: id } of (await fake.org('GET', '/sessions')).json().items) {
    await fake.org('PUT', `/sessions/${id}/tags`, { tags: ['changed'] })
    await fake.org('DELETE', `/sessions/${id}?archive=true`)
  }
  await fake.org('POST', '/sessions', { prompt: 'Another' })
  t.notSame(await answers(fake), before)

  await snapshots('/x/restore', {})

  t.same(await answers(fake), before)
})

t.test('a document from before v3 is read with the defaults of v3', async (t) => {
  const fake = await start(t)
  const sessions = [{ id: 'devin-1', prompt: 'Old', max_acu_limit: null }]
  await putState(fake.app, { organizations: [{ org_id: DEFAULT_ORG_ID, sessions }] })

  t.match((await fake.org('GET', '/sessions/1')).json(), {
    origin: 'api',
    devin_mode: 'normal',
    is_archived: false,
    user_id: null,
    service_user_id: null,
    parent_session_id: null,
    child_session_ids: [],
  })
})

t.test('a session of a document can bypass the approvals of its scenario', async (t) => {
  const [session] = await sessionsOf(t, [{ prompt: 'x', scenario: 'needs-approval', bypass_approval: true }])

  t.equal(session.bypass_approval, true)
  t.notMatch(JSON.stringify(session.scenario), /waiting_for_approval/)
  t.same((await sessionsOf(t, [session]))[0], session)
})

t.test('senders, sleep and commands of a document are kept, and default to none', async (t) => {
  const [session] = await sessionsOf(t, [
    {
      prompt: 'x',
      created_at: AT,
      messages: [
        { text: 'y', by: SENDER, at: AT },
        { text: 'z', at: AT },
      ],
      events: [
        { effect: {}, at: AT, sleep: true },
        { effect: {}, at: AT, sleep: false },
      ],
      commands: [{ command: 'ls' }, { id: 'command-1', command: 'pwd', at: AT }],
      max_acu_limit: -1,
    },
  ])

  t.match(session.messages, [{ by: SENDER }, { text: 'z' }])
  t.same(Object.keys(session.messages[1]), ['event_id', 'at', 'text', 'reads'])
  t.same(session.events, [
    { at: AT, effect: {}, sleep: true },
    { at: AT, effect: {} },
  ])
  t.match(session.commands, [
    { id: /^command-[0-9a-f]{32}$/, at: AT, command: 'ls' },
    { id: 'command-1', at: AT, command: 'pwd' },
  ])
  t.equal(session.max_acu_limit, -1)
})

t.test(
  'the children of a session are those that name it as their parent, and those that it names',
  async (t) => {
    const sessions = await sessionsOf(t, [
      { id: 'devin-p', prompt: 'p', child_session_ids: ['gone', 'devin-a'] },
      { id: 'devin-a', prompt: 'a', parent_session_id: 'p' },
      { id: 'devin-b', prompt: 'b', parent_session_id: 'devin-p' },
      { id: 'devin-c', prompt: 'c', parent_session_id: null },
    ])

    t.match(sessions, [
      { child_session_ids: ['devin-gone', 'devin-a', 'devin-b'], parent_session_id: null },
      { child_session_ids: [], parent_session_id: 'devin-p' },
      { parent_session_id: 'devin-p' },
      { parent_session_id: null },
    ])
  },
)

t.test('origins and modes that v3 does not have are refused', async (t) => {
  const app = await aServer(t)
  const sessions = [{ prompt: 'x', origin: 'fax', devin_mode: 'slow' }]
  const [status, body] = await putState(app, { organizations: [{ sessions }] })

  t.equal(status, 422)
  t.match(body, /devin_mode.*origin|origin.*devin_mode/)
})
