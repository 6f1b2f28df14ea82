import t from 'tap'
import {
  EFFECTS,
  type EffectValues,
  effectOf,
  initialValues,
  plausiblePullRequest,
  SUSPENSION_REASONS,
  tagsIn,
  titleFor,
  withPullRequest,
  withScenario,
} from '../../../src/page/model/sessions-effects.ts'
import type { SessionDetail } from '../../../src/schemas/control/sessions.ts'
import { checkEffect } from '../../../src/simulation/check-rule.ts'
import { STATUS_DETAILS } from '../../../src/simulation/scenario.ts'
import { summary } from './summaries.ts'

const session: SessionDetail = {
  ...summary({ session_id: 'devin-000c' }),
  timeline: [],
  timeline_cut: false,
  conversation: [],
  structured_output: null,
  structured_output_schema: null,
  files: [],
  v1: {},
  v3: {},
}

const values: EffectValues = {
  message: '',
  output: '',
  reason: 'inactivity',
  url: ' https://github.com/a/b/pull/1 ',
  state: 'merged',
}

t.test('each effect equals the one in the scenarios', (t) => {
  const effects = EFFECTS.map((name) => effectOf(name, session, values))

  t.same(effects, [
    { status_enum: 'blocked' },
    { status_enum: 'finished' },
    { status: 'suspended', status_enum: 'suspend_requested', status_detail: 'inactivity' },
    { pull_requests: [{ url: 'https://github.com/a/b/pull/1', state: 'merged' }] },
    { status: 'error', status_enum: 'blocked' },
    { status_enum: 'expired' },
  ])
  for (const effect of effects) t.notOk('issues' in checkEffect(effect, ['body']))
  t.end()
})

t.test(
  'every reason for a suspension can be chosen, and a suspension by the user has its own status',
  (t) => {
    const running = ['working', 'waiting_for_user', 'waiting_for_approval', 'finished']
    t.same([...running, ...SUSPENSION_REASONS].sort(), [...STATUS_DETAILS].sort())
    for (const reason of SUSPENSION_REASONS) {
      const effect = effectOf('suspend', session, { ...values, reason })
      t.notOk('issues' in checkEffect(effect, ['body']), reason)
      t.equal(
        effect.status_enum,
        reason === 'user_request' ? 'suspend_requested_frontend' : 'suspend_requested',
      )
    }
    t.end()
  },
)

t.test('a message and an output are added if they are given', (t) => {
  t.same(effectOf('block', session, { ...values, message: 'Which?' }), {
    message: 'Which?',
    status_enum: 'blocked',
  })
  t.same(effectOf('finish', session, { ...values, output: ' {"a": 1}' }), {
    status_enum: 'finished',
    structured_output: { a: 1 },
  })
  t.same(effectOf('finish', session, { ...values, message: ' ', output: '\n' }), { status_enum: 'finished' })
  t.throws(() => effectOf('finish', session, { ...values, output: '{' }), SyntaxError)
  t.end()
})

t.test(
  'the fields begin with a sample if the session has a schema, and with a plausible pull request',
  (t) => {
    t.same(initialValues(session), {
      message: '',
      output: '',
      reason: 'inactivity',
      url: 'https://github.com/fake-devin/demo/pull/12',
      state: 'open',
    })
    t.equal(initialValues({ ...session, structured_output_schema: {} }).output, '{"$sample": "full"}')
    t.end()
  },
)

t.test('a pull request is added, or gets its new state', (t) => {
  const one = { url: 'https://x.test/1', state: 'open' } as const
  const two = { url: 'https://x.test/2', state: 'open' } as const

  t.same(withPullRequest([one], two), [one, two])
  t.same(withPullRequest([one, two], { ...one, state: 'closed' }), [{ ...one, state: 'closed' }, two])
  t.end()
})

t.test('a plausible pull request is one that the session does not have', (t) => {
  const url = 'https://github.com/fake-devin/demo/pull'
  const at = (id: string, ...urls: string[]) =>
    plausiblePullRequest({
      session_id: id,
      pull_requests: urls.map((one) => ({ url: one, state: 'open' })),
    })

  t.equal(at('devin-ff000f'), `${url}/15`)
  t.equal(at('devin-ff000f', `${url}/15`, `${url}/16`), `${url}/17`)
  t.equal(at('devin-xxxx'), `${url}/1`)
  t.end()
})

t.test('tags are separated by commas, including Chinese ones', (t) => {
  t.same(tagsIn(' bug, web，bug ,, '), ['bug', 'web'])
  t.same(tagsIn(''), [])
  t.end()
})

t.test('the title for a prompt is its first line, cut if it is long', (t) => {
  t.equal(titleFor(' Fix it \nsoon'), 'Fix it')
  t.equal(titleFor('x'.repeat(60)), 'x'.repeat(60))
  t.equal(titleFor('x'.repeat(61)), `${'x'.repeat(59)}…`)
  t.end()
})

t.test('a scenario is chosen by a marker in the prompt', (t) => {
  t.equal(withScenario('Fix it\n', 'slow'), 'Fix it [fake:slow]')
  t.equal(withScenario('Fix it\n', ''), 'Fix it\n')
  t.end()
})
