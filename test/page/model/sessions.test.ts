import t from 'tap'
import {
  COLUMNS,
  type Column,
  columnOf,
  excerptOf,
  filtered,
  grouped,
  nameOf,
  newestFirst,
  type SessionSummary,
  tagsOf,
} from '../../../src/page/model/sessions.ts'
import { builtInScenarios } from '../../../src/simulation/scenarios.ts'
import { sessionAt } from '../../../src/simulation/session.ts'
import { summary } from './summaries.ts'

/** The columns of statuses: v1's `status` and `status_enum`, and v3's `status` and `status_detail`. */
const STATUSES: readonly (readonly [
  Column,
  string,
  SessionSummary['status_enum'],
  string,
  SessionSummary['v3_status_detail'],
])[] = [
  ['new', 'new', null, 'new', null],
  ['new', 'claimed', null, 'claimed', null],
  ['new', 'running', 'working', 'new', null],
  ['working', 'running', 'working', 'running', 'working'],
  ['working', 'resuming', 'resume_requested', 'resuming', null],
  ['working', 'running', 'suspend_requested', 'running', 'working'],
  ['blocked', 'running', 'blocked', 'running', 'waiting_for_user'],
  ['blocked', 'running', 'blocked', 'running', 'waiting_for_approval'],
  ['blocked', 'running', 'working', 'running', 'waiting_for_approval'],
  ['suspended', 'running', 'blocked', 'suspended', 'inactivity'],
  ['suspended', 'suspended', 'suspend_requested', 'suspended', 'out_of_credits'],
  ['suspended', 'suspended', 'finished', 'suspended', 'user_request'],
  ['finished', 'finished', 'finished', 'running', 'waiting_for_user'],
  ['finished', 'finished', 'finished', 'suspended', 'inactivity'],
  ['finished', 'running', 'working', 'running', 'finished'],
  ['finished', 'finished', null, 'running', 'waiting_for_user'],
]

for (const [column, status, status_enum, v3_status, v3_status_detail] of STATUSES) {
  t.test(`${status} ${status_enum}, in v3 ${v3_status} ${v3_status_detail}, is ${column}`, (t) => {
    const session = summary({ status, status_enum, v3_status, v3_status_detail })

    t.equal(columnOf(session), column)
    t.equal(columnOf({ ...session, has_ended: true }), 'ended')
    t.end()
  })
}

t.test('each built-in scenario ends in the column that its purpose names', (t) => {
  const HOUR = 3_600_000_000
  const columns = Object.entries(builtInScenarios).flatMap(([name, scenario]) => {
    if (scenario.create_error !== undefined) return []
    const state = sessionAt(
      {
        id: 'devin-1',
        createdAt: 0,
        prompt: 'Fix it',
        title: null,
        createdTags: [],
        scenario,
        promptEventId: 'event-1',
        messages: [],
        reads: [HOUR, HOUR, HOUR],
        events: [],
        terminatedAt: null,
        maxAcuLimit: name === 'suspended-for-cost' ? 5 : null,
        samples: null,
      },
      1.5 * HOUR,
    )
    const session = summary({
      status: state.status,
      status_enum: state.statusEnum,
      v3_status: state.phase.status,
      v3_status_detail: state.phase.detail,
      has_ended: state.endedAt !== null,
    })
    return [[name, columnOf(session)]]
  })

  t.match(Object.fromEntries(columns), {
    default: 'finished',
    'blocked-then-finished': 'suspended',
    expired: 'ended',
    'suspended-for-cost': 'suspended',
    error: 'ended',
    never: 'working',
    'three-reads': 'finished',
    'explicitly-finished': 'finished',
    'out-of-credits': 'suspended',
  })
  t.end()
})

t.test('every session is in exactly one column, in the same order', (t) => {
  const sessions = STATUSES.map(([, status, status_enum, v3_status, v3_status_detail], index) =>
    summary({ session_id: `devin-${index}`, status, status_enum, v3_status, v3_status_detail }),
  )
  const columns = grouped([...sessions, summary({ session_id: 'devin-x', has_ended: true })])

  t.same(Object.keys(columns), COLUMNS)
  t.same(
    COLUMNS.map((column) => columns[column].length),
    [3, 3, 3, 3, 4, 1],
  )
  t.same(
    columns.new.map(({ session_id }) => session_id),
    ['devin-0', 'devin-1', 'devin-2'],
  )
  t.end()
})

t.test('a filter selects by words, by a tag and by the organization', (t) => {
  const one = summary({
    session_id: 'devin-a1',
    title: 'Fix the Login',
    prompt: 'It is broken',
    tags: ['bug', 'web'],
  })
  const two = summary({
    session_id: 'devin-b2',
    title: null,
    prompt: 'Write docs about the login',
    org_id: 'org-2',
  })
  const select = (text: string, tag = '', orgId?: string) =>
    filtered([one, two], { text, tag, orgId }).map(({ session_id }) => session_id)

  t.same(select(''), ['devin-a1', 'devin-b2'])
  t.same(select('LOGIN'), ['devin-a1', 'devin-b2'])
  t.same(select(' login  broken '), ['devin-a1'])
  t.same(select('bug'), ['devin-a1'])
  t.same(select('b2'), ['devin-b2'])
  t.same(select('nothing'), [])
  t.same(select('', 'web'), ['devin-a1'])
  t.same(select('', 'we'), [])
  t.same(select('', '', 'org-2'), ['devin-b2'])
  t.end()
})

t.test('the newest sessions come first, and those of the same time keep their order', (t) => {
  const sessions = [
    ['a', '2026-01-01T00:00:01.000000Z'],
    ['b', '2026-01-01T00:00:02.000000Z'],
    ['c', '2026-01-01T00:00:01.000000Z'],
    ['d', '2026-01-01T00:00:00.500000Z'],
  ].map(([session_id = '', created_at = '']) => summary({ session_id, created_at }))

  t.same(
    newestFirst(sessions).map(({ session_id }) => session_id),
    ['b', 'a', 'c', 'd'],
  )
  t.end()
})

t.test('the most frequent tags come first', (t) => {
  const sessions = [
    ['a', 'b'],
    ['b', 'c'],
    ['b', 'c'],
  ].map((tags) => summary({ tags }))

  t.same(tagsOf(sessions, 10), ['b', 'c', 'a'])
  t.same(tagsOf(sessions, 1), ['b'])
  t.end()
})

t.test('the name of a session is its title, or else the first line of its prompt', (t) => {
  t.equal(nameOf({ title: ' Login ', prompt: 'x' }), 'Login')
  t.equal(nameOf({ title: null, prompt: '\n Fix it \nsoon' }), 'Fix it')
  t.equal(nameOf({ title: ' ', prompt: ' ' }), '')
  t.end()
})

t.test('the prompt is shown below the title unless it says the same', (t) => {
  t.equal(excerptOf({ title: 'Login', prompt: ' Fix it ' }), 'Fix it')
  t.equal(excerptOf({ title: 'Fix it', prompt: ' Fix it ' }), '')
  t.equal(excerptOf({ title: 'Fix it', prompt: 'Fix it [fake:slow]' }), '')
  t.equal(excerptOf({ title: 'Fix it [fake:slow]', prompt: ' Fix it [fake:slow] ' }), '')
  t.equal(excerptOf({ title: 'Login', prompt: 'Fix it [fake:slow]' }), 'Fix it')
  t.equal(excerptOf({ title: null, prompt: 'Fix it' }), '')
  t.equal(excerptOf({ title: null, prompt: 'Fix it\nsoon' }), 'Fix it\nsoon')
  t.end()
})
