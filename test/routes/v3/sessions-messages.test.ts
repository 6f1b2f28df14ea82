import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, DEFAULT_SERVICE_USER, userOf } from '../../../src/auth/principal.ts'
import { COMMAND_MICROS } from '../../../src/organization/session-commands.ts'
import type { SessionRecord } from '../../../src/resources/sessions.ts'
import { SESSION_ITEMS_MAX } from '../../../src/simulation/session-limits.ts'
import { recordingLogger } from '../../recording-logger.ts'
import { aSession } from '../../records.ts'
import { startV3, type V3Fake } from '../../v3.ts'

const NOW_SECONDS = 1_767_323_045
const USER = userOf('email|0123456789abcdef01234567')

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

/** Creates a session and returns its id. */
const create = async ({ org }: V3Fake, fields: object = {}): Promise<string> =>
  (await org('POST', '/sessions', { prompt: 'Fix it', ...fields })).json().session_id

/** Stores a session with the id `devin-a`. */
const store = ({ organization }: V3Fake, fields: Partial<SessionRecord>) =>
  organization.sessions.insert(aSession({ id: 'devin-a', answersForPrompt: false, ...fields }))

t.test('GET /v3/organizations/{org_id}/sessions/{devin_id}/messages answers as recorded', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake)
  fake.advance(1)

  const response = await fake.org('GET', `/sessions/${id}/messages`)
  const page = response.json()
  t.same(Object.keys(page), ['items', 'end_cursor', 'has_next_page', 'total'])
  t.match(page, { end_cursor: null, has_next_page: false, total: null })
  t.same(Object.entries(page.items[0]), [
    ['event_id', page.items[0].event_id],
    ['source', 'user'],
    ['message', 'Fix it'],
    ['created_at', NOW_SECONDS],
    ['username', `${DEFAULT_SERVICE_USER.name} (service account)`],
    ['user_id', 'bot_apk'],
    ['origin', 'api'],
  ])
  t.same(page.items[1], {
    event_id: page.items[1].event_id,
    source: 'devin',
    message: "I'm on it: Fix it",
    created_at: NOW_SECONDS + 1,
    username: null,
    user_id: null,
    origin: null,
  })
  for (const { event_id: event } of page.items) t.match(event, /^event-[0-9a-f]{32}$/)
})

t.test('the ids of messages are in their order, and stay when the session goes on', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake)
  const idsNow = async () => {
    const { items } = (await fake.org('GET', `/sessions/${id}/messages`)).json()
    return items.map((item: { event_id: string }) => item.event_id)
  }
  await fake.org('POST', `/sessions/${id}/messages`, { message: 'at the same moment' })
  await fake.org('POST', `/sessions/${id}/messages`, { message: 'and again' })
  const before = await idsNow()
  t.equal(before.length, 3)
  fake.advance(3_600)
  await fake.org('POST', `/sessions/${id}/messages`, { message: 'later' })
  const ids = await idsNow()

  t.ok(ids.length > 4)
  t.same(ids.slice(0, 3), before)
  t.same(ids.toSorted(), ids)
  t.equal(new Set(ids).size, ids.length)
  for (const one of ids) t.match(one, /^event-[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
})

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/messages pages by cursor, oldest first',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake, { prompt: 'one [fake:never]' })
    for (const message of ['two', 'three']) {
      fake.advance(5)
      await fake.org('POST', `/sessions/${id}/messages`, { message })
    }
    const path = `/sessions/${id}/messages`

    const first = (await fake.org('GET', `${path}?first=3`)).json()
    t.match(first, {
      items: [{ source: 'user' }, { source: 'devin' }, { message: 'two' }],
      has_next_page: true,
      total: null,
    })
    const after = `?after=${encodeURIComponent(first.end_cursor)}`
    t.match((await fake.org('GET', `${path}${after}`)).json(), {
      items: [{ message: 'three' }],
      end_cursor: null,
    })
    const other = await create(fake)
    for (const wrong of [`/sessions/${other}/messages${after}`, `${path}?after=x`, `/sessions${after}`]) {
      const response = await fake.org('GET', wrong)
      t.same([response.statusCode, response.json().detail], [400, 'Invalid cursor'], wrong)
    }
  },
)

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/messages works in an organization with a strange name',
  async (t) => {
    const fake = await startV3(t)
    const org = '/v3/organizations/org-%ED%A0%80'
    const { session_id: id } = (await fake.v3('POST', `${org}/sessions`, { prompt: 'x' })).json()
    await fake.v3('POST', `${org}/sessions/${id}/messages`, { message: 'y' })

    const { end_cursor: end } = (await fake.v3('GET', `${org}/sessions/${id}/messages?first=1`)).json()
    const next = await fake.v3('GET', `${org}/sessions/${id}/messages?after=${encodeURIComponent(end)}`)
    t.equal(next.statusCode, 200)
  },
)

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/messages shows the sender of each message',
  async (t) => {
    const keys = new KeyRegistry({ keys: [{ key: 'cog_pat', user: USER }] })
    const fake = await startV3(t, { keys })
    await store(fake, { createdBy: null, origin: 'slack' })
    const path = '/sessions/a/messages'
    await fake.org('POST', path, { message: 'two' }, bearer('cog_pat'))
    await fake.org('POST', path, { message: 'three' })
    await fake.org('POST', path, { message: 'four', message_as_user_id: USER.id })

    t.match((await fake.org('GET', path)).json().items, [
      { username: null, user_id: null, origin: 'slack' },
      { username: USER.name, user_id: USER.id, origin: 'api' },
      { username: /\(service account\)$/, user_id: 'bot_apk', origin: 'api' },
      { username: USER.name, user_id: USER.id, origin: 'api' },
    ])
  },
)

t.test(
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/messages answers with the session and starts a turn',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake)
    fake.advance(9)

    const sent = await fake.org('POST', `/sessions/${id}/messages`, { message: 'And the docs \ud800' })
    t.match(
      [sent.statusCode, sent.json()],
      [
        200,
        {
          session_id: id,
          status: 'running',
          status_detail: null,
          structured_output: null,
          child_session_ids: null,
        },
      ],
    )
    fake.advance(2)
    const { items } = (await fake.org('GET', `/sessions/${id}/messages`)).json()
    t.match(items.at(-1), { source: 'devin', message: 'Understood: And the docs \ufffd' })
  },
)

t.test(
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/messages resumes a suspended session',
  async (t) => {
    const fake = await startV3(t)
    const path = (id: string) => `/sessions/${id}/messages`
    const idle = await create(fake)
    const suspended = await create(fake, { prompt: 'x [fake:suspended]' })
    const crashed = await create(fake, { prompt: 'x [fake:crashed]' })
    const unpaid = await create(fake, { prompt: 'x [fake:payment-declined]' })
    fake.advance(4_000)

    for (const id of [idle, suspended, crashed]) {
      t.match((await fake.org('POST', path(id), { message: 'Hello' })).json(), { status: 'resuming' })
    }
    t.match((await fake.org('POST', path(unpaid), { message: 'Hello' })).json(), { status: 'suspended' })
    fake.advance(3)
    for (const id of [idle, suspended, crashed]) {
      t.match((await fake.org('GET', `/sessions/${id}`)).json(), {
        status: 'running',
        status_detail: 'working',
      })
    }
  },
)

t.test(
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/messages answers 400 to a session that has ended',
  async (t) => {
    const fake = await startV3(t)
    const exited = await create(fake)
    await fake.org('DELETE', `/sessions/${exited}`)
    const failed = await create(fake, { prompt: 'x [fake:error]' })
    fake.advance(5)

    for (const id of [exited, failed]) {
      const sent = await fake.org('POST', `/sessions/${id}/messages`, { message: 'Hello' })
      t.same([sent.statusCode, sent.json().detail], [400, 'Devin session already exited'])
      const { items } = (await fake.org('GET', `/sessions/${id}/messages`)).json()
      t.notMatch(JSON.stringify(items), /Hello/)
    }
  },
)

t.test(
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/messages cannot resume a session without its machine',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake, { resumable: false })
    const send = () => fake.org('POST', `/sessions/${id}/messages`, { message: 'Hello' })

    t.equal((await send()).statusCode, 200, 'while it runs')
    fake.advance(4_000)
    const sent = await send()
    t.same([sent.statusCode, sent.json().detail], [400, 'The session is suspended and cannot be resumed'])
    const v1 = await fake.send('POST', `/v1/sessions/${id}/message`, { message: 'Hello' })
    t.same([v1.statusCode, v1.json()], [200, { detail: 'The session is suspended and cannot be resumed' }])
  },
)

t.test(
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/messages requires a permission to act for a user',
  async (t) => {
    const keys = new KeyRegistry({
      keys: [
        { key: 'cog_manager', permissions: ['ManageOrgSessions'] },
        { key: 'cog_impersonator', permissions: ['ManageOrgSessions', 'ImpersonateOrgSessions'] },
      ],
    })
    const fake = await startV3(t, { keys })
    await store(fake, {})
    const body = { message: 'x', message_as_user_id: USER.id }
    const status = async (key: string) =>
      (await fake.org('POST', '/sessions/a/messages', body, bearer(key))).statusCode

    t.same([await status('cog_manager'), await status('cog_impersonator')], [403, 200])
  },
)

t.test(
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/messages answers 507 if the session is full',
  async (t) => {
    const fake = await startV3(t)
    const attachmentUrls = Array<string>(SESSION_ITEMS_MAX).fill('https://example.com')
    await store(fake, { attachmentUrls })
    const send = (fields: object) => fake.org('POST', '/sessions/a/messages', { message: 'x', ...fields })

    t.equal((await send({ attachment_urls: ['https://example.com/2'] })).statusCode, 507)
    t.equal((await send({})).statusCode, 200)
    const attachment_urls = [...attachmentUrls, 'https://example.com']
    const id = await create(fake, { attachment_urls })
    const other = await fake.org('POST', `/sessions/${id}/messages`, { message: 'x' })
    t.equal(other.statusCode, 200, 'it may have begun with more')
  },
)

t.test(
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/messages logs a warning for a malformed attachment line',
  async (t) => {
    const { warnings, logger } = recordingLogger()
    const fake = await startV3(t, { logger })
    const id = await create(fake)
    const send = (message: string) => fake.org('POST', `/sessions/${id}/messages`, { message })

    await send('ATTACHMENT: "https://secret"')
    await send('ATTACHMENT:"z"')

    t.same(warnings, ['1 line(s) nearly name an attachment; only ATTACHMENT:"url" on a line of its own does'])
  },
)

t.test('GET /v3/organizations/{org_id}/sessions/{devin_id}/tags answers the tags', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake, { tags: ['b', 'a'] })

  t.same((await fake.org('GET', `/sessions/${id}/tags`)).json(), { tags: ['b', 'a'] })
})

t.test(
  'PUT /v3/organizations/{org_id}/sessions/{devin_id}/tags replaces the tags, of which there are at most 50',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake, { tags: ['a'] })
    const put = (tags: string[]) => fake.org('PUT', `/sessions/${id}/tags`, { tags })

    t.same((await put(['c', '\ud800'])).json(), { tags: ['c', '\ufffd'] })
    t.equal((await put(Array<string>(51).fill('x'))).statusCode, 422)
    t.same((await fake.org('GET', `/sessions/${id}`)).json().tags, ['c', '\ufffd'])
    t.same((await put([])).json(), { tags: [] })
  },
)

t.test(
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/tags appends the tags that the session does not have',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake, { tags: ['a', 'b'] })
    const post = (tags: string[]) => fake.org('POST', `/sessions/${id}/tags`, { tags })

    t.same((await post(['c', 'a', 'c'])).json(), { tags: ['a', 'b', 'c'] })
    t.same((await post([])).json(), { tags: ['a', 'b', 'c'] })
    const many = Array.from({ length: 47 }, (_, index) => `t${index}`)
    t.equal((await post(many)).json().tags.length, 50)
    t.equal((await post(['a'])).statusCode, 200)
    const refused = await post(['one more'])
    t.same([refused.statusCode, refused.json().detail], [400, 'A session can have at most 50 tags'])
    t.equal((await fake.org('GET', `/sessions/${id}/tags`)).json().tags.length, 50)
    const tags = Array.from({ length: 51 }, (_, index) => `t${index}`)
    await fake.send('PUT', `/v1/sessions/${id}/tags`, { tags })
    t.same((await post(['t0'])).json(), { tags }, 'v1 has no maximum')
  },
)

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/attachments lists the files that users named, each once',
  async (t) => {
    const fake = await startV3(t)
    const form =
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a b.txt"\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b--\r\n'
    const upload = await fake.call('POST', `/v3/organizations/${DEFAULT_ORG_ID}/attachments`, {
      payload: form,
      headers: { ...bearer('cog_test'), 'content-type': 'multipart/form-data; boundary=b' },
    })
    const { attachment_id: uploaded, url } = upload.json()
    const foreign = 'https://example.com/files/report.pdf?v=1'
    const id = await create(fake, {
      prompt: `Read\nATTACHMENT:"${url}"\nATTACHMENT:"${foreign}"`,
      attachment_urls: ['https://example.com', url.replace('a%20b', 'other')],
    })
    await fake.org('POST', `/sessions/${id}/messages`, {
      message: `ATTACHMENT:"${foreign}"\nATTACHMENT:"https://example.com/late.csv"`,
      attachment_urls: [url, `${url}?x`],
    })

    const response = await fake.org('GET', `/sessions/${id}/attachments`)
    const files = response.json()
    t.match(files, [
      { name: 'example.com', source: 'user', url: /^https:..example.com/, content_type: null },
      { name: 'other.txt', content_type: null },
      { attachment_id: uploaded, name: 'a b.txt', url, source: 'user', content_type: 'text/plain' },
      { name: 'a%20b.txt', content_type: null },
      { name: 'report.pdf', url: foreign, source: 'user', content_type: null },
      { name: 'late.csv', source: 'user', content_type: null },
    ])
    t.equal(files.length, 6)
    t.match(files[0].attachment_id, /^[0-9a-f]{32}$/)
    t.same((await fake.org('GET', `/sessions/${id}/attachments`)).json(), files)
  },
)

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/attachments knows no file of another organization',
  async (t) => {
    const fake = await startV3(t)
    const file = { id: 'f', name: 'a.txt', contentType: 'text/plain', bytes: Buffer.from('hi'), createdAt: 0 }
    await fake.organization.attachments.insert(file)
    const org = '/v3/organizations/org-other'
    const prompt = 'ATTACHMENT:"https://example.com/attachments/f/a.txt"'
    const { session_id: id } = (await fake.v3('POST', `${org}/sessions`, { prompt })).json()

    const [foreign] = (await fake.v3('GET', `${org}/sessions/${id}/attachments`)).json()
    t.match(foreign, { name: 'a.txt', content_type: null })
    t.not(foreign.attachment_id, 'f')
  },
)

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/attachments names a file without a name by its URL',
  async (t) => {
    const fake = await startV3(t)
    await store(fake, { prompt: 'ATTACHMENT:"///"' })

    t.match((await fake.org('GET', '/sessions/a/attachments')).json(), [{ name: '///', url: '///' }])

    // A search with a regular expression would take hours.
    const long = `${'a'.repeat(2_000_000)}//`
    await fake.organization.sessions.update('devin-a', (before) => ({
      ...before,
      prompt: `ATTACHMENT:"${long}"`,
    }))
    t.match((await fake.org('GET', '/sessions/a/attachments')).json(), [{ name: long, url: long }])
  },
)

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/attachments lists files of Devin, which can be downloaded',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake, { prompt: 'Fix it [fake:attached-file]' })
    const list = async () => (await fake.org('GET', `/sessions/${id}/attachments`)).json()

    t.same(await list(), [])
    fake.advance(4)
    // Concurrent requests store the file once.
    const [files, again] = await Promise.all([list(), list()])
    t.match(files, [{ name: 'report.md', source: 'devin', content_type: 'text/markdown' }])
    t.same([again, await list()], [files, files])
    const [{ attachment_id: file }] = files
    const location = await fake.call(
      'GET',
      `/v3/organizations/${DEFAULT_ORG_ID}/attachments/${file}/report.md`,
      {
        headers: bearer('cog_test'),
      },
    )
    t.equal(location.statusCode, 307)
    const { pathname, search } = new URL(String(location.headers.location))
    const download = await fake.call('GET', `${pathname}${search}`)
    t.same(
      [download.body, download.headers['content-type']],
      ['# Report\n\nFix it [fake:attached-file]\n', 'text/markdown'],
    )
  },
)

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/attachments fails if a file cannot be stored',
  async (t) => {
    const fake = await startV3(t)
    await store(fake, { scenario: { steps: [{ attachment: { name: 'a.txt', content: 'x' } }] } })
    const { attachments } = fake.organization
    attachments.insert = () => Promise.reject(new TypeError('broken'))

    t.equal((await fake.org('GET', '/sessions/a/attachments')).statusCode, 500)
  },
)

const COMMAND = `/v3beta1/organizations/${DEFAULT_ORG_ID}/sessions/a/command`

t.test(
  'POST /v3beta1/organizations/{org_id}/sessions/{devin_id}/command starts a command, whose result the scenario has',
  async (t) => {
    const fake = await startV3(t)
    const commands = [
      { match: 'uname', response: { exit_code: 0, output: 'Linux' } },
      { match: 'fail', response: 'any JSON' },
    ]
    await store(fake, { scenario: { steps: [], commands } })
    const start = async (command: string) => {
      const response = await fake.v3('POST', COMMAND, { command, timeout: 600 })
      t.same([response.statusCode, Object.keys(response.json())], [200, ['request_id']])
      return response.json().request_id as string
    }
    const progress = async (id: string) =>
      (await fake.call('GET', `${COMMAND}/${id}`, { headers: bearer('cog_test') })).json()
    const ids = [await start('uname -a'), await start('fail'), await start('rm -rf \ud800')] as const

    t.same(await progress(ids[0]), { status: 'running', response: null })
    fake.advance(COMMAND_MICROS / 1_000_000)
    t.same(await progress(ids[0]), { status: 'completed', response: commands[0]?.response })
    t.same(await progress(ids[1]), { status: 'completed', response: 'any JSON' })
    t.match(await progress(ids[2]), {
      status: 'completed',
      response: { exit_code: 127, output: /commands do not really run/ },
    })
    fake.organization.clock.adjust({ instant: true })
    t.match(await progress(await start('uname')), { status: 'completed' })
    t.equal((await fake.organization.sessions.get('devin-a'))?.commands[2]?.command, 'rm -rf \ufffd')
  },
)

t.test(
  'POST /v3beta1/organizations/{org_id}/sessions/{devin_id}/command needs a session with a machine',
  async (t) => {
    const fake = await startV3(t)
    const refusal = async () => {
      const response = await fake.v3('POST', COMMAND, { command: 'ls' })
      return [response.statusCode, response.json().detail]
    }

    t.same(await refusal(), [404, 'Session not found'])
    await store(fake, {})
    await fake.org('POST', '/sessions/a/archive')
    t.same(await refusal(), [400, 'The session is suspended'])
    await fake.org('DELETE', '/sessions/a')
    t.same(await refusal(), [400, 'Devin session already exited'])
    const command = { id: 'command-1', at: 0, command: 'ls' }
    await fake.organization.sessions.update('devin-a', (before) => ({
      ...before,
      terminatedAt: null,
      events: [],
      commands: Array(SESSION_ITEMS_MAX).fill(command),
    }))
    t.equal((await refusal())[0], 507)
  },
)

t.test(
  'GET /v3beta1/organizations/{org_id}/sessions/{devin_id}/command/{request_id} needs a known command and a permission',
  async (t) => {
    const keys = new KeyRegistry({
      keys: [
        { key: 'cog_view', permissions: ['ViewOrgSessions'] },
        { key: 'cog_other', permissions: ['ManageKnowledge'] },
      ],
    })
    const fake = await startV3(t, { keys })
    await store(fake, { commands: [{ id: 'command-1', at: 0, command: 'ls' }] })
    const get = async (path: string, key = 'cog_view') => {
      const response = await fake.call('GET', path, { headers: bearer(key) })
      return [response.statusCode, response.json().detail]
    }

    t.same(await get(`${COMMAND}/command-1`), [200, undefined])
    t.same(await get(`${COMMAND}/command-1`, 'cog_other'), [403, 'Unauthorized'])
    t.same(await get(`${COMMAND}/command-1`, 'cog_open'), [200, undefined])
    t.same(await get(`${COMMAND}/command-2`), [404, 'Command not found'])
    t.same(await get(COMMAND.replace('/a/', '/b/').concat('/command-1')), [404, 'Session not found'])
  },
)
