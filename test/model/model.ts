import type { Operation } from './operations.ts'

/** The visible state of an organization: its records by id, in the order of creation. */
export interface Visible {
  readonly secrets: ReadonlyMap<string, string>
  readonly sessions: ReadonlyMap<string, ModelSession>
  /** The id of the session that an idempotent request returns, by prompt. */
  readonly answering: ReadonlyMap<string, string>
  readonly notes: ReadonlyMap<string, string>
  readonly playbooks: ReadonlyMap<string, string | null>
  readonly attachments: ReadonlySet<string>
}

interface ModelSession {
  readonly tags: readonly string[]
  readonly texts: readonly string[]
  readonly hasEnded: boolean
}

/** The state of a new organization. */
export const NOTHING: Visible = {
  secrets: new Map(),
  sessions: new Map(),
  answering: new Map(),
  notes: new Map(),
  playbooks: new Map(),
  attachments: new Set(),
}

/** An operation and its answer. */
export interface Done {
  readonly operation: Operation
  /** The id in the path of the request. */
  readonly id: string
  readonly status: number
  readonly body: unknown
}

/** Returns the state after an operation, or undefined if its answer is wrong in the state `before`. */
export function after(before: Visible, done: Done): Visible | undefined {
  const change = changeOf(before, done)
  return change === undefined ? undefined : { ...before, ...change }
}

/** Returns the changed parts of the state, or undefined if the answer is wrong. */
function changeOf(seen: Visible, { operation, id, status, body }: Done): Partial<Visible> | undefined {
  const { secrets, sessions, notes, playbooks, attachments } = seen
  const made = body as Record<string, string>
  const isTaken = (of: ReadonlyMap<string, unknown>, value: unknown, own?: string) =>
    [...of].some(([other, one]) => other !== own && one === value)
  const when = (isRight: boolean, change: Partial<Visible> = {}) => (isRight ? change : undefined)
  const where = <V>(of: ReadonlyMap<string, V>, good: () => Partial<Visible> | undefined) =>
    of.has(id) ? good() : when(status === 404)
  switch (operation.kind) {
    case 'create secret':
      if (isTaken(secrets, operation.name)) return when(status === 409)
      return when(status === 200, { secrets: withOne(secrets, made.id, operation.name) })
    case 'delete secret':
      return where(secrets, () => when(status === 200, { secrets: without(secrets, id) }))
    case 'list secrets':
      return when(
        isSame(
          (body as { id: string; key: string }[]).map((one) => [one.id, one.key]),
          [...secrets],
        ),
      )
    case 'create session':
      return createSession(seen, operation, made)
    case 'get session':
      return where(sessions, () => {
        const { tags, texts } = sessions.get(id) as ModelSession
        const { messages } = body as { messages: { type: string; message: string }[] }
        const received = messages.filter(({ type }) => type === 'user_message').map(({ message }) => message)
        return when(isSame(made.tags, tags) && isSame(received, texts))
      })
    case 'end session':
      return where(sessions, () => {
        const session = sessions.get(id) as ModelSession
        if (session.hasEnded) return when(status === 400)
        return when(status === 200, { sessions: withOne(sessions, id, { ...session, hasEnded: true }) })
      })
    case 'tag session':
      return where(sessions, () => {
        const session = sessions.get(id) as ModelSession
        return when(status === 200, { sessions: withOne(sessions, id, { ...session, tags: operation.tags }) })
      })
    case 'list sessions': {
      const { tag } = operation
      const wanted = [...sessions].filter(([, { tags }]) => tag === null || tags.includes(tag))
      const listed = (body as { sessions: { session_id: string }[] }).sessions.map((one) => one.session_id)
      return when(isSame(listed, wanted.map(([one]) => one).reverse()))
    }
    case 'send message':
      return where(sessions, () => {
        const session = sessions.get(id) as ModelSession
        if (session.hasEnded) return when(status === 200 && made.detail === 'Session has already exited')
        const texts = [...session.texts, operation.text]
        return when(status === 200 && body === null, {
          sessions: withOne(sessions, id, { ...session, texts }),
        })
      })
    case 'create note':
      return when(status === 200, { notes: withOne(notes, made.id, operation.name) })
    case 'change note':
      return where(notes, () => when(status === 200, { notes: withOne(notes, id, operation.name) }))
    case 'delete note':
      return where(notes, () => when(status === 204, { notes: without(notes, id) }))
    case 'list notes': {
      const { knowledge } = body as { knowledge: { id: string; name: string }[] }
      return when(
        isSame(
          knowledge.map((one) => [one.id, one.name]),
          [...notes],
        ),
      )
    }
    case 'create playbook':
      if (operation.macro !== null && isTaken(playbooks, operation.macro)) return when(status === 409)
      return when(status === 200, { playbooks: withOne(playbooks, made.playbook_id, operation.macro) })
    case 'change playbook':
      return where(playbooks, () => {
        if (operation.macro !== null && isTaken(playbooks, operation.macro, id)) return when(status === 409)
        return when(status === 200, { playbooks: withOne(playbooks, id, operation.macro) })
      })
    case 'get playbook':
      return where(playbooks, () => when(status === 200 && made.macro === playbooks.get(id)))
    case 'delete playbook':
      return where(playbooks, () => when(status === 200, { playbooks: without(playbooks, id) }))
    case 'list playbooks':
      return when(
        isSame(
          (body as { playbook_id: string; macro: string | null }[]).map((one) => [
            one.playbook_id,
            one.macro,
          ]),
          [...playbooks],
        ),
      )
    case 'upload':
      return when(status === 200, { attachments: new Set([...attachments, attachmentOf(body)]) })
    case 'download':
      return when(status === (attachments.has(id) ? 307 : 404))
  }
}

function createSession(
  { sessions, answering }: Visible,
  { prompt, idempotent }: { prompt: string; idempotent: boolean },
  made: Record<string, unknown>,
): Partial<Visible> | undefined {
  const id = made.session_id as string
  const holder = answering.get(prompt)
  const isAnswered = holder !== undefined && sessions.get(holder)?.hasEnded === false
  if (idempotent && isAnswered) return id === holder && made.is_new_session === false ? {} : undefined
  if (sessions.has(id) || made.is_new_session !== (idempotent ? true : null)) return undefined
  return {
    sessions: withOne(sessions, id, { tags: [], texts: [], hasEnded: false }),
    ...(!isAnswered && { answering: withOne(answering, prompt, id) }),
  }
}

/** Returns the part of an attachment's URL that identifies it. */
export function attachmentOf(url: unknown): string {
  return String(url).replace(/^.*\/attachments\//, '')
}

function withOne<V>(of: ReadonlyMap<string, V>, id: string | undefined, value: V): ReadonlyMap<string, V> {
  return new Map([...of, [String(id), value]])
}

function without<V>(of: ReadonlyMap<string, V>, id: string): ReadonlyMap<string, V> {
  return new Map([...of].filter(([other]) => other !== id))
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/**
 * Returns every possible state after concurrent operations: one for each order in which every answer is right. Returns no state if
 * there is no such order, because a write was lost, duplicated or seen half done.
 */
export function afterAll(before: readonly Visible[], done: readonly Done[]): Visible[] {
  const found = new Map<string, Visible>()
  for (const seen of before) collect(seen, done, found)
  return [...found.values()]
}

function collect(seen: Visible, left: readonly Done[], found: Map<string, Visible>): void {
  if (left.length === 0) {
    const text = JSON.stringify(Object.values(seen).map((part) => [...part]))
    found.set(text, seen)
  }
  for (const [at, first] of left.entries()) {
    const next = after(seen, first)
    if (next !== undefined) collect(next, [...left.slice(0, at), ...left.slice(at + 1)], found)
  }
}
