// Tests src/state/decode.ts and src/resources/session-decoder.ts.
import t, { type Test } from 'tap'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { CLOCK_MAX, formatInstant } from '../../src/base/clock.ts'
import { randomIds } from '../../src/base/ids.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock, NOW, startFake } from '../fake.ts'
import { aServer, putState, stateOf } from './server.ts'

/** Returns the sessions that a document creates. */
async function sessionsOf(t: Test, sessions: unknown, others: object = {}) {
  const app = await aServer(t)
  const [status, body] = await putState(app, { organizations: [{ sessions }], ...others })
  if (status !== 204) throw new Error(body)
  return JSON.parse(await stateOf(app)).organizations[0].sessions as ReturnType<typeof JSON.parse>[]
}

/** Returns the issues of a document with this organization: locations and messages. */
async function issuesOf(t: Test, organization: object, others: object = {}): Promise<string[]> {
  const app = await aServer(t)
  const [status, body] = await putState(app, { organizations: [organization], ...others })
  t.equal(status, 422)
  return JSON.parse(body).detail.map(
    ({ loc, msg }: { loc: string[]; msg: string }) =>
      `${loc.slice(1).join('.')}: ${msg.replace('Value error, ', '')}`,
  )
}

const AT = 'organizations.0.sessions.0'

t.test('prompt is the only required member of a session', async (t) => {
  const [session] = await sessionsOf(t, [{ prompt: 'x' }])

  t.match(session, { id: /^devin-[0-9a-f]{32}$/, prompt_event_id: /^event-[0-9a-f]{32}$/ })
  const { id, prompt_event_id, ...rest } = session
  t.same(rest, {
    prompt: 'x',
    title: null,
    structured_output_required: false,
    bypass_approval: false,
    session_links: [],
    child_playbook_id: null,
    platform: 'linux',
    tags: [],
    created_tags: [],
    scenario: 'default',
    created_at: formatInstant(NOW),
    created_by: null,
    messages: [],
    reads: [],
    events: [],
    terminated_at: null,
    samples: null,
    structured_output_schema: null,
    snapshot_id: null,
    playbook_id: null,
    unlisted: false,
    max_acu_limit: null,
    knowledge_ids: null,
    secret_ids: null,
    session_secret_keys: [],
    devin_mode: 'normal',
    origin: 'api',
    parent_session_id: null,
    child_session_ids: [],
    attachment_urls: [],
    automation_id: null,
    schedule_id: null,
    repos: [],
    resumable: true,
    commands: [],
    archived_at: null,
    insights_requested_at: null,
    answers_for_prompt: true,
  })
})

t.test('count creates numbered sessions with distinct ids', async (t) => {
  const sessions = await sessionsOf(t, [{ prompt: '{n}. {n}', title: 'T{n}', count: 3 }, { prompt: '{n}' }])

  t.same(
    sessions.map(({ prompt, title }) => [prompt, title]),
    [
      ['1. 1', 'T1'],
      ['2. 2', 'T2'],
      ['3. 3', 'T3'],
      ['{n}', null],
    ],
  )
  t.equal(new Set(sessions.flatMap(({ id, prompt_event_id }) => [id, prompt_event_id])).size, 8)
})

t.test('each copy of a session has its own messages', async (t) => {
  const messages = [{ text: 'a' }, { text: 'b', event_id: 'event-b' }, { text: 'c' }]
  const sessions = await sessionsOf(t, [{ prompt: '{n}', messages, count: 2 }])
  const ids = sessions.map((session) => session.messages.map((one: { event_id: string }) => one.event_id))

  t.equal(new Set(ids.flat()).size, 5)
  t.same(
    ids.map(([, given]) => given),
    ['event-b', 'event-b'],
  )
  for (const [index, [first, , last]] of ids.entries()) {
    t.ok(sessions[index].prompt_event_id < first, 'the ids ascend')
    t.ok(first < last, 'also those of the same moment')
  }
})

t.test('a total count above the limit and a count with an id are rejected', async (t) => {
  const sessions = [
    { prompt: 'x', count: 60_000 },
    { prompt: 'y', count: 50_000 },
    { prompt: 'z', count: 2, id: 'devin-1' },
  ]

  t.same(await issuesOf(t, { sessions: sessions.slice(0, 2) }), [
    'organizations: count creates more than 100000 sessions',
  ])
  t.same(await issuesOf(t, { sessions: sessions.slice(2) }), [
    `${AT}.id: cannot be combined with a count above 1`,
    `${AT}.id: the same id as that of ${AT}`,
  ])
  t.match(await issuesOf(t, { sessions: [{ prompt: 'x', count: 0 }] }), [
    /^organizations.0.sessions.0.count: Input/,
  ])
})

t.test('age_seconds is relative to the clock of the organization', async (t) => {
  const app = await aServer(t)
  await putState(app, {
    clock: { now: '2030-01-01T00:00:00Z' },
    organizations: [
      { sessions: [{ prompt: 'x', age_seconds: 1.5 }] },
      {
        org_id: 'org-2',
        clock: { now: '2031-01-01T00:00:00Z' },
        sessions: [{ prompt: 'x', age_seconds: 60 }],
      },
    ],
  })

  const { organizations } = JSON.parse(await stateOf(app))

  t.match(organizations, [
    {
      sessions: [{ created_at: '2029-12-31T23:59:58.500000Z' }],
      clock: { now: '2030-01-01T00:00:00.000000Z' },
    },
    { sessions: [{ created_at: '2030-12-31T23:59:00.000000Z' }] },
  ])
  const both = [{ prompt: 'x', age_seconds: 1, created_at: '2030-01-01T00:00:00Z' }]
  t.same(await issuesOf(t, { sessions: both }), [`${AT}.age_seconds: cannot be combined with created_at`])
})

t.test(
  'a session reaches its status_enum one minute after its creation, or now if it is younger',
  async (t) => {
    const made = await sessionsOf(t, [
      { prompt: 'a', status_enum: 'expired', age_seconds: 3600 },
      { prompt: 'b', status_enum: 'expired', age_seconds: 1.5 },
      { prompt: 'c', status_enum: 'working', created_at: '2100-01-01T00:00:00Z' },
    ])

    t.same(
      made.map(({ scenario }) => scenario.steps),
      [
        [{ after_seconds: 60, status_enum: 'expired' }],
        [{ after_seconds: 1.5, status_enum: 'expired' }],
        [{ after_seconds: 0, status_enum: 'working' }],
      ],
    )
  },
)

t.test(
  'status_enum sets the status of a session, and a finished session has structured output',
  async (t) => {
    const { send, call, app } = await startFake(t)
    const schema = { type: 'object', properties: { a: { const: 5 } }, required: ['a'] }
    const sessions = [
      { id: 'devin-1', prompt: 'a', status_enum: 'blocked' },
      { id: 'devin-2', prompt: 'b', status_enum: 'finished', structured_output_schema: schema },
    ]

    await putState(app, { organizations: [{ sessions }] })

    const get = async (id: string) => (await call('GET', `/v1/sessions/${id}`)).json()
    t.match(await get('devin-1'), { status_enum: 'blocked', structured_output: null })
    t.match(await get('devin-2'), { status_enum: 'finished', structured_output: { a: 5 } })
    t.equal((await send('DELETE', '/v1/sessions/devin-2', {})).statusCode, 200)
    t.equal((await send('DELETE', '/v1/sessions/devin-2', {})).statusCode, 400)
    const both = [{ prompt: 'x', status_enum: 'blocked', scenario: 'never' }]
    t.same(await issuesOf(t, { sessions: both }), [`${AT}.status_enum: cannot be combined with scenario`])
  },
)

t.test('a session has its own scenario, else the one chosen for its prompt, title and tags', async (t) => {
  const steps = [{ acus: 1 }]
  const scenarios = [
    { name: 'mine', scenario: { steps } },
    { match: { tag: 'slow' }, scenario: 'slow' },
    { match: { title: 'T' }, scenario: 'mine' },
  ]
  const sessions = [
    { prompt: 'a', scenario: 'never' },
    { prompt: 'b', scenario: 'mine' },
    { prompt: 'c', scenario: { steps } },
    { prompt: 'd [fake:blocked]' },
    { prompt: 'e', tags: ['slow'] },
    { prompt: 'f', title: 'T' },
    { prompt: 'g', scenario: { steps } },
  ]

  const made = await sessionsOf(t, sessions, { scenarios })

  t.same(
    made.map(({ scenario }) => scenario),
    ['never', { steps }, { steps }, 'blocked', 'slow', { steps }, { steps }],
  )
})

t.test('sessions follow the rules of the server, unless the document has rules', async (t) => {
  const app = await aServer(t)
  const rule = { match: { prompt: 'Fix it' }, scenario: 'blocked' }
  await app.inject({ method: 'POST', url: '/_fake/scenarios', payload: rule })
  const scenarioWith = async (others: object) => {
    await putState(app, { organizations: [{ sessions: [{ prompt: 'Fix it' }] }], ...others })
    return JSON.parse(await stateOf(app)).organizations[0].sessions[0].scenario
  }

  t.equal(await scenarioWith({}), 'blocked')
  t.equal(await scenarioWith({ scenarios: [] }), 'default')
})

t.test('sessions of a document with equal scenarios share one object', async (t) => {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const { app } = await startFake(t, { organizations })
  const scenario = { steps: [{ acus: 1 }] }

  await putState(app, {
    organizations: [
      {
        sessions: [
          { prompt: 'a', scenario },
          { prompt: 'b', scenario },
        ],
      },
    ],
  })

  const [one, other] = await organizations.get(DEFAULT_ORG_ID).sessions.list()
  t.same(one?.scenario, scenario)
  t.equal(one?.scenario, other?.scenario)
})

t.test('invalid and unknown scenarios are rejected', async (t) => {
  const refused = async (fields: object) =>
    (await issuesOf(t, { sessions: [{ prompt: 'x', ...fields }] })).join()

  t.equal(await refused({ scenario: 'unknown' }), `${AT}.scenario: no scenario has this name`)
  t.match(await refused({ prompt: '[fake:unknown]' }), `${AT}.prompt: unknown scenario unknown; known are `)
  t.match(await refused({ scenario: { steps: 5 } }), `${AT}.scenario.steps: `)
  t.equal(
    await refused({ scenario: null }),
    `${AT}.scenario: Input should be a valid dictionary or object to extract fields from`,
  )
})

t.test('a session keeps a built-in scenario whose name a rule overrides', async (t) => {
  const { app, send, call } = await startFake(t)
  await send('POST', '/v1/sessions', { prompt: '[fake:never] a' })
  await send('POST', '/_fake/scenarios', { name: 'never', scenario: { steps: [{ acus: 9 }] } })
  const state = await stateOf(app)

  await putState(app, state)

  t.equal(await stateOf(app), state)
  const { sessions } = (await call('GET', '/v1/sessions')).json()
  t.match(sessions, [{ status_enum: 'working' }])
  t.match(await stateOf(app, `?org_id=${JSON.parse(state).organizations[0].org_id}`), "I'm on it")
})

t.test(
  'a structured output schema is checked, and samples are generated unless the document has them',
  async (t) => {
    const structured_output_schema = { type: 'object', properties: { a: { const: 5 } }, required: ['a'] }
    const samples = { full: { a: [1] }, partial: null }
    const scenario = { steps: [{ structured_output: { $sample: 'full' } }], structured_output_schema }

    const made = await sessionsOf(t, [
      { prompt: 'a', structured_output_schema },
      { prompt: 'b', structured_output_schema, samples },
      { prompt: 'c', structured_output_schema, samples: null },
      { prompt: 'd', scenario },
    ])

    const full = { full: { a: 5 }, partial: { a: 5 } }
    t.same(
      made.map(({ samples }) => samples),
      [full, samples, null, full],
    )
    const refused = async (fields: object) =>
      (await issuesOf(t, { sessions: [{ prompt: 'x', ...fields }] })).join()
    t.match(
      await refused({ structured_output_schema: { type: 'nothing' } }),
      `${AT}.structured_output_schema: is not a valid Draft 7 schema: `,
    )
    let deep: unknown = 1
    for (let level = 0; level < 101; level++) deep = [deep]
    t.equal(
      await refused({ samples: { full: deep, partial: deep } }),
      `${AT}.samples.full: is nested more than 100 levels deep,${AT}.samples.partial: is nested more than 100 levels deep`,
    )
  },
)

t.test('times in the history of a session default to its creation time', async (t) => {
  const at = '2026-01-02T03:04:06.000000Z'
  const created_at = '2026-01-02T03:04:05.000000Z'
  const [session] = await sessionsOf(t, [
    {
      prompt: 'x',
      created_at,
      messages: [{ text: 'a' }, { text: 'b', at, event_id: 'event-b', reads: 1 }],
      reads: [at],
      events: [{ effect: { message: 'hi' } }, { at, effect: { acus: 2 }, messages: 2 }],
      terminated_at: at,
      max_acu_limit: 5,
    },
  ])

  t.match(session, {
    messages: [
      { event_id: /^event-[0-9a-f]{32}$/, at: created_at, text: 'a', reads: 0 },
      { event_id: 'event-b', at, text: 'b', reads: 1 },
    ],
    reads: [at],
    events: [
      { at: created_at, effect: { message: 'hi' } },
      { at, effect: { acus: 2 }, messages: 2 },
    ],
    terminated_at: at,
    max_acu_limit: 5,
  })
})

t.test('events that the control plane would reject are rejected', async (t) => {
  const events = [
    { effect: { message: 'ok' } },
    { effect: { message: '{{unknown}}' } },
    { effect: { mesage: 'x' } },
  ]

  t.same(await issuesOf(t, { sessions: [{ prompt: 'x', events: events.slice(0, 2) }] }), [
    `${AT}.events.1.effect.message: unknown template {{unknown}}`,
  ])
  t.same(await issuesOf(t, { sessions: [{ prompt: 'x', events }] }), [
    `${AT}.events.2.effect.mesage: Extra inputs are not permitted; did you mean message?`,
  ])
})

t.test(
  'idempotent requests find the first session with a prompt, unless another one sets answers_for_prompt',
  async (t) => {
    const made = await sessionsOf(t, [
      { prompt: 'a' },
      { prompt: 'a' },
      { prompt: 'b' },
      { prompt: 'b', answers_for_prompt: true },
      { prompt: 'c', answers_for_prompt: false },
      { prompt: 'c', count: 2 },
    ])

    t.same(
      made.map(({ answers_for_prompt }) => answers_for_prompt),
      [true, false, false, true, false, true, false],
    )
    const twice = { prompt: 'a', answers_for_prompt: true }
    t.same(await issuesOf(t, { sessions: [twice, twice] }), [
      `organizations.0.sessions.1.prompt: the same prompt as that of ${AT}`,
    ])
  },
)

t.test(
  'max_acu_limit is clamped to the largest number, and a session id must be valid in paths',
  async (t) => {
    const app = await aServer(t)
    const document = `{"organizations":[{"sessions":[{"prompt":"x","max_acu_limit":1${'0'.repeat(400)}}]}]}`

    t.same(await putState(app, document), [204, ''])

    t.match(JSON.parse(await stateOf(app)).organizations, [
      { sessions: [{ max_acu_limit: Number.MAX_VALUE }] },
    ])
    t.match(await issuesOf(t, { sessions: [{ prompt: 'x', id: 'mine' }] }), [
      `${AT}.id: String should match pattern`,
    ])
  },
)

t.test('times out of range of clocks and organizations are rejected', async (t) => {
  const time = '9999-01-01T00:00:00Z'
  const reason = 'time out of range'

  t.same(await issuesOf(t, { created_at: time, clock: { now: '1969-01-01T00:00:00Z' } }), [
    `organizations.0.clock.now: ${reason}`,
    `organizations.0.created_at: ${reason}`,
  ])
  t.same(await issuesOf(t, {}, { clock: { now: time } }), [`clock.now: ${reason}`])
  const app = await aServer(t)
  const latest = { clock: { now: formatInstant(CLOCK_MAX), frozen: true } }
  t.same(
    await putState(app, { ...latest, organizations: [{ sessions: [{ prompt: 'x', age_seconds: 1e9 }] }] }),
    [204, ''],
  )
})

t.test(
  'line breaks in base64, the editor of a playbook and the users of old audit logs are read',
  async (t) => {
    const app = await aServer(t)
    const user = { id: 'u', email: 'e', name: 'n' }
    await putState(app, {
      organizations: [
        {
          attachments: [{ name: 'b', base64: 'aGk=\n' }],
          playbooks: [
            { title: 't', body: 'b', created_by: user },
            { title: 't', body: 'b', created_by: user, updated_by: null },
          ],
          audit_logs: [
            { action: 'b', subject_id: 's', user_id: 'email|1' },
            { action: 'c', subject_id: 's', user_id: 'email|1', actor: user },
          ],
        },
      ],
    })

    const [organization] = JSON.parse(await stateOf(app)).organizations
    t.match(organization, {
      attachments: [{ base64: /^aGk=$/ }],
      playbooks: [{ updated_by: user }, { updated_by: null }],
      audit_logs: [{ actor: { id: 'email|1', email: '1@example.com', name: 'User 1' } }, { actor: user }],
    })
  },
)

t.test('duplicates and values that are invalid in a response are rejected', async (t) => {
  const [a, b] = [
    { title: 't', body: 'b', macro: '!m' },
    { name: 'x', id: 'note-1' },
  ]

  t.same(
    await issuesOf(t, { playbooks: [a, a], knowledge: [b, b], attachments: [{ name: 'x', base64: '%' }] }),
    [
      'organizations.0.attachments.0.base64: not base64',
      'organizations.0.knowledge.1.id: the same id as that of organizations.0.knowledge.0',
      'organizations.0.playbooks.1.macro: the same macro as that of organizations.0.playbooks.0',
    ],
  )
  const attachments = [
    { name: 'a/b' },
    { name: '..' },
    { name: 'a\u0000' },
    { name: 'a', content_type: 'a\n' },
    { name: 'a', id: 'a b' },
  ]
  t.equal((await issuesOf(t, { attachments })).length, 5)
  t.equal((await issuesOf(t, { folders: [{ name: 'x', id: 'a/b' }], clock: { speed: 0 } })).length, 2)
})

t.test('rules with the same id are rejected', async (t) => {
  const rule = { id: 'scenario-1', scenario: 'never' }

  t.same(await issuesOf(t, {}, { scenarios: [rule, rule] }), [
    'scenarios.1.id: the same id as that of scenarios.0',
  ])
})

t.test('scenarios that cannot be encoded as JSON are checked individually', async (t) => {
  const app = await aServer(t)
  const document = (...messages: string[]) => {
    const sessions = messages.map((step, n) => `{"prompt":"${n}","scenario":{"steps":[${step}]}}`)
    return `{"organizations":[{"sessions":[${sessions}]}]}`
  }

  t.same(await putState(app, document('{"message":"a\\ud800"}', '{"message":"b\\ud800"}')), [204, ''])

  const { sessions } = JSON.parse(await stateOf(app)).organizations[0]
  t.match(sessions, [
    { scenario: { steps: [{ message: 'a\ufffd' }] } },
    { scenario: { steps: [{ message: 'b\ufffd' }] } },
  ])
  const [status, body] = await putState(app, document('{"acus":NaN}'))
  t.equal(status, 422)
  t.match(JSON.parse(body).detail, [{ msg: 'Value error, contains a number that is not finite' }])
})

t.test('a document has at most 200,000 organizations', async (t) => {
  const app = await aServer(t)
  const organizations = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ org_id: `org-${index}` }))

  const [taken] = await putState(app, { organizations: organizations(1_000) })
  const [refused, body] = await putState(app, { organizations: organizations(200_001) })

  t.equal(taken, 204)
  t.equal(refused, 422)
  t.match(JSON.parse(body).detail, [{ type: 'too_long', loc: ['body', 'organizations'] }])
})
