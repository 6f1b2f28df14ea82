import { hash } from 'node:crypto'
import { attachmentUrls } from './attachment-lines.ts'
import type { SessionHistory } from './history.ts'
import { endsSession, type StatusEnum } from './scenario.ts'
import { fillJson, fillTemplate, type TemplateValues, TextBudget, TRUNCATED } from './templates.ts'
import { type TimelineEvent, timelineUntil } from './timeline.ts'
import { firstLine, generatedTitle } from './titles.ts'

export type { ManualEvent, ReceivedMessage, SessionHistory } from './history.ts'

/** A message of a session. Times are in microseconds since the epoch. */
export interface SessionMessage {
  readonly type: 'initial_user_message' | 'user_message' | 'devin_message'
  readonly eventId: string
  readonly at: number
  readonly text: string
}

/** The state of a session at a point in time. */
export interface SessionState {
  readonly status: string
  readonly statusEnum: StatusEnum | null
  readonly title: string | null
  readonly messages: readonly SessionMessage[]
  readonly pullRequest: { readonly url: string } | null
  readonly structuredOutput: unknown
  readonly acus: number
  readonly updatedAt: number
  /** The time at which the session was terminated, expired or failed. The session never changes after that. A finished session has not ended. */
  readonly endedAt: number | null
}

/** The `status` for each `status_enum`. The newer API's values, which v1 clients also check for; `finished` was observed for both. */
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

/** The delay after the creation before a generated title appears, in microseconds. */
const TITLE_DELAY_MICROS = 2_000_000

/**
 * Returns the state of a session at `now` (microseconds since the epoch). A pure function of its arguments. With `instant`,
 * steps do not wait for time to pass.
 */
export function sessionAt(history: SessionHistory, now: number, instant = false): SessionState {
  const state = new SessionProjection(history)
  for (const event of timelineUntil(history, now, instant)) {
    if (state.endedAt !== null) break
    state.apply(event)
  }
  const age = Math.min(now, state.endedAt ?? now) - history.createdAt
  return state.view(instant || age >= TITLE_DELAY_MICROS)
}

/** Returns whether another read can change the session's state, because its latest turn has steps that wait for reads. */
export function countsReads({ scenario, messages, reads }: SessionHistory): boolean {
  const { steps, on_message = steps } = scenario
  const turn = scenario.on_message === undefined ? undefined : messages.at(-1)
  const most = Math.max(0, ...(turn === undefined ? steps : on_message).map((step) => step.after_reads ?? 0))
  return reads.length - (turn?.reads ?? 0) < most
}

/** Returns the id of a Devin message. It depends only on the session id and the position in the timeline, so it is the same in every run. */
function eventId(sessionId: string, position: string): string {
  return `event-${hash('sha256', `${sessionId} ${position}`).slice(0, 32)}`
}

/** The state of a session while its timeline is applied. */
class SessionProjection {
  readonly #history: SessionHistory
  readonly #messages: SessionMessage[]
  readonly #values: TemplateValues
  readonly #budget = new TextBudget()
  /** The attachment URLs found so far, joined with commas. */
  #attachments = ''
  /** The user texts not yet searched for attachments. */
  #unsearched: string[]
  #lastMessage: string
  #status = 'new'
  #statusEnum: StatusEnum | null = null
  #title: string | null
  #pullRequest: { url: string } | null = null
  #structuredOutput: unknown = null
  #acus = 0
  #updatedAt: number
  /** Whether the turn has finished. Its later steps are skipped until a message or an event resumes it. */
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
    // Values derived from a long prompt are computed once, not for each of a thousand steps.
    const fallbackTitle = once(() => generatedTitle(prompt))
    this.#values = {
      prompt: () => prompt,
      request: once(() => firstLine(prompt, 80)),
      title: () => this.#title ?? fallbackTitle(),
      tags: once(() => createdTags.join(', ')),
      session_id: () => id,
      attachments: () => this.#joinedAttachments(),
      last_message: () => this.#lastMessage,
      pull_request_url: () =>
        `https://github.com/fake-devin/demo/pull/${Number.parseInt(id.slice(-4), 16) || 1}`,
    }
  }

  apply(event: TimelineEvent): void {
    if (event.kind === 'step' && this.#isFinished) return
    this.#updatedAt = event.at
    if (event.kind === 'step' || event.kind === 'event') this.#applyEffect(event)
    else if (event.kind === 'message') {
      const { eventId, at, text } = event.message
      this.#isFinished = false
      this.#messages.push({ type: 'user_message', eventId, at, text })
      this.#unsearched.push(text)
      this.#lastMessage = text
    } else {
      this.#status = 'exit'
      this.#statusEnum = 'finished'
      this.endedAt = event.at
    }
  }

  #applyEffect({ effect, at, position }: Extract<TimelineEvent, { kind: 'step' | 'event' }>): void {
    const values = this.#values
    const { status_enum, status, message, title, pull_request, structured_output, acus } = effect
    if (status_enum !== undefined) {
      this.#statusEnum = status_enum
      this.#status = status_enum === null ? 'new' : STATUS_WORDS[status_enum]
      this.#isFinished = status_enum === 'finished'
    }
    if (endsSession(effect)) this.endedAt = at
    if (status !== undefined) this.#status = status
    if (title !== undefined) this.#title = fillTemplate(title, values, this.#budget)
    if (pull_request !== undefined) {
      this.#pullRequest =
        pull_request === null ? null : { url: fillTemplate(pull_request.url, values, this.#budget) }
    }
    if (structured_output !== undefined) this.#structuredOutput = this.#output(structured_output)
    if (acus !== undefined) this.#acus = acus
    if (message !== undefined) {
      const text = this.#budget.take(message.length) ? fillTemplate(message, values, this.#budget) : TRUNCATED
      this.#messages.push({ type: 'devin_message', eventId: eventId(this.#history.id, position), at, text })
    }
  }

  #output(value: unknown): unknown {
    const sample = sampleOf(value)
    if (sample === undefined) return fillJson(value, this.#values, this.#budget)
    return sample === 'unknown' ? null : (this.#history.samples?.[sample] ?? null)
  }

  /** Returns the attachment URLs joined with commas. Searches each text once and only on demand, since there can be many long texts. */
  #joinedAttachments(): string {
    for (const text of this.#unsearched) {
      const urls = attachmentUrls(text).join(', ')
      if (urls !== '') this.#attachments += this.#attachments === '' ? urls : `, ${urls}`
    }
    this.#unsearched = []
    return this.#attachments
  }

  view(showsTitle: boolean): SessionState {
    return {
      status: this.#status,
      statusEnum: this.#statusEnum,
      title: this.#title ?? (showsTitle ? generatedTitle(this.#history.prompt) : null),
      messages: this.#messages,
      pullRequest: this.#pullRequest,
      structuredOutput: this.#structuredOutput,
      acus: Math.min(this.#acus, this.#history.maxAcuLimit ?? this.#acus),
      updatedAt: this.#updatedAt,
      endedAt: this.endedAt,
    }
  }
}

/** Returns a function that calls `make` on its first call and caches the result. */
function once(make: () => string): () => string {
  let made: string | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Returns the sample that a `{"$sample": …}` refers to, or undefined for any other value. */
export function sampleOf(value: unknown): 'full' | 'partial' | 'unknown' | undefined {
  if (value === null || typeof value !== 'object' || !('$sample' in value)) return undefined
  return value.$sample === 'full' || value.$sample === 'partial' ? value.$sample : 'unknown'
}
