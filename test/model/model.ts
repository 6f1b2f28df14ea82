import { type Answer, readAnswer } from './answers.ts'
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
  /** Whether it can only be read, archived again and terminated. */
  readonly isArchived: boolean
}

const NEW_SESSION: ModelSession = {
  tags: [],
  texts: [],
  hasEnded: false,
  isArchived: false,
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
  /** The id of the record that the request refers to. */
  readonly id: string
  readonly status: number
  readonly body: unknown
}

/** Returns the state after an operation, or undefined if its answer is wrong in the state `before`. */
export function after(before: Visible, { operation, id, status, body }: Done): Visible | undefined {
  const change = changeOf(before, operation, id, readAnswer(operation, status, body))
  return change === undefined ? undefined : { ...before, ...change }
}

/** The changed parts of the state, or undefined if an answer is wrong. */
type Change = Partial<Visible> | undefined

/** Returns an empty change if an answer is right. */
function expect(isRight: boolean, change: Partial<Visible> = {}): Change {
  return isRight ? change : undefined
}

function changeOf(seen: Visible, operation: Operation, id: string, answer: Answer): Change {
  switch (operation.kind) {
    case 'create secret':
    case 'delete secret':
    case 'list secrets':
      return secretChange(seen, operation, id, answer)
    case 'create note':
    case 'change note':
    case 'delete note':
    case 'list notes':
      return noteChange(seen, operation, id, answer)
    case 'create playbook':
    case 'change playbook':
    case 'get playbook':
    case 'delete playbook':
    case 'list playbooks':
      return playbookChange(seen, operation, id, answer)
    case 'upload':
      return expect(answer.result === 'done', { attachments: new Set([...seen.attachments, answer.id]) })
    case 'download':
      return expect(answer.result === (seen.attachments.has(id) ? 'done' : 'missing'))
    case 'create session':
      return createSession(seen, operation, answer)
    case 'list sessions': {
      const { tag } = operation
      const wanted = [...seen.sessions].filter(([, { tags }]) => tag === null || tags.includes(tag))
      return expect(isSame(answer.sessions, wanted.map(([one]) => one).reverse()))
    }
    default:
      return sessionChange(seen, operation, id, answer)
  }
}

type Of<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>

function secretChange(
  { secrets }: Visible,
  operation: Of<'create secret' | 'delete secret' | 'list secrets'>,
  id: string,
  { result, id: made, listed }: Answer,
): Change {
  switch (operation.kind) {
    case 'create secret':
      if (isTaken(secrets, operation.name)) return expect(result === 'taken')
      return expect(result === 'done', { secrets: withOne(secrets, made, operation.name) })
    case 'delete secret':
      if (!secrets.has(id)) return expect(result === 'missing')
      return expect(result === 'done', { secrets: without(secrets, id) })
    case 'list secrets':
      return expect(isSame(listed, [...secrets]))
  }
}

function noteChange(
  { notes }: Visible,
  operation: Of<'create note' | 'change note' | 'delete note' | 'list notes'>,
  id: string,
  { result, id: made, listed }: Answer,
): Change {
  if (operation.kind === 'list notes') return expect(isSame(listed, [...notes]))
  if (operation.kind === 'create note') {
    return expect(result === 'done', { notes: withOne(notes, made, operation.name) })
  }
  if (!notes.has(id)) return expect(result === 'missing')
  const changed = operation.kind === 'delete note' ? without(notes, id) : withOne(notes, id, operation.name)
  return expect(result === 'done', { notes: changed })
}

function playbookChange(
  { playbooks }: Visible,
  operation: Of<
    'create playbook' | 'change playbook' | 'get playbook' | 'delete playbook' | 'list playbooks'
  >,
  id: string,
  { result, id: made, listed, macro: shown }: Answer,
): Change {
  if (operation.kind === 'list playbooks') return expect(isSame(listed, [...playbooks]))
  if (operation.kind === 'create playbook') {
    const { macro } = operation
    if (macro !== null && isTaken(playbooks, macro)) return expect(result === 'taken')
    return expect(result === 'done', { playbooks: withOne(playbooks, made, macro) })
  }
  if (!playbooks.has(id)) return expect(result === 'missing')
  switch (operation.kind) {
    case 'change playbook': {
      const { macro } = operation
      if (macro !== null && isTaken(playbooks, macro, id)) return expect(result === 'taken')
      return expect(result === 'done', { playbooks: withOne(playbooks, id, macro) })
    }
    case 'get playbook':
      return expect(result === 'done' && shown === playbooks.get(id))
    case 'delete playbook':
      return expect(result === 'done', { playbooks: without(playbooks, id) })
  }
}

/** Returns the change by an operation on one session. */
function sessionChange(
  { sessions }: Visible,
  operation: Of<
    | 'get session'
    | 'list messages'
    | 'end session'
    | 'archive session'
    | 'tag session'
    | 'add tags'
    | 'send message'
  >,
  id: string,
  answer: Answer,
): Change {
  const session = sessions.get(id)
  if (session === undefined) return expect(answer.result === 'missing')
  const { tags, texts, hasEnded, isArchived } = session
  const isDone = answer.result === 'done'
  const become = (isRight: boolean, changes: Partial<ModelSession>) =>
    expect(isRight, { sessions: withOne(sessions, id, { ...session, ...changes }) })
  switch (operation.kind) {
    case 'get session':
      if (!isSame(answer.tags, tags)) return undefined
      // Each generation shows one of them.
      return expect(operation.by === 'v1' ? isSame(answer.texts, texts) : answer.isArchived === isArchived)
    case 'list messages':
      return expect(isDone && isSame(answer.texts, texts))
    case 'end session':
      return hasEnded ? expect(answer.result === 'ended') : become(isDone, { hasEnded: true })
    case 'archive session':
      return become(isDone, { isArchived: true })
    case 'tag session':
      if (isArchived) return expect(answer.result === 'archived')
      return become(isDone, { tags: operation.tags })
    case 'add tags':
      if (isArchived) return expect(answer.result === 'archived')
      return become(isDone, { tags: [...new Set([...tags, ...operation.tags])] })
    case 'send message':
      if (hasEnded) return expect(answer.result === 'ended')
      if (isArchived) return expect(answer.result === 'archived')
      return become(isDone, { texts: [...texts, operation.text] })
  }
}

/** v3 always creates a session, which no idempotent request of v1 finds. */
function createSession(
  { sessions, answering }: Visible,
  operation: Of<'create session'>,
  { result, id, isNew }: Answer,
): Change {
  if (result !== 'done') return undefined
  const added = { sessions: withOne(sessions, id, NEW_SESSION) }
  if (operation.by === 'v3') return expect(!sessions.has(id), added)
  const { prompt, idempotent } = operation
  const holder = answering.get(prompt)
  const isAnswered = holder !== undefined && sessions.get(holder)?.hasEnded === false
  if (idempotent && isAnswered) return expect(id === holder && isNew === false)
  if (sessions.has(id) || isNew !== (idempotent ? true : null)) return undefined
  return { ...added, ...(!isAnswered && { answering: withOne(answering, prompt, id) }) }
}

/** Returns whether another record has a value. `own` is the id of the record that may have it. */
function isTaken(of: ReadonlyMap<string, unknown>, value: unknown, own?: string): boolean {
  return [...of].some(([id, one]) => id !== own && one === value)
}

function withOne<V>(of: ReadonlyMap<string, V>, id: string, value: V): ReadonlyMap<string, V> {
  return new Map([...of, [id, value]])
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
