import fc from 'fast-check'
import t, { type Test } from 'tap'
import { seededIds } from '../../../../src/base/ids.ts'
import { Organizations } from '../../../../src/organization/organizations.ts'
import type { Step } from '../../../../src/simulation/scenario.ts'
import { builtInScenarios } from '../../../../src/simulation/scenarios.ts'
import { memoryStore } from '../../../../src/store/memory.ts'
import { type Fake, frozenClock, startFake } from '../../../fake.ts'

/** A server whose ids are those of any other such server. */
function aServer(t: Test): Promise<Fake> {
  const ids = (owner: string) => seededIds(1, owner)
  return startFake(t, { organizations: new Organizations({ store: memoryStore(), clock: frozenClock, ids }) })
}

const create = async ({ send }: Fake, prompt: string): Promise<string> =>
  (await send('POST', '/v1/sessions', { prompt })).json().session_id

/** The scenarios that go by time and messages alone. */
const timed = Object.entries(builtInScenarios)
  .filter(([, { steps, create_error }]) => !create_error && steps.every(({ after_reads }) => !after_reads))
  .map(([name]) => name)

/** What can happen to a session, and what only looks at it. */
type Act =
  | { readonly kind: 'advance'; readonly seconds: number }
  | { readonly kind: 'message' | 'event' | 'terminate' }
  | { readonly kind: 'get' | 'old get' | 'list' }

const LOOKS: readonly string[] = ['get', 'old get', 'list'] satisfies Act['kind'][]

const acts = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('advance'), seconds: fc.constantFrom(0, 0.5, 2, 7, 61) } as const),
    fc.record({ kind: fc.constantFrom('message', 'message', 'event', 'terminate') } as const),
    fc.record({ kind: fc.constantFrom('get', 'get', 'old get', 'list') } as const),
  ),
  { maxLength: 14 },
)

async function perform({ advance, call, send }: Fake, id: string, act: Act): Promise<void> {
  if (act.kind === 'advance') advance(act.seconds)
  else if (act.kind === 'message') await send('POST', `/v1/sessions/${id}/message`, { message: 'and this' })
  else if (act.kind === 'event') await send('POST', `/_fake/sessions/${id}/events`, { message: 'by hand' })
  else if (act.kind === 'terminate') await call('DELETE', `/v1/sessions/${id}`)
  else if (act.kind === 'list') await call('GET', '/v1/sessions')
  else await call('GET', `/v1/${act.kind === 'get' ? 'sessions' : 'session'}/${id}`)
}

t.test('property: who looks at a session that counts no reads changes nothing in it', async (t) => {
  t.ok(timed.length > 10)
  const looked = await aServer(t)
  const unseen = await aServer(t)
  const seenBy = async (fake: Fake, id: string) => [
    (await fake.call('GET', `/v1/sessions/${id}`)).body,
    (await fake.call('GET', '/v1/sessions?limit=1')).body,
  ]

  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...timed), acts, async (name, acts) => {
      const id = await create(looked, `[fake:${name}]`)
      t.equal(await create(unseen, `[fake:${name}]`), id)
      for (const act of acts) {
        await perform(looked, id, act)
        if (!LOOKS.includes(act.kind)) await perform(unseen, id, act)
      }
      t.strictSame(await seenBy(looked, id), await seenBy(unseen, id))
    }),
    { numRuns: 60 },
  )
})

t.test(
  'property: a step that counts reads counts each GET of its session once, and nothing else',
  async (t) => {
    const fake = await aServer(t)
    const counting: Step[] = Array.from({ length: 20 }, (_, index) => ({
      after_reads: index + 1,
      message: `read ${index + 1}`,
    }))
    const rule = { name: 'counting', scenario: { steps: counting } }
    t.equal((await fake.send('POST', '/_fake/scenarios', rule)).statusCode, 201)
    const other = fc.constantFrom('other get', 'list', 'message', 'tags', 'advance', 'event')

    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.constant('get'), other), { maxLength: 20 }), async (acts) => {
        const id = await create(fake, '[fake:counting]')
        const otherId = await create(fake, '[fake:counting]')
        const { messages } = (await fake.call('GET', `/v1/sessions/${otherId}`)).json()
        t.equal(messages.length, 2)
        let count = 0
        for (const act of acts) {
          if (act === 'other get') await fake.call('GET', `/v1/sessions/${otherId}`)
          else if (act === 'list') await fake.call('GET', '/v1/sessions?limit=5')
          else if (act === 'message') await fake.send('POST', `/v1/sessions/${id}/message`, { message: 'm' })
          else if (act === 'tags') await fake.send('PUT', `/v1/sessions/${id}/tags`, { tags: ['a'] })
          else if (act === 'advance') fake.advance(3)
          else if (act === 'event') await fake.send('POST', `/_fake/sessions/${id}/events`, { message: 'e' })
          else {
            count++
            const { messages } = (await fake.call('GET', `/v1/sessions/${id}`)).json()
            const reads = messages.filter(({ message }: { message: string }) => message.startsWith('read '))
            t.same(
              reads.map(({ message }: { message: string }) => message),
              counting.slice(0, count).map(({ message }) => message),
            )
          }
        }
      }),
      { numRuns: 60 },
    )
  },
)
