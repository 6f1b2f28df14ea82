import t from 'tap'
import { randomIds } from '../../src/base/ids.ts'
import { startFakeDevin } from '../../src/index.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock, startFake } from '../fake.ts'
import { V3_KEY } from '../v3.ts'

const APP = 'http://localhost:8080/_fake/#'

t.test(
  'the URLs of sessions lead to the web app that the server was given, in both generations',
  async (t) => {
    const organizations = new Organizations({
      store: memoryStore(),
      clock: frozenClock,
      ids: randomIds,
      appUrl: APP,
    })
    const { send, call, organization } = await startFake(t, { organizations })
    const created = (await send('POST', '/v1/sessions', { prompt: 'x' })).json()
    const expected = `${APP}/sessions/${created.session_id.replace('devin-', '')}`
    t.equal(created.url, expected)

    const headers = { authorization: `Bearer ${V3_KEY}` }
    const base = `/v3/organizations/${organization.orgId}/sessions`
    const id = created.session_id.replace('devin-', '')
    const urls = [
      (await call('GET', base, { headers })).json().items[0].url,
      (await call('GET', `${base}/${created.session_id}`, { headers })).json().url,
      (await call('GET', `${base}/insights`, { headers })).json().items[0].url,
      (await call('GET', '/v3/enterprise/sessions', { headers })).json().items[0].url,
      (await call('GET', '/v1/enterprise/consumption?start_date=2026-01-01&end_date=2026-01-03')).json()
        .sessions[0].url,
    ]
    t.same(new Set(urls), new Set([expected]), id)
  },
)

t.test('startFakeDevin takes the web app as an option; by default it is the vendor’s', async (t) => {
  for (const [options, expected] of [
    [{}, 'https://app.devin.ai/sessions/'],
    [{ appUrl: `${APP}/` }, `${APP}/sessions/`],
  ] as const) {
    const devin = await startFakeDevin(options)
    t.teardown(() => devin.close())
    const answer = await devin.fetch('/v1/sessions', {
      method: 'POST',
      headers: { authorization: `Bearer ${devin.key}`, 'content-type': 'application/json' },
      body: '{"prompt": "x"}',
    })
    const { url } = (await answer.json()) as { url: string }
    t.ok(url.startsWith(expected), url)
  }
  await t.rejects(startFakeDevin({ appUrl: 'localhost' }), { message: /^appUrl takes an address/ })
})
