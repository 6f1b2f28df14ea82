import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { eventId } from '../../src/simulation/event-ids.ts'
import { countsReads, type SessionHistory, sessionAt } from '../../src/simulation/session.ts'
import { TIMELINE_EVENTS_MAX } from '../../src/simulation/timeline.ts'
import { cpuMillis } from '../cpu-time.ts'
import { after, aHistory, aMessage, histories, START } from './histories.ts'

const texts = (history: SessionHistory, seconds: number, instant = false) =>
  sessionAt(history, after(seconds), instant).messages.map(({ text }) => text)

function deepFreeze(value: unknown): void {
  if (value === null || typeof value !== 'object') return
  Object.freeze(value)
  for (const member of Object.values(value)) deepFreeze(member)
}

t.test('a new session has only its prompt', async (t) => {
  t.strictSame(sessionAt(aHistory(), START), {
    status: 'new',
    statusEnum: null,
    title: null,
    messages: [{ type: 'initial_user_message', eventId: 'event-0', at: START, text: 'Fix the tests' }],
    pullRequests: [],
    files: [],
    structuredOutput: null,
    phase: { status: 'new', detail: null },
    category: null,
    subcategory: null,
    acus: 0,
    updatedAt: START,
    changedAt: START,
    endedAt: null,
  })
})

t.test('a step takes effect exactly at its time', async (t) => {
  const history = aHistory({ scenario: { steps: [{ after_seconds: 1.5, status_enum: 'blocked', acus: 2 }] } })

  const before = sessionAt(history, after(1.5) - 1)
  t.strictSame([before.statusEnum, before.acus, before.updatedAt], [null, 0, START])
  const then = sessionAt(history, after(1.5))
  t.strictSame([then.statusEnum, then.acus, then.updatedAt], ['blocked', 2, after(1.5)])
})

t.test(
  'a step without a time happens with the previous step, and no step happens earlier than the previous one',
  async (t) => {
    const steps = [{ after_seconds: 3, message: 'a' }, { message: 'b' }, { after_seconds: 1, message: 'c' }]
    const history = aHistory({ scenario: { steps } })

    t.same(texts(history, 2.9), ['Fix the tests'])
    t.same(texts(history, 3), ['Fix the tests', 'a', 'b', 'c'])
  },
)

t.test('every status_enum has its status', async (t) => {
  const words = {
    working: 'running',
    blocked: 'running',
    finished: 'finished',
    expired: 'exit',
    suspend_requested: 'running',
    suspend_requested_frontend: 'running',
    resume_requested: 'resuming',
    resume_requested_frontend: 'resuming',
    resumed: 'running',
  } as const
  for (const [name, word] of Object.entries(words)) {
    const status_enum = name as keyof typeof words
    const { status, statusEnum } = sessionAt(aHistory({ scenario: { steps: [{ status_enum }] } }), START)
    t.same([status, statusEnum], [word, name])
  }
})

t.test('a step can reset fields and set its own status', async (t) => {
  const steps = [
    { status_enum: 'working' as const, pull_request: { url: 'u' }, structured_output: [1] },
    { after_seconds: 1, status_enum: null, pull_request: null, structured_output: null },
    { after_seconds: 2, status: 'suspended' },
  ]
  const history = aHistory({ scenario: { steps } })

  const at = (seconds: number) => sessionAt(history, after(seconds))
  t.match(at(0), { status: 'running', structuredOutput: [1] })
  t.same(at(0).pullRequests, [{ url: 'u', state: 'open' }])
  t.match(at(1), { status: 'new', statusEnum: null, structuredOutput: null })
  t.same(at(1).pullRequests, [])
  t.match(at(2), { status: 'suspended', statusEnum: null })
})

t.test('a session does not change after its end', async (t) => {
  const ends = [{ status_enum: 'expired' as const }, { status: 'error' }, { status: 'exit' }]
  for (const end of ends) {
    const steps = [
      { after_seconds: 1, ...end },
      { after_seconds: 2, message: 'late', status: 'running' },
    ]
    const events = [{ at: after(3), effect: { status_enum: 'working' as const } }]
    const state = sessionAt(aHistory({ scenario: { steps }, events, messages: [aMessage(4)] }), after(9))

    t.match(state, { status: end.status ?? 'exit', endedAt: after(1), updatedAt: after(1) })
    t.equal(state.statusEnum, end.status_enum ?? null)
    t.equal(state.messages.length, 1)
  }
})

t.test(
  'a finished session has not ended: later steps of the turn are skipped, but a message starts a new turn',
  async (t) => {
    const steps = [
      { after_seconds: 1, status_enum: 'finished' as const },
      { after_seconds: 2, message: 'late' },
    ]
    const on_message = [{ status_enum: 'working' as const }, { after_seconds: 1, message: 'more' }]
    const history = aHistory({ scenario: { steps, on_message } })

    t.match(sessionAt(history, after(9)), {
      status: 'finished',
      statusEnum: 'finished',
      endedAt: null,
      updatedAt: after(1),
    })
    t.same(texts(history, 9), ['Fix the tests'])
    const answered = { ...history, messages: [aMessage(4, 'And the docs')] }
    t.match(sessionAt(answered, after(4)), { status: 'running', statusEnum: 'working' })
    t.same(texts(answered, 9), ['Fix the tests', 'And the docs', 'more'])
    const terminated = { ...answered, messages: [], terminatedAt: after(3) }
    t.match(sessionAt(terminated, after(9)), { status: 'exit', statusEnum: 'finished', endedAt: after(3) })
  },
)

t.test('a session finished by a manual event resumes when a manual event sets it to working', async (t) => {
  const steps = [1, 2, 3, 4].map((after_seconds) => ({ after_seconds, message: `step ${after_seconds}` }))
  const events = [
    { at: after(1), effect: { status_enum: 'finished' as const, message: 'by hand' } },
    { at: after(2.5), effect: { message: 'said' } },
    { at: after(3.5), effect: { status_enum: 'working' as const } },
  ]

  t.same(texts(aHistory({ scenario: { steps }, events: events.slice(0, 1) }), 9), [
    'Fix the tests',
    'step 1',
    'by hand',
  ])
  t.same(texts(aHistory({ scenario: { steps }, events }), 9), [
    'Fix the tests',
    'step 1',
    'by hand',
    'said',
    'step 4',
  ])
})

t.test('a terminated session has exited and does not change', async (t) => {
  const scenario = { steps: [{ status_enum: 'working' as const }, { after_seconds: 5, message: 'never' }] }
  const history = aHistory({ scenario, terminatedAt: after(2) })

  t.match(sessionAt(history, after(2) - 1), { statusEnum: 'working', endedAt: null })
  t.match(sessionAt(history, after(2)), { status: 'exit', statusEnum: 'finished', endedAt: after(2) })
  t.same(texts(history, 99), ['Fix the tests'])
})

t.test('a step with after_reads happens with that read', async (t) => {
  const scenario = { steps: [{ after_reads: 3, message: 'third' }] }
  const reads = [after(1), after(2)]

  t.same(texts(aHistory({ scenario, reads }), 2), ['Fix the tests'])
  const third = aHistory({ scenario, reads: [...reads, after(4)] })
  t.same(texts(third, 4), ['Fix the tests', 'third'])
  t.equal(sessionAt(third, after(9)).updatedAt, after(4))
  t.same(texts(third, 3), ['Fix the tests'])
})

t.test('a step with after_seconds and after_reads waits for both', async (t) => {
  const scenario = { steps: [{ after_reads: 1, after_seconds: 5, message: 'both' }] }

  t.same(texts(aHistory({ scenario, reads: [after(1)] }), 4), ['Fix the tests'])
  t.same(texts(aHistory({ scenario, reads: [after(1)] }), 5), ['Fix the tests', 'both'])
  t.same(texts(aHistory({ scenario }), 9), ['Fix the tests'])
})

t.test('a message starts a new turn if the scenario has on_message', async (t) => {
  const scenario = {
    steps: [
      { after_seconds: 1, message: 'one' },
      { after_seconds: 5, message: 'never' },
    ],
    on_message: [{ after_seconds: 2, message: 'heard {{last_message}}' }],
  }
  const history = aHistory({ scenario, messages: [aMessage(3, 'A'), aMessage(6, 'B')] })

  t.same(texts(history, 3), ['Fix the tests', 'one', 'A'])
  t.same(texts(history, 9), ['Fix the tests', 'one', 'A', 'heard A', 'B', 'heard B'])
})

t.test('a message does not change the turn if the scenario has no on_message', async (t) => {
  const scenario = {
    steps: [
      { after_seconds: 1, message: 'one' },
      { after_seconds: 5, message: 'two' },
    ],
  }

  t.same(texts(aHistory({ scenario, messages: [aMessage(3, 'A')] }), 9), ['Fix the tests', 'one', 'A', 'two'])
})

t.test('the count of reads restarts in each turn', async (t) => {
  const scenario = {
    steps: [{ after_reads: 1, message: 'first' }],
    on_message: [{ after_reads: 2, message: 'again' }],
  }
  const history = aHistory({ scenario, reads: [after(1), after(4)], messages: [aMessage(2, 'A', 1)] })

  t.same(texts(history, 5), ['Fix the tests', 'first', 'A'])
  t.same(texts({ ...history, reads: [...history.reads, after(5)] }, 5), [
    'Fix the tests',
    'first',
    'A',
    'again',
  ])
})

t.test('steps that were visible before a message precede it, even with the same timestamp', async (t) => {
  const scenario = { steps: [{ message: 'hello' }], on_message: [{ message: 'heard' }] }
  const messages = [aMessage(0, 'A'), aMessage(0, 'B')]

  t.same(texts(aHistory({ scenario, messages }), 0), ['Fix the tests', 'hello', 'A', 'heard', 'B', 'heard'])
})

t.test('a read after a message follows it, even with the same timestamp', async (t) => {
  const counting = [{ after_reads: 1, message: 'read' }]
  const history = aHistory({ scenario: { steps: counting }, messages: [aMessage(0, 'A')], reads: [START] })

  t.same(texts(history, 0), ['Fix the tests', 'A', 'read'])
  const superseded = { ...history, scenario: { steps: counting, on_message: [] } }
  t.same(texts(superseded, 0), ['Fix the tests', 'A'])
})

t.test('a manual event keeps its position among messages with the same timestamp', async (t) => {
  const scenario = { steps: [], on_message: [{ status_enum: 'working' as const }] }
  const question = { at: START, effect: { message: 'Which one?', status_enum: 'blocked' as const } }

  const answered = aHistory({
    scenario,
    events: [{ ...question, messages: 0 }],
    messages: [aMessage(0, 'A')],
  })
  t.same(texts(answered, 0), ['Fix the tests', 'Which one?', 'A'])
  t.equal(sessionAt(answered, START).statusEnum, 'working')
  const asked = aHistory({ scenario, events: [{ ...question, messages: 1 }], messages: [aMessage(0, 'A')] })
  t.same(texts(asked, 0), ['Fix the tests', 'A', 'Which one?'])
  t.equal(sessionAt(asked, START).statusEnum, 'blocked')
  t.same(texts(aHistory({ events: [question], messages: [aMessage(0, 'A')] }), 0), [
    'Fix the tests',
    'Which one?',
    'A',
  ])
})

t.test('with instant, steps wait for reads and messages but not for time', async (t) => {
  const scenario = {
    steps: [
      { after_seconds: 100, message: 'one' },
      { after_reads: 1, message: 'two' },
    ],
    on_message: [{ after_seconds: 100, message: 'three' }],
  }

  t.same(texts(aHistory({ scenario }), 0, true), ['Fix the tests', 'one'])
  t.same(texts(aHistory({ scenario, reads: [START] }), 0, true), ['Fix the tests', 'one', 'two'])
  const answered = aHistory({ scenario, reads: [START], messages: [aMessage(0, 'A', 1)] })
  t.same(texts(answered, 0, true), ['Fix the tests', 'one', 'two', 'A', 'three'])
})

t.test('with instant, the title appears immediately, also after the session has ended', async (t) => {
  const scenario = { steps: [{ after_seconds: 8, status_enum: 'finished' as const }] }

  t.equal(sessionAt(aHistory({ scenario }), START, true).title, 'Fix the tests')
})

t.test('a session consumes no more ACUs than max_acu_limit', async (t) => {
  const scenario = { steps: [{ acus: 0.5 }, { after_seconds: 1, acus: 5 }] }
  const acus = (maxAcuLimit: number | null, seconds: number) =>
    sessionAt(aHistory({ scenario, maxAcuLimit }), after(seconds)).acus

  t.same([acus(2, 0), acus(2, 1)], [0.5, 2])
  t.same([acus(9, 1), acus(null, 1)], [5, 5])
})

t.test('consumed ACUs do not come back when a later turn begins with fewer', async (t) => {
  const scenario = { steps: [{ acus: 5 }], on_message: [{ acus: 1 }, { after_seconds: 5, acus: 6 }] }
  const history = aHistory({ scenario, messages: [aMessage(10)] })
  const acus = (seconds: number) => sessionAt(history, after(seconds)).acus

  t.same([acus(9), acus(10), acus(15)], [5, 5, 6])
})

t.test('the steps of a session after it was archived do not happen', async (t) => {
  const steps = [
    { after_seconds: 3, status: 'suspended' },
    { after_seconds: 5, message: 'a' },
    { after_seconds: 6, status_enum: 'working' as const },
    { after_reads: 1, message: 'b' },
  ]
  const history = aHistory({ scenario: { steps }, archivedAt: after(5), reads: [after(7)] })

  t.same(texts(history, 99), ['Fix the tests', 'a'])
  t.match(sessionAt(history, after(99)).phase, { status: 'suspended' })
})

t.test('countsReads is true until the last step of the latest turn that waits for reads', async (t) => {
  const steps = [{ after_reads: 2, message: 'a' }, { message: 'b' }]
  const reads = [START, START]

  t.notOk(countsReads(aHistory({ scenario: { steps: [{ message: 'a' }] } })))
  t.ok(countsReads(aHistory({ scenario: { steps } })))
  t.ok(countsReads(aHistory({ scenario: { steps }, reads: [START] })))
  t.notOk(countsReads(aHistory({ scenario: { steps }, reads })))
  const answered = { reads, messages: [aMessage(1, 'A', 2)] }
  t.notOk(countsReads(aHistory({ scenario: { steps }, ...answered })))
  t.ok(countsReads(aHistory({ scenario: { steps, on_message: steps }, ...answered })))
  t.notOk(countsReads(aHistory({ scenario: { steps, on_message: [] }, messages: [aMessage(1)] })))
})

const moments = fc
  .array(fc.integer({ min: 0, max: 60 }), { minLength: 2, maxLength: 6 })
  .map((halves) => halves.sort((a, b) => a - b).map((half) => after(half / 2)))

t.test('property: sessionAt is pure', async () => {
  fc.assert(
    fc.property(histories({ counted: true }), moments, fc.boolean(), (history, moments, instant) => {
      deepFreeze(history)
      const states = moments.map((now) => JSON.stringify(sessionAt(history, now, instant)))
      const again = moments.toReversed().map((now) => JSON.stringify(sessionAt(history, now, instant)))
      return states.every((state, index) => state === again.toReversed()[index])
    }),
  )
})

t.test('property: reads have no effect if the scenario does not count them', async () => {
  fc.assert(
    fc.property(histories(), moments, (history, moments) => {
      const unread = {
        ...history,
        reads: [],
        messages: history.messages.map((one) => ({ ...one, reads: 0 })),
      }
      return moments.every(
        (now) => JSON.stringify(sessionAt(history, now)) === JSON.stringify(sessionAt(unread, now)),
      )
    }),
  )
})

t.test('property: messages are only appended, in chronological order, with unique ids', async (t) => {
  fc.assert(
    fc.property(histories({ counted: true }), moments, (history, moments) => {
      let before = JSON.stringify([])
      for (const now of moments) {
        const { messages } = sessionAt(history, now)
        const text = JSON.stringify(messages)
        if (!text.startsWith(before.slice(0, -1))) return false
        if (messages.some(({ at }, index) => at > now || at < (messages[index - 1]?.at ?? START)))
          return false
        if (new Set(messages.map(({ eventId }) => eventId)).size !== messages.length) return false
        before = text
      }
      return true
    }),
  )
  t.pass()
})

t.test('property: the ids of messages are in the order of the messages', async (t) => {
  fc.assert(
    fc.property(histories({ counted: true }), moments, fc.boolean(), (history, moments, instant) => {
      const promptEventId = eventId({ at: history.createdAt, sent: 0 }, 'f'.repeat(32))
      const messages = history.messages.map((one, index) => ({
        ...one,
        eventId: eventId({ at: one.at, sent: index + 1 }, 'f'.repeat(32)),
      }))
      return moments.every((now) => {
        const state = sessionAt({ ...history, promptEventId, messages }, now, instant)
        const ids = state.messages.map(({ eventId }) => eventId)
        return isDeepStrictEqual(ids.toSorted(), ids)
      })
    }),
  )
  t.pass()
})

t.test(
  'property: a session does not change after its end, and its timestamps are never in the future',
  async () => {
    fc.assert(
      fc.property(histories({ counted: true }), moments, (history, moments) => {
        let end: string | undefined
        for (const now of moments) {
          const state = sessionAt(history, now)
          if (state.updatedAt > now || (state.endedAt ?? 0) > now) return false
          if (end !== undefined && end !== JSON.stringify(state)) return false
          if (state.endedAt !== null) end = JSON.stringify(state)
        }
        return true
      }),
    )
  },
)

t.test('property: later history does not change an earlier state', async () => {
  fc.assert(
    fc.property(histories({ counted: true }), moments, fc.boolean(), (history, moments, instant) => {
      return moments.every((now) => {
        const past = {
          ...history,
          reads: history.reads.filter((at) => at <= now),
          messages: history.messages.filter(({ at }) => at <= now),
          events: history.events.filter(({ at }) => at <= now),
          terminatedAt: (history.terminatedAt ?? 0) > now ? null : history.terminatedAt,
        }
        return (
          JSON.stringify(sessionAt(past, now, instant)) === JSON.stringify(sessionAt(history, now, instant))
        )
      })
    }),
  )
})

t.test('property: further reads have no effect if countsReads is false', async () => {
  fc.assert(
    fc.property(histories({ counted: true }), moments, fc.nat({ max: 5 }), (history, moments, more) => {
      fc.pre(!countsReads(history))
      const latest = Math.max(START, ...history.reads, ...history.messages.map(({ at }) => at))
      const read = { ...history, reads: [...history.reads, ...Array<number>(more).fill(latest)] }
      return moments.every(
        (now) => JSON.stringify(sessionAt(read, now)) === JSON.stringify(sessionAt(history, now)),
      )
    }),
  )
})

t.test(
  'property: messages visible before a user message stay visible after it, even if the clock moves',
  async () => {
    fc.assert(
      fc.property(histories({ counted: true }), (history) => {
        const alive = { ...history, terminatedAt: null }
        return history.messages.every((message, index) => {
          const { at, reads } = message
          const past = {
            ...alive,
            reads: history.reads.slice(0, reads),
            events: history.events.filter(({ messages = 0 }) => messages <= index),
            messages: history.messages.slice(0, index),
          }
          const seen = sessionAt(past, at)
          const then = sessionAt({ ...past, messages: [...past.messages, message] }, at)
          const texts = then.messages.map(({ text }) => text)
          const kept = JSON.stringify(texts.slice(0, seen.messages.length))
          return kept === JSON.stringify(seen.messages.map(({ text }) => text))
        })
      }),
    )
  },
)

t.test('the state of a session with 20,000 messages takes less than two seconds', async (t) => {
  const scenario = {
    steps: [],
    on_message: [{ status_enum: 'working' as const }, { message: '{{last_message}}' }],
  }
  const messages = Array.from({ length: 20_000 }, (_, index) => aMessage(index))
  const started = cpuMillis()

  t.equal(sessionAt(aHistory({ scenario, messages }), after(20_000)).messages.length, 40_001)

  t.ok(cpuMillis() - started < 2000)
})

t.test('steps beyond the maximum number of events are dropped', async (t) => {
  const messages = Array.from({ length: 120 }, () => aMessage(0))
  const on_message = Array.from({ length: 1000 }, () => ({ message: 'm' }))
  const said = texts(aHistory({ messages, scenario: { steps: [], on_message } }), 0)

  t.ok(said.length <= TIMELINE_EVENTS_MAX + 1 + messages.length)
})

t.test('steps that do not happen are not evaluated', async (t) => {
  let looks = 0
  const step = {
    get after_seconds() {
      looks++
      return 1e9
    },
  }
  const messages = Array.from({ length: 100 }, () => aMessage(0))
  sessionAt(
    aHistory({ messages, scenario: { steps: [], on_message: Array.from({ length: 1000 }, () => step) } }),
    START,
  )

  t.ok(looks <= 200, `${looks} looks`)
})
