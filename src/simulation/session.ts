import { createHash } from 'node:crypto'
import { attachmentUrls } from './attachment-lines.ts'
import type { Effect, Scenario, StatusEnum, Step } from './scenario.ts'
import { fillJson, fillTemplate, type TemplateValues } from './templates.ts'

/** A user's message, and the moment from which its turn counts. Times are microseconds since the epoch. */
export interface ReceivedMessage {
  readonly eventId: string
  readonly at: number
  readonly text: string
  /** How often the session had been read before. */
  readonly reads: number
}

/** What happened to a session: all that its state at any moment follows from. */
export interface SessionHistory {
  readonly id: string
  readonly createdAt: number
  readonly prompt: string
  /** The title that the client chose. */
  readonly title: string | null
  readonly tags: readonly string[]
  readonly scenario: Scenario
  readonly promptEventId: string
  readonly messages: readonly ReceivedMessage[]
  /** When the session was read, the earliest first; kept only where the scenario counts reads. */
  readonly reads: readonly number[]
  /** What was made to happen by hand, in the order of time. */
  readonly events: readonly { readonly at: number; readonly effect: Effect }[]
  readonly terminatedAt: number | null
  /** Data that fits the session's `structured_output_schema`. */
  readonly samples: { readonly full: unknown; readonly partial: unknown } | null
}

/** A message of a session as it is seen at a moment. */
export interface SessionMessage {
  readonly type: 'initial_user_message' | 'user_message' | 'devin_message'
  readonly eventId: string
  readonly at: number
  readonly text: string
}

/** A session as it is seen at a moment. */
export interface SessionState {
  readonly status: string
  readonly statusEnum: StatusEnum | null
  readonly title: string | null
  readonly messages: readonly SessionMessage[]
  readonly pullRequest: { readonly url: string } | null
  readonly structuredOutput: unknown
  readonly acus: number
  readonly updatedAt: number
  /** When it ended (finished, expired or terminated), after which nothing changes any more. */
  readonly endedAt: number | null
}

/** The `status` word beside a `status_enum`, in the words of the newer API, which clients of this one test for too. */
const STATUS_WORDS: Record<StatusEnum, string> = {
  working: 'running',
  blocked: 'running',
  finished: 'exit',
  expired: 'exit',
  suspend_requested: 'running',
  suspend_requested_frontend: 'running',
  resume_requested: 'resuming',
  resume_requested_frontend: 'resuming',
  resumed: 'running',
}

/** A title that nobody chose shows this long after the creation. */
const TITLE_AFTER_MICROS = 2_000_000
const TITLE_LENGTH_MAX = 60

/**
 * The state of a session at `now` (microseconds since the epoch). Pure: it depends on nothing but its arguments. With
 * `instant`, steps do not wait for time to pass.
 */
export function sessionAt(history: SessionHistory, now: number, instant = false): SessionState {
  const state = new StateAt(history)
  for (const happening of happeningsUntil(history, now, instant)) {
    if (state.endedAt !== null) break
    state.apply(happening)
  }
  return state.view(instant ? Number.POSITIVE_INFINITY : now)
}

/** Whether a further read of the session can change its state: whether its latest turn still counts reads. */
export function awaitsReads({ scenario, messages, reads }: SessionHistory): boolean {
  const turn = scenario.on_message === undefined ? undefined : messages.at(-1)
  const steps = (turn === undefined ? scenario.steps : scenario.on_message) ?? []
  const most = Math.max(0, ...steps.map((step) => step.after_reads ?? 0))
  return reads.length - (turn?.reads ?? 0) < most
}

type Happening = { readonly at: number } & (
  | { readonly kind: 'effect'; readonly effect: Effect; readonly eventId: string }
  | { readonly kind: 'message'; readonly message: ReceivedMessage }
  | { readonly kind: 'terminated' }
)

/** Everything up to `now`, in the order of time; of one moment, messages before what follows from them. */
function happeningsUntil(history: SessionHistory, now: number, instant: boolean): Happening[] {
  const { scenario, messages, events, terminatedAt } = history
  const received = messages.filter(({ at }) => at <= now)
  const happenings: Happening[] = received.map((message) => ({ kind: 'message', at: message.at, message }))
  const turnMessages = scenario.on_message === undefined ? [] : received
  const turns = [{ at: history.createdAt, reads: 0 }, ...turnMessages]
  for (const [turn, { at, reads }] of turns.entries()) {
    const steps = (turn === 0 ? scenario.steps : scenario.on_message) ?? []
    const until = turns[turn + 1]?.at ?? Number.POSITIVE_INFINITY
    const readTimes = history.reads.slice(reads)
    for (const [step, moment] of stepMoments(steps, at, readTimes, instant).entries()) {
      const effect = steps[step]
      if (moment > now || moment >= until || effect === undefined) break
      happenings.push({ kind: 'effect', at: moment, effect, eventId: eventId(history.id, `${turn}.${step}`) })
    }
  }
  for (const [index, { at, effect }] of events.entries()) {
    if (at <= now)
      happenings.push({ kind: 'effect', at, effect, eventId: eventId(history.id, `event.${index}`) })
  }
  if (terminatedAt !== null && terminatedAt <= now) happenings.push({ kind: 'terminated', at: terminatedAt })
  return happenings.sort((a, b) => a.at - b.at)
}

/** When each step of a turn happens, up to the first whose reads have not come. No step happens before the one before. */
function stepMoments(
  steps: readonly Step[],
  start: number,
  reads: readonly number[],
  instant: boolean,
): number[] {
  const moments: number[] = []
  let previous = start
  for (const { after_seconds, after_reads } of steps) {
    const read = after_reads === undefined ? previous : reads[after_reads - 1]
    if (read === undefined) break
    const wait =
      after_seconds === undefined || instant ? previous : start + Math.round(after_seconds * 1_000_000)
    previous = Math.max(previous, read, wait)
    moments.push(previous)
  }
  return moments
}

/** An id that a message of Devin's has in every run: it follows from the session's and from where the message stands. */
function eventId(sessionId: string, place: string): string {
  const hex = createHash('sha256').update(`${sessionId} ${place}`).digest('hex')
  return `event-${hex.slice(0, 32)}`
}

class StateAt {
  readonly #history: SessionHistory
  readonly #messages: SessionMessage[]
  #status = 'new'
  #statusEnum: StatusEnum | null = null
  #title: string | null
  #pullRequest: { url: string } | null = null
  #structuredOutput: unknown = null
  #acus = 0
  #updatedAt: number
  endedAt: number | null = null

  constructor(history: SessionHistory) {
    this.#history = history
    this.#title = history.title
    this.#updatedAt = history.createdAt
    const { promptEventId, createdAt, prompt } = history
    this.#messages = [{ type: 'initial_user_message', eventId: promptEventId, at: createdAt, text: prompt }]
  }

  apply(happening: Happening): void {
    this.#updatedAt = happening.at
    if (happening.kind === 'effect') this.#applyEffect(happening.effect, happening.at, happening.eventId)
    else if (happening.kind === 'message') {
      const { eventId, at, text } = happening.message
      this.#messages.push({ type: 'user_message', eventId, at, text })
    } else {
      this.#status = 'exit'
      this.#statusEnum = 'finished'
      this.endedAt = happening.at
    }
  }

  #applyEffect(effect: Effect, at: number, eventId: string): void {
    const values = this.#templateValues()
    const { status_enum, status, message, title, pull_request, structured_output, acus } = effect
    if (status_enum !== undefined) {
      this.#statusEnum = status_enum
      this.#status = status_enum === null ? 'new' : STATUS_WORDS[status_enum]
      if (status_enum === 'finished' || status_enum === 'expired') this.endedAt = at
    }
    if (status !== undefined) this.#status = status
    if (title !== undefined) this.#title = fillTemplate(title, values)
    if (pull_request !== undefined) {
      this.#pullRequest = pull_request === null ? null : { url: fillTemplate(pull_request.url, values) }
    }
    if (structured_output !== undefined) this.#structuredOutput = this.#output(structured_output, values)
    if (acus !== undefined) this.#acus = acus
    if (message !== undefined) {
      this.#messages.push({ type: 'devin_message', eventId, at, text: fillTemplate(message, values) })
    }
  }

  #output(value: unknown, values: TemplateValues): unknown {
    const sample = sampleOf(value)
    return sample === undefined ? fillJson(value, values) : (this.#history.samples?.[sample] ?? null)
  }

  #templateValues(): TemplateValues {
    const { id, prompt, tags } = this.#history
    const texts = this.#messages.filter(({ type }) => type !== 'devin_message').map(({ text }) => text)
    return {
      prompt,
      request: firstLine(prompt, 80),
      title: this.#title ?? generatedTitle(prompt),
      tags: tags.join(', '),
      session_id: id,
      attachments: texts.flatMap(attachmentUrls).join(', '),
      last_message: texts.at(-1) ?? prompt,
      pull_request_url: `https://github.com/fake-devin/demo/pull/${Number.parseInt(id.slice(-4), 16) || 1}`,
    }
  }

  view(now: number): SessionState {
    const { createdAt, prompt } = this.#history
    const titled = Math.min(now, this.endedAt ?? now) >= createdAt + TITLE_AFTER_MICROS
    return {
      status: this.#status,
      statusEnum: this.#statusEnum,
      title: this.#title ?? (titled ? generatedTitle(prompt) : null),
      messages: this.#messages,
      pullRequest: this.#pullRequest,
      structuredOutput: this.#structuredOutput,
      acus: this.#acus,
      updatedAt: this.#updatedAt,
      endedAt: this.endedAt,
    }
  }
}

/** Which sample a `{"$sample": …}` asks for; undefined for any other value. */
export function sampleOf(value: unknown): 'full' | 'partial' | undefined {
  if (value === null || typeof value !== 'object' || !('$sample' in value)) return undefined
  return value.$sample === 'partial' ? 'partial' : 'full'
}

function generatedTitle(prompt: string): string {
  return firstLine(prompt, TITLE_LENGTH_MAX) || 'Untitled session'
}

function firstLine(text: string, lengthMax: number): string {
  const line = text.trim().split('\n', 1)[0]?.trim() ?? ''
  return line.length <= lengthMax
    ? line
    : `${line
        .slice(0, lengthMax - 1)
        .toWellFormed()
        .trimEnd()}…`
}
