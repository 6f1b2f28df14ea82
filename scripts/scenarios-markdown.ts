import { PHASES, type Phase } from '../src/simulation/phase.ts'
import { endsSession, type Scenario, STATUS_ENUMS, type Step } from '../src/simulation/scenario.ts'
import { type SessionHistory, type SessionState, sessionAt } from '../src/simulation/session.ts'

/** The scenarios to show, by name. */
type Scenarios = Readonly<Record<string, { readonly purpose: string; readonly scenario: Scenario }>>

const HEADING = '## Built-in scenarios\n'

/**
 * Returns the page with everything below the heading of the built-in scenarios regenerated: a table of them,
 * and the timeline of each. Throws unless the page has the heading exactly once.
 */
export function withBuiltIns(page: string, scenarios: Scenarios): string {
  const [written, ...others] = page.split(HEADING)
  if (others.length !== 1) throw new Error(`the page needs its heading "${HEADING.trim()}", once`)
  const entries = Object.entries(scenarios)
  const parts = [INTRODUCTION, generations(), overview(entries), ...entries.map(chapter)]
  return `${written}${HEADING}\n${parts.join('\n')}`
}

const INTRODUCTION = `\`npm run docs\` generates this section from \`src/simulation/scenarios.ts\`. The tables show the result of each step; times count
from the start of the turn, which is the creation or a user's message. \`GET /_fake/scenarios\` returns the steps themselves.
The column v3 has \`status\` and \`status_detail\`; the columns \`status\` and \`status_enum\` have the values of v1 at the same time.
`

/** Returns a table of what both generations show, as far as it follows from `status_enum` alone. */
function generations(): string {
  const lines = STATUS_ENUMS.map((statusEnum) => {
    const { status } = sessionAt({ ...BLANK, scenario: { steps: [{ status_enum: statusEnum }] } }, 0)
    return `| \`${statusEnum}\` | \`${status}\` | ${phaseText(PHASES[statusEnum])} |`
  })
  return ['| `status_enum` of v1 | `status` of v1 | v3 |', '| --- | --- | --- |', ...lines, ''].join('\n')
}

function phaseText({ status, detail }: Phase): string {
  return detail === null ? `\`${status}\`` : `\`${status}\` \`${detail}\``
}

function overview(entries: [string, Scenarios[string]][]): string {
  const lines = entries.map(([name, { purpose }]) => `| [\`${name}\`](#${name}) | ${cell(purpose)} |`)
  return ['| Scenario | |', '| --- | --- |', ...lines, ''].join('\n')
}

function chapter([name, { purpose, scenario }]: [string, Scenarios[string]]): string {
  return [`### \`${name}\``, '', purpose, '', ...life(scenario)].join('\n')
}

function life(scenario: Scenario): string[] {
  const { create_error: refusal, on_message } = scenario
  if (refusal !== undefined) {
    return [`The creation answers \`${refusal.status} ${JSON.stringify({ detail: refusal.detail })}\`.`, '']
  }
  const first = turn(scenario, 'steps')
  if (on_message === undefined) {
    return [...picture([first]), ...table(first), 'A message is shown and has no other effect.', '']
  }
  const answered = turn(scenario, 'on_message')
  return [
    ...picture([first, answered]),
    ...table(first),
    'After a message, unless the session has ended:',
    '',
    ...table(answered),
  ]
}

/** A step, and the state of the session after it. */
interface Row {
  readonly step: Step
  readonly moment: string
  readonly state: SessionState
}

/**
 * Returns the rows of the first turn (`steps`), or of the turn of a message (`on_message`) that arrives after
 * all steps of the first turn except those that end the session.
 */
function turn(scenario: Scenario, list: 'steps' | 'on_message'): Row[] {
  const lasting = scenario.steps.filter((step) => !endsSession(step))
  const isFirst = list === 'steps'
  const steps = scenario[list] ?? []
  const start = isFirst ? 0 : Math.max(0, ...lasting.map(momentOf))
  return steps.map((step, index) => {
    const until = steps.slice(0, index + 1)
    const history = {
      ...BLANK,
      scenario: isFirst ? { steps: until } : { steps: lasting, on_message: until },
      reads: Array<number>(step.after_reads ?? 0).fill(0),
      messages: isFirst ? [] : [{ eventId: '', at: start, text: '', reads: 0 }],
    }
    // A step without a time of its own happens right after the one before it.
    const moment = Math.max(...until.map(momentOf))
    return { step, moment: momentText(step, moment), state: sessionAt(history, start + moment) }
  })
}

const BLANK: Omit<SessionHistory, 'scenario'> = {
  id: '',
  createdAt: 0,
  prompt: '',
  title: null,
  createdTags: [],
  promptEventId: '',
  messages: [],
  reads: [],
  events: [],
  terminatedAt: null,
  maxAcuLimit: null,
  samples: null,
}

/**
 * Returns the time of a step in microseconds from the start of the turn. Reads are assumed to happen at once.
 */
function momentOf({ after_seconds = 0 }: Step): number {
  return after_seconds * 1_000_000
}

function momentText({ after_seconds, after_reads }: Step, moment: number): string {
  if (after_reads !== undefined) return `read ${after_reads}`
  return after_seconds === undefined && moment === 0 ? 'at once' : `${moment / 1_000_000} s`
}

/** Returns a line for each turn, with the times at which the status changes and the new status. */
function picture(turns: Row[][]): string[] {
  const lines = turns.map((rows, index) => {
    const changes = rows.filter(({ state }, row) => wordOf(state) !== wordOf(rows[row - 1]?.state))
    const way = changes.map(({ moment, state }) => `${moment} ${wordOf(state)}`).join(' ─▶ ')
    // A session is new before its first step. In a later turn it starts as the previous turn left it.
    const isNew = index === 0 && rows[0]?.moment !== '0 s'
    return `${index === 0 ? 'created' : 'message'} ─▶ ${isNew ? 'new ─▶ ' : ''}${way}`
  })
  return ['```text', ...lines, '```', '']
}

/** Returns the `status_enum`, or the `status` where that says something else. */
function wordOf(state: SessionState | undefined): string | undefined {
  if (state === undefined) return undefined
  const { status, statusEnum } = state
  if (statusEnum === null) return status
  return ['running', 'resuming', 'finished', 'exit'].includes(status) ? statusEnum : status
}

function table(rows: Row[]): string[] {
  const lines = rows.map(({ step, moment, state }) =>
    [
      moment,
      phaseText(state.phase),
      `\`${state.status}\``,
      `\`${state.statusEnum}\``,
      cell(step.message ?? ''),
      others(step),
    ].join(' | '),
  )
  return [
    '| When | v3 | `status` | `status_enum` | Devin says | What else |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines.map((line) => `| ${line} |`),
    '',
  ]
}

function others(step: Step): string {
  const { title, pull_request, pull_requests, attachment, category, structured_output, acus } = step
  return [
    ...(title === undefined ? [] : [`title \`${title}\``]),
    ...(pull_request === undefined ? [] : [`pull request \`${pull_request?.url ?? null}\``]),
    ...(pull_requests ?? []).map(({ url, state = 'open' }) => `pull request \`${url}\` (${state})`),
    ...(attachment === undefined ? [] : [`file \`${attachment.name}\``]),
    ...(category === undefined ? [] : [`category \`${category}\``]),
    ...(structured_output === undefined ? [] : [`output \`${JSON.stringify(structured_output)}\``]),
    ...(acus === undefined ? [] : [`${acus} ACUs`]),
  ]
    .map(cell)
    .join(', ')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
