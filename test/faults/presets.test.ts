import t from 'tap'
import { checkFault } from '../../src/faults/check.ts'
import { presets } from '../../src/faults/presets.ts'
import { PRESETS } from '../../src/schemas/control/fault.ts'
import { startFaulty } from './start.ts'

t.test('every preset is a valid fault', (t) => {
  t.same(Object.keys(presets), [...PRESETS])
  for (const preset of PRESETS) {
    t.same(checkFault({ preset }), checkFault({ preset, ...presets[preset] }), preset)
    t.notOk('issues' in checkFault({ preset }), preset)
  }
  t.end()
})

t.test('rate-limit answers 429 with Retry-After until it is removed', async (t) => {
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

t.test('flaky answers 503 once', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ preset: 'flaky' })

  t.equal((await fake.post()).status, 503)
  t.equal((await fake.post()).status, 200)
  t.equal(await fake.playbooks(), 1)
})

t.test('outage answers 503 to every request', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ preset: 'outage' })

  for (const path of ['/v1/playbooks', '/v1/nothing', '/openapi.json']) {
    t.equal((await fake.get(path)).status, 503, path)
  }
})

t.test('slow delays every response by two seconds and does not change it', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ preset: 'slow' })
  t.match(await fake.faults(), [{ delay_ms: 2000 }])
  await fake.call('DELETE', '/_fake/faults')

  await fake.add({ preset: 'slow', delay_ms: 1 })
  t.same(await (await fake.get()).json(), [])
})

t.test('expired-key answers 401 to polling after two responses', async (t) => {
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

t.test('out-of-quota rejects new sessions and keeps existing ones', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ preset: 'out-of-quota' })

  const refused = await fake.send('POST', '/v1/sessions', { prompt: 'Fix the login page' })

  const marked = await fake.send('POST', '/v1/sessions', { prompt: '[fake:out-of-quota]' })
  t.same([refused.statusCode, refused.json()], [marked.statusCode, marked.json()])
  t.equal((await fake.get('/v1/sessions')).status, 200)
  t.match(await fake.faults(), [{ struck: 2 }])
})

/** Retries until a request succeeds. Returns the outcome of each attempt. */
async function withRetries(send: () => Promise<Response>): Promise<string[]> {
  const outcomes: string[] = []
  while (outcomes.length < 10) {
    try {
      const res = await send()
      await res.json()
      outcomes.push(String(res.status))
      if (res.ok) break
    } catch (error) {
      outcomes.push((error as Error).name)
    }
  }
  return outcomes
}

t.test('a client with retries eventually succeeds, and the journal lists every attempt', async (t) => {
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

  // Abort "after" and malformed JSON hide operations that have run.
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
