import { hash } from 'node:crypto'
import { attachmentUrls } from './attachment-lines.ts'
import { type Effect, endsSession, type Scenario, type StatusEnum, type Step } from './scenario.ts'
import { fillJson, fillTemplate, type TemplateValues } from './templates.ts'
import { firstLine, generatedTitle } from './titles.ts'

/** A user's message, and the moment from which its turn counts. Times are microseconds since the epoch. */
export interface ReceivedMessage {
  readonly eventId: string
  readonly at: number
  readonly text: string
  /** How often the session had been read before. */
  readonly reads: number
}

/** What was made to happen by hand. */
export interface HandMadeEvent {
  readonly at: number
  readonly effect: Effect
  /** How many messages of users had come before. Default 0; it counts where a message has the same moment. */
  readonly messages?: number
}

/** What happened to a session: all that its state at any moment follows from. */
export interface SessionHistory {
  readonly id: string
  readonly createdAt: number
  readonly prompt: string
  /** The title that the client chose. */
  readonly title: string | null
  /** Those that it was created with: what was said of them must not change with them. */
  readonly createdTags: readonly string[]
  readonly scenario: Scenario
  readonly promptEventId: string
  readonly messages: readonly ReceivedMessage[]
  /** When the session was read, the earliest first; kept only where the scenario counts reads. */
  readonly reads: readonly number[]
  /** What was made to happen by hand, in the order of time. */
  readonly events: readonly HandMadeEvent[]
  readonly terminatedAt: number | null
  /** How many ACUs the client lets it consume; null for as many as it takes. */
  readonly maxAcuLimit: number | null
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
  /** When it ended (terminated, expired or failed), after which nothing changes any more. A finished session has not ended. */
  readonly endedAt: number | null
}

/** The `status` beside a `status_enum`, in the newer API's words, which clients of v1 test for, too; `finished` was seen for both. */
const STATUS_WORDS: Record<StatusEnum, string> = {
  working: 'running',
  blocked: 'running',
  finished: 'finished',
  expired: 'exit',
  suspend_requested: 'running',
  suspend_requested_frontend: 'running',
  resume_requested: 'resuming',
  resume_requested_frontend: 'resuming',
  resumed: 'running',
}

/** A title that nobody chose shows this long after the creation. */
const TITLE_AFTER_MICROS = 2_000_000

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
  const lived = Math.min(now, state.endedAt ?? now) - history.createdAt
  return state.view(instant || lived >= TITLE_AFTER_MICROS)
}

/** Whether a further read of the session can change its state: whether its latest turn still counts reads. */
export function awaitsReads({ scenario, messages, reads }: SessionHistory): boolean {
  const { steps, on_message = steps } = scenario
  const turn = scenario.on_message === undefined ? undefined : messages.at(-1)
  const most = Math.max(0, ...(turn === undefined ? steps : on_message).map((step) => step.after_reads ?? 0))
  return reads.length - (turn?.reads ?? 0) < most
}

/** `rank` orders what has one moment: odd for messages, even for what happened between them. */
type Happening = { readonly at: number; readonly rank: number } & (
  | { readonly kind: 'step' | 'event'; readonly effect: Effect; readonly place: string }
  | { readonly kind: 'message'; readonly message: ReceivedMessage }
  | { readonly kind: 'terminated' }
)

/** Everything up to `now`, in the order of time. What a client could see before it sent a message comes before the message. */
function happeningsUntil(history: SessionHistory, now: number, instant: boolean): Happening[] {
  const { scenario, messages, events, terminatedAt } = history
  const happenings: Happening[] = []
  let rank = 0
  let turn = 0
  let steps = timedSteps(history, scenario.steps, { at: history.createdAt, reads: 0 }, instant)
  let next = 0
  const stepsWhile = (isDue: (step: TimedStep) => boolean) => {
    for (let step = steps[next]; step !== undefined && isDue(step); step = steps[++next]) {
      happenings.push({ kind: 'step', at: step.at, rank, effect: step.effect, place: `${turn}.${next}` })
    }
  }
  for (const message of messages) {
    const { at, reads } = message
    if (at > now) break
    stepsWhile((step) => step.at < at || (step.at === at && step.reads <= reads))
    happenings.push({ kind: 'message', at, rank: rank + 1, message })
    rank += 2
    if (scenario.on_message === undefined) continue
    turn++
    steps = timedSteps(history, scenario.on_message, message, instant)
    next = 0
  }
  stepsWhile((step) => step.at <= now)
  for (const [index, { at, effect, messages: before = 0 }] of events.entries()) {
    if (at <= now) happenings.push({ kind: 'event', at, rank: 2 * before, effect, place: `event.${index}` })
  }
  if (terminatedAt !== null && terminatedAt <= now) {
    happenings.push({ kind: 'terminated', at: terminatedAt, rank: 2 * messages.length })
  }
  return happenings.sort((a, b) => a.at - b.at || a.rank - b.rank)
}

/** A step, its moment, and the number of reads of the session before which it cannot happen. */
interface TimedStep {
  readonly effect: Effect
  readonly at: number
  readonly reads: number
}

/**
 * The steps of a turn that began at a moment and after a number of reads, up to the first whose reads have not come. No step
 * happens before the one before.
 */
function timedSteps(
  history: SessionHistory,
  steps: readonly Step[],
  start: { readonly at: number; readonly reads: number },
  instant: boolean,
): TimedStep[] {
  const timed: TimedStep[] = []
  let { at, reads } = start
  for (const effect of steps) {
    const { after_seconds, after_reads } = effect
    if (after_reads !== undefined) {
      const read = history.reads[start.reads + after_reads - 1]
      if (read === undefined) break
      at = Math.max(at, read)
      reads = Math.max(reads, start.reads + after_reads)
    }
    if (after_seconds !== undefined && !instant) {
      at = Math.max(at, start.at + Math.round(after_seconds * 1_000_000))
    }
    timed.push({ effect, at, reads })
  }
  return timed
}

/** An id that a message of Devin's has in every run: it follows from the session's and from where in its life the effect stands. */
function eventId(sessionId: string, place: string): string {
  return `event-${hash('sha256', `${sessionId} ${place}`).slice(0, 32)}`
}

class StateAt {
  readonly #history: SessionHistory
  readonly #messages: SessionMessage[]
  readonly #values: TemplateValues
  readonly #attachments: string[] = []
  /** The texts of users in which attachments have not been looked for. */
  #unsearched: string[]
  #lastMessage: string
  #status = 'new'
  #statusEnum: StatusEnum | null = null
  #title: string | null
  #pullRequest: { url: string } | null = null
  #structuredOutput: unknown = null
  #acus = 0
  #updatedAt: number
  /** Whether the turn is finished, so that its later steps do not happen until a message or an event resumes the work. */
  #isFinished = false
  endedAt: number | null = null

  constructor(history: SessionHistory) {
    const { id, promptEventId, createdAt, prompt, createdTags } = history
    this.#history = history
    this.#title = history.title
    this.#updatedAt = createdAt
    this.#messages = [{ type: 'initial_user_message', eventId: promptEventId, at: createdAt, text: prompt }]
    this.#unsearched = [prompt]
    this.#lastMessage = prompt
    this.#values = {
      prompt: () => prompt,
      request: () => firstLine(prompt, 80),
      title: () => this.#title ?? generatedTitle(prompt),
      tags: () => createdTags.join(', '),
      session_id: () => id,
      attachments: () => this.#attachmentUrls().join(', '),
      last_message: () => this.#lastMessage,
      pull_request_url: () =>
        `https://github.com/fake-devin/demo/pull/${Number.parseInt(id.slice(-4), 16) || 1}`,
    }
  }

  apply(happening: Happening): void {
    if (happening.kind === 'step' && this.#isFinished) return
    this.#updatedAt = happening.at
    if (happening.kind === 'step' || happening.kind === 'event') this.#applyEffect(happening)
    else if (happening.kind === 'message') {
      const { eventId, at, text } = happening.message
      this.#isFinished = false
      this.#messages.push({ type: 'user_message', eventId, at, text })
      this.#unsearched.push(text)
      this.#lastMessage = text
    } else {
      this.#status = 'exit'
      this.#statusEnum = 'finished'
      this.endedAt = happening.at
    }
  }

  #applyEffect({ effect, at, place }: Extract<Happening, { kind: 'step' | 'event' }>): void {
    const values = this.#values
    const { status_enum, status, message, title, pull_request, structured_output, acus } = effect
    if (status_enum !== undefined) {
      this.#statusEnum = status_enum
      this.#status = status_enum === null ? 'new' : STATUS_WORDS[status_enum]
      this.#isFinished = status_enum === 'finished'
    }
    if (endsSession(effect)) this.endedAt = at
    if (status !== undefined) this.#status = status
    if (title !== undefined) this.#title = fillTemplate(title, values)
    if (pull_request !== undefined) {
      this.#pullRequest = pull_request === null ? null : { url: fillTemplate(pull_request.url, values) }
    }
    if (structured_output !== undefined) this.#structuredOutput = this.#output(structured_output)
    if (acus !== undefined) this.#acus = acus
    if (message !== undefined) {
      const text = fillTemplate(message, values)
      this.#messages.push({ type: 'devin_message', eventId: eventId(this.#history.id, place), at, text })
    }
  }

  #output(value: unknown): unknown {
    const sample = sampleOf(value)
    if (sample === undefined) return fillJson(value, this.#values)
    return sample === 'unknown' ? null : (this.#history.samples?.[sample] ?? null)
  }

  /** Looked for only where a template asks, and in each text once: texts may be many and long. */
  #attachmentUrls(): string[] {
    for (const text of this.#unsearched) for (const url of attachmentUrls(text)) this.#attachments.push(url)
    this.#unsearched = []
    return this.#attachments
  }

  view(titled: boolean): SessionState {
    return {
      status: this.#status,
      statusEnum: this.#statusEnum,
      title: this.#title ?? (titled ? generatedTitle(this.#history.prompt) : null),
      messages: this.#messages,
      pullRequest: this.#pullRequest,
      structuredOutput: this.#structuredOutput,
      acus: Math.min(this.#acus, this.#history.maxAcuLimit ?? this.#acus),
      updatedAt: this.#updatedAt,
      endedAt: this.endedAt,
    }
  }
}

/** Which sample a `{"$sample": …}` asks for; undefined for any other value. */
export function sampleOf(value: unknown): 'full' | 'partial' | 'unknown' | undefined {
  if (value === null || typeof value !== 'object' || !('$sample' in value)) return undefined
  return value.$sample === 'full' || value.$sample === 'partial' ? value.$sample : 'unknown'
}
