import fc from 'fast-check'
import { type Effect, STATUS_ENUMS, type Step } from '../../src/simulation/scenario.ts'
import type { SessionHistory } from '../../src/simulation/session.ts'

/** The start time of the sessions in these tests, in microseconds. */
export const START = 1_767_323_045_000_000

/** Returns the time `seconds` after the start. */
export const after = (seconds: number): number => START + Math.round(seconds * 1_000_000)

/** Returns the history of a session without events. */
export const aHistory = (fields: Partial<SessionHistory> = {}): SessionHistory => ({
  id: `devin-${'0'.repeat(28)}00ff`,
  createdAt: START,
  prompt: 'Fix the tests',
  title: null,
  createdTags: [],
  scenario: { steps: [] },
  promptEventId: 'event-0',
  messages: [],
  reads: [],
  events: [],
  terminatedAt: null,
  maxAcuLimit: null,
  samples: null,
  ...fields,
})

/** Returns a user message `seconds` after the start. */
export const aMessage = (seconds: number, text = 'go on', reads = 0) => ({
  eventId: `event-user-${seconds}`,
  at: after(seconds),
  text,
  reads,
})

const seconds = fc.integer({ min: 0, max: 20 }).map((halves) => halves / 2)

const effect: fc.Arbitrary<Effect> = fc.record(
  {
    status_enum: fc.constantFrom(...STATUS_ENUMS, null),
    status: fc.constantFrom('claimed', 'suspended'),
    message: fc.constantFrom('hello', '{{last_message}}', '{{attachments}} {{title}}'),
    title: fc.constantFrom('A title', '{{request}}'),
    pull_request: fc.constantFrom({ url: '{{pull_request_url}}' }, null),
    structured_output: fc.constantFrom({ a: '{{prompt}}' }, { $sample: 'full' }, null),
    acus: fc.constantFrom(1, 2.5),
  },
  { requiredKeys: [] },
)

const step = (counted: boolean): fc.Arbitrary<Step> =>
  fc
    .tuple(
      fc.record(
        {
          after_seconds: seconds,
          ...(counted && { after_reads: fc.integer({ min: 1, max: 4 }) }),
        },
        { requiredKeys: [] },
      ),
      effect,
    )
    .map(([time, changes]) => ({ ...time, ...changes }))

/** A type of entry in a session's history. */
type Action = 'read' | 'message' | 'event'

/**
 * Returns an arbitrary of realistic histories: reads, messages and manual events in sequence, often with the same timestamp. With
 * `counted`, steps can wait for reads.
 */
export function histories({ counted = false } = {}): fc.Arbitrary<SessionHistory> {
  const actions = fc.array(
    fc.record({
      wait: fc.constantFrom(0, 0, 0.5, 2),
      action: fc.constantFrom<Action>('read', 'message', 'event'),
      effect,
    }),
    { maxLength: 8 },
  )
  const scenario = fc.record(
    {
      steps: fc.array(step(counted), { maxLength: 5 }),
      on_message: fc.array(step(counted), { maxLength: 4 }),
    },
    { requiredKeys: ['steps'] },
  )
  return fc
    .record({
      scenario,
      actions,
      terminatedAt: fc.option(seconds.map(after)),
      prompt: fc.string({ unit: 'grapheme' }),
    })
    .map(({ scenario, actions, terminatedAt, prompt }) => {
      const messages: SessionHistory['messages'][number][] = []
      const reads: number[] = []
      const events: SessionHistory['events'][number][] = []
      let at = START
      for (const { wait, action, effect } of actions) {
        at += wait * 1_000_000
        if (action === 'read') reads.push(at)
        else if (action === 'event') events.push({ at, effect, messages: messages.length })
        else
          messages.push({
            eventId: `event-user-${messages.length}`,
            at,
            text: `m${messages.length}`,
            reads: reads.length,
          })
      }
      const ended = terminatedAt !== null && terminatedAt < at ? at : terminatedAt
      return aHistory({
        scenario,
        prompt,
        messages,
        reads,
        events,
        terminatedAt: ended,
        samples: { full: 1, partial: 0 },
      })
    })
}
