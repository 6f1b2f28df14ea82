import t from 'tap'
import { checkFault } from '../../src/faults/check.ts'
import { presets } from '../../src/faults/presets.ts'
import { PRESETS } from '../../src/schemas/control/fault.ts'
import { startFaulty } from './start.ts'

t.test('every preset is a fault that could be given', (t) => {
  t.same(Object.keys(presets), [...PRESETS])
  for (const preset of PRESETS) {
    t.same(checkFault({ preset }), checkFault({ preset, ...presets[preset] }), preset)
    t.notOk('issues' in checkFault({ preset }), preset)
  }
  t.end()
})

t.test('rate-limit: 429 until it is taken away, with how long to wait', async (t) => {
  const fake = await startFaulty(t)
  const id = await fake.add({ preset: 'rate-limit' })

  for (let count = 0; count < 3; count++) {
    const res = await fake.get()
    t.same([res.status, res.headers.get('retry-after')], [429, '1'])
    t.same(await res.json(), { detail: 'Too Many Requests' })
  }
  await fake.call('DELETE', `/_fake/faults/${id}`)
  t.equal((await fake.get()).status, 200)
})

t.test('flaky: 503 once, then fine', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ preset: 'flaky' })

  t.equal((await fake.post()).status, 503)
  t.equal((await fake.post()).status, 200)
  t.equal(await fake.playbooks(), 1)
})

t.test('outage: 503 to whatever is asked', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ preset: 'outage' })

  for (const path of ['/v1/playbooks', '/v1/nothing', '/openapi.json']) {
    t.equal((await fake.get(path)).status, 503, path)
  }
})

t.test('slow: every answer comes two seconds later, and is as it would be', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ preset: 'slow' })
  t.match(await fake.faults(), [{ delay_ms: 2000 }])
  await fake.call('DELETE', '/_fake/faults')

  await fake.add({ preset: 'slow', delay_ms: 1 })
  t.same(await (await fake.get()).json(), [])
})

t.test('expired-key: a poll is answered 401 after two answers', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ preset: 'expired-key' })
  const created = await fake.send('POST', '/v1/sessions', { prompt: 'Fix the login page' })
  const { session_id } = created.json()
  const poll = () => fake.get(`/v1/sessions/${session_id}`)

  t.same([created.statusCode, (await poll()).status, (await poll()).status], [200, 200, 200])
  const refused = await poll()
  t.same([refused.status, await refused.json()], [401, { detail: 'Unauthorized' }])
  t.equal((await poll()).status, 401)
})

t.test('out-of-quota: no new sessions, while the old ones go on', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ preset: 'out-of-quota' })

  const refused = await fake.send('POST', '/v1/sessions', { prompt: 'Fix the login page' })

  const marked = await fake.send('POST', '/v1/sessions', { prompt: '[fake:out-of-quota]' })
  t.same([refused.statusCode, refused.json()], [marked.statusCode, marked.json()])
  t.equal((await fake.get('/v1/sessions')).status, 200)
  t.match(await fake.faults(), [{ struck: 2 }])
})

/** Asks until there is an answer that is no error, as clients do; gives what it took. */
async function withRetries(ask: () => Promise<Response>): Promise<string[]> {
  const seen: string[] = []
  while (seen.length < 10) {
    try {
      const res = await ask()
      await res.json()
      seen.push(String(res.status))
      if (res.ok) break
    } catch (error) {
      seen.push((error as Error).name)
    }
  }
  return seen
}

t.test('a client that asks again gets through in the end, and the journal tells how', async (t) => {
  const fake = await startFaulty(t)
  const faults = [
    { preset: 'flaky' },
    { preset: 'rate-limit', times: 2 },
    { abort: 'before', times: 1 },
    { abort: 'after', times: 1 },
    { malformed_json: true, times: 1 },
  ]
  const ids: string[] = []
  for (const fault of faults) ids.push(await fake.add(fault))

  t.same(await withRetries(fake.post), ['503', '429', '429', 'TypeError', 'TypeError', 'SyntaxError', '200'])

  // What "after" and malformed JSON hid has happened.
  t.equal(await fake.playbooks(), 3)
  const [flaky, limited, before, after, malformed] = ids
  t.same(
    (await fake.journal()).map(({ fault, status }) => [fault, status]),
    [
      [flaky, 503],
      [limited, 429],
      [limited, 429],
      [before, null],
      [after, null],
      [malformed, 200],
      [undefined, 200],
    ],
  )
  const verified = await fake.send('POST', '/_fake/requests/verify', {
    method: 'POST',
    body: { title: 'Release' },
    times: 7,
  })
  t.same(verified.json(), { verified: true, count: 7 })
})
