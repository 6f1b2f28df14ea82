import { hash } from 'node:crypto'
import { attachmentUrls } from './attachment-lines.ts'
import { eventId } from './event-ids.ts'
import type { SessionHistory } from './history.ts'
import { IDLE_LIMIT_MICROS, isIdle, type PhaseFacts, phaseOf, scriptedPhase } from './phase.ts'
import { type Effect, endsSession, finishes, type StatusDetail, type StatusEnum } from './scenario.ts'
import type { DevinFile, PullRequest, SessionMessage, SessionState } from './session-state.ts'
import { fillJson, fillTemplate, sampleOf, type TemplateValues, TextBudget, TRUNCATED } from './templates.ts'
import type { TimelineEvent } from './timeline.ts'
import { firstLine, generatedTitle } from './titles.ts'

/** The `status` for each `status_enum`. The newer API's values, which v1 clients also check for; `finished` was observed for both. */
const STATUSES: Record<StatusEnum, string> = {
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

/** A step or an event of a timeline. */
type EffectEvent = Extract<TimelineEvent, { effect: Effect }>

/** The state of a session while its timeline is applied. */
export class SessionProjection {
  readonly #history: SessionHistory
  readonly #instant: boolean
  /** Whether steps wait for reads, which happen at any time. */
  readonly #countsReads: boolean
  readonly #messages: SessionMessage[]
  /** The number of messages that users sent after the prompt. */
  #sent = 0
  /** The number of Devin's messages since the user's last one. */
  #said = 0
  readonly #files: DevinFile[] = []
  readonly #values: TemplateValues
  readonly #budget = new TextBudget()
  /** The attachment URLs found so far, joined with commas. */
  #attachments = ''
  /** The user texts not yet searched for attachments. */
  #unsearched: string[]
  #lastMessage: string
  #status = 'new'
  #statusEnum: StatusEnum | null = null
  #statusDetail: StatusDetail | null | undefined
  #title: string | null
  #pullRequests: readonly PullRequest[] = []
  #category: SessionState['category'] = null
  #subcategory: string | null = null
  /** Undefined until a step or an event sets it. */
  #structuredOutput: unknown
  #acus = 0
  #updatedAt: number
  /** The time of the message that resumed the session. */
  #resumedAt: number | null = null
  #isAsleep = false
  /** Whether the turn has finished. Its later steps are skipped until a message or an event resumes it. */
  #isFinished = false
  /** The time at which the session ended, after which no event may be applied. */
  endedAt: number | null = null

  constructor(history: SessionHistory, instant: boolean) {
    const { id, scenario, promptEventId, createdAt, prompt, createdTags } = history
    this.#history = history
    this.#instant = instant
    this.#countsReads = [scenario.steps, scenario.on_message ?? []].some((steps) =>
      steps.some(({ after_reads }) => after_reads !== undefined),
    )
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

  /** Applies the next event. Returns false for a step that does not happen. */
  apply(event: TimelineEvent): boolean {
    if (event.kind === 'step' && (this.#isFinished || this.#isAsleep || this.#isOutOfAcus)) return false
    if (event.kind === 'message') this.#receive(event)
    else if (event.kind === 'terminated') this.#terminate(event.at)
    else this.#perform(event)
    this.#updatedAt = event.at
    return true
  }

  /** The messages so far. */
  get messages(): readonly SessionMessage[] {
    return this.#messages
  }

  #receive({ at, message }: Extract<TimelineEvent, { kind: 'message' }>): void {
    const { eventId: id, text, by } = message
    if (phaseOf(this.#facts(at)).status === 'suspended') this.#resumedAt = at
    // A session suspended by a limit works again. One suspended by its scenario waits for a step.
    if (this.#isAsleep && this.#status === 'suspended') this.#applyStatus({ status_enum: 'working' })
    this.#isAsleep = false
    this.#isFinished = false
    this.#messages.push({ type: 'user_message', eventId: id, at, text, ...(by !== undefined && { by }) })
    this.#sent++
    this.#said = 0
    this.#unsearched.push(text)
    this.#lastMessage = text
  }

  #terminate(at: number): void {
    this.#status = 'exit'
    this.#statusEnum = 'finished'
    this.#statusDetail = undefined
    this.endedAt = at
  }

  #perform(event: EffectEvent): void {
    const { effect, sleep } = event
    const { acus } = effect
    if (acus !== undefined) {
      // The steps of a later turn may begin with a lower number, but consumed ACUs do not come back.
      this.#acus = event.kind === 'step' ? Math.max(this.#acus, acus) : acus
      // The limit stops the session before it completes a step that costs more.
      if (event.kind === 'step' && acus > (this.#history.maxAcuLimit ?? acus)) return
    }
    this.#applyStatus(effect)
    if (endsSession(effect)) this.endedAt = event.at
    this.#applyContent(event)
    if (sleep) this.#isAsleep = true
  }

  #applyStatus({ status, status_enum, status_detail }: Effect): void {
    if (status_enum !== undefined) {
      this.#statusEnum = status_enum
      this.#status = status_enum === null ? 'new' : STATUSES[status_enum]
      this.#isFinished = status_enum === 'finished'
    }
    if (status !== undefined) this.#status = status
    const changesStatus = status !== undefined || status_enum !== undefined
    if (changesStatus) this.#statusDetail = undefined
    if (status_detail !== undefined) this.#statusDetail = status_detail
    if (!changesStatus && status_detail === undefined) return
    this.#isAsleep = false
    // A session that waits again has resumed, even if the clock is frozen.
    if (scriptedPhase(this.#scripted).detail !== 'working') this.#resumedAt = null
  }

  #applyContent({ effect, at, position }: EffectEvent): void {
    const values = this.#values
    const { message, title, structured_output, category, subcategory } = effect
    if (category !== undefined) this.#category = category
    if (subcategory !== undefined) this.#subcategory = subcategory
    if (title !== undefined) this.#title = fillTemplate(title, values, this.#budget)
    this.#applyPullRequests(effect)
    if (structured_output !== undefined) this.#structuredOutput = this.#output(structured_output)
    else if (finishes(effect)) this.#provideRequiredOutput()
    this.#attach(effect, at, position)
    if (message !== undefined) {
      const text = this.#filled(message)
      const place = { at, sent: this.#sent, said: ++this.#said }
      // It depends only on the session, so the id is the same in every run.
      const hex = hash('sha256', `${this.#history.id} ${position}`)
      this.#messages.push({ type: 'devin_message', eventId: eventId(place, hex), at, text })
    }
  }

  /** Sets the required output if the scenario has set none. A scenario that sets null omits it on purpose. */
  #provideRequiredOutput(): void {
    const { structuredOutputRequired = false, samples } = this.#history
    const isMissing = structuredOutputRequired && this.#structuredOutput === undefined
    if (isMissing && samples !== null) this.#structuredOutput = samples.full
  }

  #applyPullRequests({ pull_request: one, pull_requests: all }: Effect): void {
    if (one === undefined && all === undefined) return
    const found: readonly { url: string; state?: PullRequest['state'] }[] = all ?? (one == null ? [] : [one])
    this.#pullRequests = found.map(({ url, state = 'open' }) => ({
      url: fillTemplate(url, this.#values, this.#budget),
      state,
    }))
  }

  #attach({ attachment }: Effect, at: number, position: string): void {
    if (attachment === undefined) return
    const { name, content_type: contentType = 'text/plain', content } = attachment
    const id = fileId(this.#history.id, position)
    this.#files.push({ id, name, contentType, content: this.#filled(content), at })
  }

  #filled(text: string): string {
    return this.#budget.take(text.length) ? fillTemplate(text, this.#values, this.#budget) : TRUNCATED
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

  get #isOutOfAcus(): boolean {
    const { maxAcuLimit } = this.#history
    return maxAcuLimit !== null && this.#acus > 0 && this.#acus >= maxAcuLimit
  }

  /** The status that the scenario and events have set. */
  get #scripted() {
    return { status: this.#status, statusEnum: this.#statusEnum, statusDetail: this.#statusDetail }
  }

  #facts(now: number): PhaseFacts {
    const waitsForTime = !this.#instant && !this.#countsReads
    return {
      ...this.#scripted,
      hasEnded: this.endedAt !== null,
      isOutOfAcus: this.#isOutOfAcus,
      isAsleep: this.#isAsleep,
      age: waitsForTime ? now - this.#history.createdAt : null,
      resumedFor: this.#instant || this.#resumedAt === null ? null : now - this.#resumedAt,
      idleFor: this.#instant ? 0 : now - this.#updatedAt,
    }
  }

  /** Returns the state at a time from the last event on. `showsTitle` tells whether a title may be generated yet. */
  view({ now, showsTitle }: { now: number; showsTitle: boolean }): SessionState {
    const facts = this.#facts(now)
    const { archivedAt, tagsChangedAt = 0 } = this.#history
    // Clients change these without an event of the timeline.
    const updatedAt = Math.max(this.#updatedAt, archivedAt ?? 0, tagsChangedAt)
    return {
      ...this.#shownStatus(),
      phase: phaseOf(facts),
      title: this.#title ?? (showsTitle ? generatedTitle(this.#history.prompt) : null),
      messages: this.#messages,
      pullRequests: this.#pullRequests,
      files: this.#files,
      structuredOutput: this.#structuredOutput ?? null,
      category: this.#category,
      subcategory: this.#subcategory,
      acus: Math.max(0, Math.min(this.#acus, this.#history.maxAcuLimit ?? this.#acus)),
      updatedAt,
      changedAt: isIdle(facts) ? Math.max(updatedAt, this.#updatedAt + IDLE_LIMIT_MICROS) : updatedAt,
      endedAt: this.endedAt,
    }
  }

  /** Returns the status in v1, which shows that a session is suspended, but not the reason. */
  #shownStatus(): Pick<SessionState, 'status' | 'statusEnum'> {
    const status = this.#status
    if (this.endedAt === null && status !== 'suspended') {
      if (this.#isOutOfAcus) return { status: 'suspended', statusEnum: 'suspend_requested' }
      if (this.#isAsleep) return { status: 'suspended', statusEnum: 'suspend_requested_frontend' }
    }
    return { status, statusEnum: this.#statusEnum }
  }
}

/** Returns the id of a file that Devin attaches: a UUID, as for uploaded files. */
function fileId(sessionId: string, position: string): string {
  const hex = hash('sha256', `${sessionId} ${position} file`)
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** Returns a function that calls `make` on its first call and caches the result. */
function once(make: () => string): () => string {
  let made: string | undefined
  return () => {
    made ??= make()
    return made
  }
}
