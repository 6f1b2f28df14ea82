import { isDeepStrictEqual } from 'node:util'
import { parseInstant } from '../../../src/base/clock.ts'
import type { ReplicaProcess } from './replica-process.ts'

/** The time at which the clock stands at the start. */
export const START = '2026-01-02T03:04:05Z'

/** The seconds after which every session is blocked. Nothing else happens in it. */
export const BLOCKED_AFTER = 100

/** A session. */
export interface ModelSession {
  readonly prompt: string
  /** When it was created, in seconds after the start. */
  readonly at: number
  /** The messages to it. */
  readonly texts: readonly string[]
}

/** The state that snapshots keep. */
export interface World {
  /** The ids of the secrets, by their names. */
  readonly secrets: ReadonlyMap<string, string>
  /** By their ids, in the order of their creation. */
  readonly sessions: ReadonlyMap<string, ModelSession>
  /** The time, in seconds after the start. */
  readonly now: number
}

/** A fault that strikes lists of secrets. */
export interface ModelFault {
  readonly id: string
  /** The number of requests that it still spares. */
  spared: number
  left: number
}

/** A simple model of the state of a server. */
export interface Model {
  world: World
  faults: ModelFault[]
  readonly snapshots: Map<string, World>
  /** The number of requests in the journal. */
  requests: number
}

export const EMPTY: World = { secrets: new Map(), sessions: new Map(), now: 0 }

/** Returns whether a fault strikes the next list of secrets, and counts it. */
export function isStruck(model: Model): boolean {
  for (const fault of model.faults) {
    if (fault.spared > 0) {
      fault.spared -= 1
      continue
    }
    fault.left -= 1
    model.faults = model.faults.filter(({ left }) => left > 0)
    return true
  }
  return false
}

/** Replaces the world, and clears the faults and the journal. */
export function replaceWorld(model: Model, world: World): void {
  model.world = world
  model.faults = []
  model.requests = 0
}

/** The visible state of a server, in the form of a model without the worlds in snapshots. */
interface Seen {
  readonly world: World
  readonly faults: readonly ModelFault[]
  readonly snapshots: readonly string[]
  readonly requests: number
}

interface StateDocument {
  readonly clock: { readonly now: string }
  readonly organizations: readonly {
    readonly secrets: readonly { readonly id: string; readonly key: string }[]
    readonly sessions: readonly {
      readonly id: string
      readonly prompt: string
      readonly created_at: string
      readonly messages: readonly { readonly text: string }[]
    }[]
  }[]
}

interface FaultView {
  readonly id: string
  readonly after: number
  readonly matched: number
  readonly left: number
}

/** Resolves with the visible state of a server, without adding to its journal. */
export async function see({ ask }: ReplicaProcess): Promise<Seen> {
  const paths = [
    '/_fake/state?collections=secrets&collections=sessions',
    '/_fake/faults',
    '/_fake/snapshots',
    '/_fake/requests?limit=0',
  ]
  const bodies = await Promise.all(
    paths.map(async (path) => {
      const { status, body, text } = await ask('GET', path)
      if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`)
      return body
    }),
  )
  const [state, { faults }, { snapshots }, { total }] = bodies
  return {
    world: worldIn(state),
    faults: faults.map(({ id, after, matched, left }: FaultView) => {
      return { id, spared: Math.max(0, after - matched), left }
    }),
    snapshots: snapshots.map(({ name }: { readonly name: string }) => name).sort(),
    requests: total,
  }
}

function worldIn({ clock, organizations }: StateDocument): World {
  const sessions = organizations.flatMap((organization) => organization.sessions)
  const secrets = organizations.flatMap((organization) => organization.secrets)
  return {
    secrets: sortedByName(secrets.map(({ key, id }) => [key, id])),
    sessions: new Map(
      sessions.map(({ id, prompt, created_at: at, messages }) => [
        id,
        { prompt, at: secondsAfterStart(at), texts: messages.map(({ text }) => text) },
      ]),
    ),
    now: secondsAfterStart(clock.now),
  }
}

function secondsAfterStart(time: string): number {
  return ((parseInstant(time) as number) - (parseInstant(START) as number)) / 1_000_000
}

function sortedByName(entries: Iterable<readonly [string, string]>): Map<string, string> {
  return new Map([...entries].sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** Returns a world with another secret, or without one. */
export function withSecret({ secrets, ...world }: World, name: string, id: string | undefined): World {
  const others = [...secrets].filter(([other]) => other !== name)
  return { ...world, secrets: sortedByName(id === undefined ? others : [...others, [name, id]]) }
}

/** Throws an Error if the visible state of a server differs from a model. */
export async function compare(model: Model, server: ReplicaProcess, who: string): Promise<void> {
  const seen = await see(server)
  const { world, faults, snapshots, requests } = model
  const wanted: Seen = { world, faults, snapshots: [...snapshots.keys()].sort(), requests }
  if (!isDeepStrictEqual(seen, wanted)) throw new Error(`${who} shows ${shown(seen)}, not ${shown(wanted)}`)
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_name, member) => (member instanceof Map ? [...member] : member))
}
