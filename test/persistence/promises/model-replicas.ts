import type { PostgresServer } from '../../postgres.ts'
import {
  BLOCKED_AFTER,
  compare,
  EMPTY,
  isStruck,
  type Model,
  type ModelSession,
  replaceWorld,
  see,
  withSecret,
} from './model.ts'
import type { Step } from './model-steps.ts'
import { type Answer, type ReplicaProcess, range, secretNamed, until } from './replica-process.ts'

/** The status of faults, which no operation returns. */
const STRUCK = 418

/** Throws an Error if a condition does not hold. */
function check(isRight: boolean, what: string, answers: readonly Answer[]): void {
  if (isRight) return
  throw new Error(`${what}: ${answers.map(({ status, text }) => `${status} ${text}`).join(', ')}`)
}

/** Checks that a number of answers have a status, and all others another one. */
function checkCount(answers: readonly Answer[], wanted: number, status: number, other: number): void {
  const found = answers.filter((answer) => answer.status === status).length
  const isRight = found === wanted && answers.every((one) => one.status === status || one.status === other)
  check(isRight, `not ${wanted} times ${status}, else ${other}`, answers)
}

/** Two replicas and their database, and the model of their state. */
export class Replicas {
  readonly #start: () => Promise<ReplicaProcess>
  readonly #database: PostgresServer
  #servers: ReplicaProcess[] = []
  model: Model = { world: EMPTY, faults: [], snapshots: new Map(), requests: 0 }
  #burst = 0

  constructor(database: PostgresServer, start: () => Promise<ReplicaProcess>) {
    this.#database = database
    this.#start = start
  }

  /** Restores the initial state. */
  async begin(): Promise<void> {
    while (this.#servers.length < 2) this.#servers.push(await this.#start())
    for (const name of this.model.snapshots.keys())
      await this.#server(0).ask('DELETE', `/_fake/snapshots/${name}`)
    await this.#server(0).ask('POST', '/_fake/reset')
    this.model = { world: EMPTY, faults: [], snapshots: new Map(), requests: 0 }
  }

  #server(number: number): ReplicaProcess {
    return this.#servers[number % 2] as ReplicaProcess
  }

  /** Runs a step, and compares both replicas with the model. */
  async run(step: Step): Promise<void> {
    await this.#do(step)
    await Promise.all(
      this.#servers.map((server, n) => compare(this.model, server, `${n} after ${JSON.stringify(step)}`)),
    )
  }

  #do(step: Step): Promise<void> {
    switch (step.kind) {
      case 'create':
        return this.#create(step, step.name)
      case 'delete':
        return this.#delete(step, step.name)
      case 'list':
        return this.#list(step)
      case 'start session':
        return this.#startSession(step, step)
      case 'send message':
        return this.#sendMessage(step, step)
      case 'read session':
        return this.#readSession(step, step.number)
      case 'advance':
        return this.#advance(step, step.seconds)
      case 'add fault':
        return this.#addFault(step, step)
      case 'kill replica':
        return this.#burstDuring(step, async () => {
          await this.#server(step.by).kill()
          this.#servers[step.by] = await this.#start()
        })
      case 'stop database':
      case 'kill database':
        return this.#burstDuring(step, async () => {
          await this.#database[step.kind === 'stop database' ? 'stop' : 'kill']()
          await this.#database.start()
        })
      default:
        return this.#replace(step)
    }
  }

  /** Sends the requests of a step. */
  #send({ by, count }: Step, method: string, path: string, body?: unknown): Promise<Answer[]> {
    if (!path.startsWith('/_fake/')) this.model.requests += count
    return Promise.all(range(count).map((n) => this.#server(by + n).ask(method, path, body)))
  }

  async #create(step: Step, name: string): Promise<void> {
    const { world } = this.model
    const answers = await this.#send(step, 'POST', '/v1/secrets', secretNamed(name))
    checkCount(answers, world.secrets.has(name) ? 0 : 1, 200, 409)
    const created = answers.find(({ status }) => status === 200)
    if (created !== undefined) this.model.world = withSecret(world, name, created.body.id)
  }

  async #delete(step: Step, name: string): Promise<void> {
    const { world } = this.model
    const id = world.secrets.get(name)
    const answers = await this.#send(step, 'DELETE', `/v1/secrets/${id ?? 'secret-none'}`)
    checkCount(answers, id === undefined ? 0 : 1, 200, 404)
    this.model.world = withSecret(world, name, undefined)
  }

  async #list(step: Step): Promise<void> {
    const struck = range(step.count).filter(() => isStruck(this.model)).length
    const answers = await this.#send(step, 'GET', '/v1/secrets')
    checkCount(answers, struck, STRUCK, 200)
    const names = [...this.model.world.secrets.keys()].join()
    for (const { status, body } of answers) {
      const listed =
        status === 200
          ? body
              .map(({ key }: { key: string }) => key)
              .sort()
              .join()
          : names
      check(listed === names, `not ${names}`, answers)
    }
  }

  async #startSession(step: Step, wanted: { prompt: string; idempotent: boolean }): Promise<void> {
    const { prompt, idempotent } = wanted
    const { world } = this.model
    const [holder] = [...world.sessions].find(([, session]) => session.prompt === prompt) ?? []
    const answers = await this.#send(step, 'POST', '/v1/sessions', { prompt, idempotent })
    const id = idempotent ? (holder ?? answers[0]?.body.session_id) : answers[0]?.body.session_id
    const created = answers.filter(({ body }) => body.is_new_session !== false)
    const isNew = !idempotent || holder === undefined
    check(created.length === (isNew ? 1 : 0), `not ${isNew ? 'one' : 'no'} new session`, answers)
    check(
      answers.every(({ body }) => body.session_id === id),
      `not all have ${id}`,
      answers,
    )
    check(!isNew || !world.sessions.has(id), 'an id was given twice', answers)
    if (!isNew) return
    const session = { prompt, at: world.now, texts: [] }
    this.model.world = { ...world, sessions: new Map([...world.sessions, [id, session]]) }
  }

  #session(number: number): readonly [id: string, session: ModelSession | undefined] {
    const sessions = [...this.model.world.sessions]
    return sessions[number % (sessions.length || 1)] ?? ['devin-none', undefined]
  }

  async #sendMessage(step: Step, { number, text }: { number: number; text: string }): Promise<void> {
    const { world } = this.model
    const [id, session] = this.#session(number)
    const answers = await this.#send(step, 'POST', `/v1/sessions/${id}/message`, { message: text })
    checkCount(answers, session === undefined ? 0 : step.count, 200, 404)
    if (session === undefined) return
    const texts = [...session.texts, ...Array<string>(step.count).fill(text)]
    const sessions = [...world.sessions].map(
      ([other, one]) => [other, other === id ? { ...one, texts } : one] as const,
    )
    this.model.world = { ...world, sessions: new Map(sessions) }
  }

  async #readSession(step: Step, number: number): Promise<void> {
    const [id, session] = this.#session(number)
    const answers = await this.#send(step, 'GET', `/v1/sessions/${id}`)
    checkCount(answers, session === undefined ? 0 : step.count, 200, 404)
    if (session === undefined) return
    const status = this.model.world.now - session.at < BLOCKED_AFTER ? 'working' : 'blocked'
    const texts = JSON.stringify([session.prompt, ...session.texts])
    for (const { body } of answers) {
      const shown = JSON.stringify(body.messages.map(({ message }: { message: string }) => message))
      check(body.status_enum === status && shown === texts, `not ${status} with ${texts}`, answers)
    }
  }

  async #advance(step: Step, seconds: number): Promise<void> {
    checkCount(await this.#send(step, 'POST', '/_fake/clock/advance', { seconds }), step.count, 200, 200)
    const { world } = this.model
    this.model.world = { ...world, now: world.now + seconds * step.count }
  }

  async #addFault(step: Step, { after, times }: { after: number; times: number }): Promise<void> {
    const fault = { method: 'GET', path: '/v1/secrets', status: STRUCK, after, times }
    const answers = await this.#send(step, 'POST', '/_fake/faults', fault)
    checkCount(answers, 1, 201, 201)
    this.model.faults.push({ id: answers[0]?.body.id, spared: after, left: times })
  }

  /** Runs a step that replaces or saves the state. */
  async #replace(step: Step): Promise<void> {
    const { model } = this
    if (step.kind === 'reset') {
      checkCount(await this.#send(step, 'POST', '/_fake/reset'), step.count, 204, 204)
      replaceWorld(model, EMPTY)
    } else if (step.kind === 'take snapshot') {
      checkCount(
        await this.#send(step, 'POST', '/_fake/snapshots', { name: step.name }),
        step.count,
        201,
        201,
      )
      model.snapshots.set(step.name, model.world)
    } else if (step.kind === 'restore snapshot') {
      const kept = model.snapshots.get(step.name)
      const answers = await this.#send(step, 'POST', `/_fake/snapshots/${step.name}/restore`)
      checkCount(answers, kept === undefined ? 0 : step.count, 204, 404)
      if (kept !== undefined) replaceWorld(model, kept)
    } else if (step.kind === 'put state') {
      const secrets = step.names.map((key) => ({ key, value: 'v' }))
      const answers = await this.#send(step, 'PUT', '/_fake/state', { organizations: [{ secrets }] })
      checkCount(answers, 1, 204, 204)
      // The ids are made by the server.
      const { world } = await see(this.#server(step.by + 1))
      check([...world.secrets.keys()].join() === [...step.names].sort().join(), 'other secrets', answers)
      replaceWorld(model, { ...EMPTY, secrets: world.secrets, now: model.world.now })
    }
  }

  /** Creates secrets while a replica or the database is killed and restarted. Checks that no acknowledged secret is lost. */
  async #burstDuring({ by, count }: Step, action: () => Promise<void>): Promise<void> {
    const { model } = this
    this.#burst += 1
    const names = range(count).map((n) => `burst-${this.#burst}-${n}`)
    const asked = names.map((name, n) =>
      this.#server(by + n).attempt('POST', '/v1/secrets', secretNamed(name)),
    )
    if (count > 0) await Promise.race(asked)
    await action()
    const answers = await Promise.all(asked)
    check(
      answers.every(({ status }) => [0, 200, 503].includes(status)),
      'neither done nor refused',
      answers,
    )
    for (const { ask } of this.#servers)
      await until('it answers again', async () => (await ask('GET', '/_fake/clock')).status === 200)
    const { world, requests } = await see(this.#server(by))
    let created = 0
    for (const [n, name] of names.entries()) {
      const [id, answer] = [world.secrets.get(name), answers[n] as Answer]
      check(answer.status !== 200 || answer.body.id === id, `${name} is lost`, answers)
      if (id === undefined) continue
      created += 1
      model.world = withSecret(model.world, name, id)
    }
    // A request is done and recorded in one step, or neither.
    model.requests += created
    check(requests === model.requests, `${requests} requests, not ${model.requests}`, answers)
  }
}
