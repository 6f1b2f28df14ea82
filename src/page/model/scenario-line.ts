/** The members of a step that the picture of a scenario shows. */
export interface LineStep {
  readonly after_seconds?: number
  readonly after_reads?: number
  readonly status?: string
  readonly status_enum?: string | null
  readonly message?: string
  readonly title?: string
  readonly pull_request?: { readonly url: string } | null
  readonly pull_requests?: readonly { readonly url: string; readonly state?: string }[]
  readonly attachment?: { readonly name: string }
  readonly structured_output?: unknown
  readonly acus?: number
  readonly category?: string | null
}

/** What a status means, for its sign and its colour. */
export type Shape = 'queued' | 'working' | 'waiting' | 'asleep' | 'done' | 'failed'

/** Something that happens beside a change of the status. */
export type Mark = 'message' | 'pull-request' | 'output' | 'file'

/** The steps of a turn that happen at the same moment. */
export interface LinePoint {
  /** The time since the start of the turn. */
  readonly seconds: number
  /** The reads since the start of the turn for which it waits. */
  readonly reads: number
  /** Where it is between the start of the turn (0) and its last step (1). */
  readonly position: number
  /** The status from here on, as the API calls it. */
  readonly status: string
  readonly shape: Shape
  /** Whether the status differs from the one before. */
  readonly isChange: boolean
  readonly marks: readonly Mark[]
  readonly steps: readonly LineStep[]
}

const SHAPES: Readonly<Record<string, Shape>> = {
  new: 'queued',
  claimed: 'queued',
  blocked: 'waiting',
  finished: 'done',
  expired: 'failed',
  error: 'failed',
  exit: 'failed',
  suspended: 'asleep',
  suspend_requested: 'asleep',
  suspend_requested_frontend: 'asleep',
}

/**
 * Returns the points of a turn in their order. As in a session, no step happens earlier than the one before. Points that are close to
 * each other stay apart, and long waits are shortened. `before` is the status with which the turn starts.
 */
export function lineOf(steps: readonly LineStep[], before = 'new'): LinePoint[] {
  const groups = groupsOf(steps)
  const last = groups.at(-1)?.distance ?? 0
  let status = before
  return groups.map(({ seconds, reads, distance, steps: own }) => {
    const old = status
    for (const step of own) status = step.status ?? step.status_enum ?? status
    return {
      seconds,
      reads,
      position: last === 0 ? 0 : distance / last,
      status,
      shape: SHAPES[status] ?? 'working',
      isChange: status !== old,
      marks: marksOf(own),
      steps: own,
    }
  })
}

/** Returns the scenario's lists of steps; undefined for anything else, such as the name of a scenario. */
export function turnsOf(scenario: unknown): { steps: LineStep[]; onMessage: LineStep[] } | undefined {
  if (typeof scenario !== 'object' || scenario === null) return undefined
  const { steps, on_message: onMessage } = scenario as { steps?: unknown; on_message?: unknown }
  return { steps: listOf(steps), onMessage: listOf(onMessage) }
}

/** Returns the error with which a scenario answers the creation of a session; undefined if it creates one. */
export function createErrorOf(scenario: unknown): { status: number; detail: string } | undefined {
  return (scenario as { create_error?: { status: number; detail: string } } | null)?.create_error
}

interface Group {
  readonly seconds: number
  readonly reads: number
  /** How far it is from the start in the picture, in units of its own. */
  readonly distance: number
  readonly steps: LineStep[]
}

function groupsOf(steps: readonly LineStep[]): Group[] {
  const groups: Group[] = []
  for (const step of steps) {
    const last = groups.at(-1)
    const { seconds, reads, distance } = last ?? { seconds: 0, reads: 0, distance: 0 }
    const passed = Math.max(0, (step.after_seconds ?? 0) - seconds)
    const read = Math.max(0, (step.after_reads ?? 0) - reads)
    const isTogether = passed === 0 && read === 0
    if (isTogether && last !== undefined) {
      last.steps.push(step)
      continue
    }
    groups.push({
      seconds: seconds + passed,
      reads: reads + read,
      distance: isTogether ? 0 : distance + 1 + Math.log10(1 + passed + read),
      steps: [step],
    })
  }
  return groups
}

function marksOf(steps: readonly LineStep[]): Mark[] {
  const has: Readonly<Record<Mark, (step: LineStep) => boolean>> = {
    message: ({ message }) => message !== undefined,
    'pull-request': ({ pull_request: one, pull_requests: all = [] }) => one != null || all.length > 0,
    output: ({ structured_output: output }) => output != null,
    file: ({ attachment }) => attachment !== undefined,
  }
  return (Object.keys(has) as Mark[]).filter((mark) => steps.some(has[mark]))
}

function listOf(steps: unknown): LineStep[] {
  return Array.isArray(steps) ? steps : []
}
