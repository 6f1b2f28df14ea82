import { hash } from 'node:crypto'
import { attachmentUrls } from './attachment-lines.ts'
import { type Happening, happeningsUntil } from './happenings.ts'
import type { SessionHistory } from './history.ts'
import { endsSession, type StatusEnum } from './scenario.ts'
import { CUT, fillJson, fillTemplate, type TemplateValues, TextRoom } from './templates.ts'
import { firstLine, generatedTitle } from './titles.ts'

export type { HandMadeEvent as ManualEvent, ReceivedMessage, SessionHistory } from './history.ts'

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
  const state = new SessionProjection(history)
  for (const happening of happeningsUntil(history, now, instant)) {
    if (state.endedAt !== null) break
    state.apply(happening)
  }
  const lived = Math.min(now, state.endedAt ?? now) - history.createdAt
  return state.view(instant || lived >= TITLE_AFTER_MICROS)
}

/** Whether a further read of the session can change its state: whether its latest turn still counts reads. */
export function countsReads({ scenario, messages, reads }: SessionHistory): boolean {
  const { steps, on_message = steps } = scenario
  const turn = scenario.on_message === undefined ? undefined : messages.at(-1)
  const most = Math.max(0, ...(turn === undefined ? steps : on_message).map((step) => step.after_reads ?? 0))
  return reads.length - (turn?.reads ?? 0) < most
}

/** An id that a message of Devin's has in every run: it follows from the session's and from where in its life the effect stands. */
function eventId(sessionId: string, place: string): string {
  return `event-${hash('sha256', `${sessionId} ${place}`).slice(0, 32)}`
}

class SessionProjection {
  readonly #history: SessionHistory
  readonly #messages: SessionMessage[]
  readonly #values: TemplateValues
  readonly #room = new TextRoom()
  /** The URLs of attachments that were found so far, comma-joined. */
  #attachments = ''
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
    // What follows from a long prompt is not made again for each of a thousand steps.
    const untitled = once(() => generatedTitle(prompt))
    this.#values = {
      prompt: () => prompt,
      request: once(() => firstLine(prompt, 80)),
      title: () => this.#title ?? untitled(),
      tags: once(() => createdTags.join(', ')),
      session_id: () => id,
      attachments: () => this.#joinedAttachments(),
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
    if (title !== undefined) this.#title = fillTemplate(title, values, this.#room)
    if (pull_request !== undefined) {
      this.#pullRequest =
        pull_request === null ? null : { url: fillTemplate(pull_request.url, values, this.#room) }
    }
    if (structured_output !== undefined) this.#structuredOutput = this.#output(structured_output)
    if (acus !== undefined) this.#acus = acus
    if (message !== undefined) {
      const text = this.#room.take(message.length) ? fillTemplate(message, values, this.#room) : CUT
      this.#messages.push({ type: 'devin_message', eventId: eventId(this.#history.id, place), at, text })
    }
  }

  #output(value: unknown): unknown {
    const sample = sampleOf(value)
    if (sample === undefined) return fillJson(value, this.#values, this.#room)
    return sample === 'unknown' ? null : (this.#history.samples?.[sample] ?? null)
  }

  /** Looked for only where a template asks, and in each text once: texts may be many and long. */
  #joinedAttachments(): string {
    for (const text of this.#unsearched) {
      const urls = attachmentUrls(text).join(', ')
      if (urls !== '') this.#attachments += this.#attachments === '' ? urls : `, ${urls}`
    }
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

/** What `make` returns, which is called when it is first asked for. */
function once(make: () => string): () => string {
  let made: string | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Which sample a `{"$sample": …}` asks for; undefined for any other value. */
export function sampleOf(value: unknown): 'full' | 'partial' | 'unknown' | undefined {
  if (value === null || typeof value !== 'object' || !('$sample' in value)) return undefined
  return value.$sample === 'full' || value.$sample === 'partial' ? value.$sample : 'unknown'
}
