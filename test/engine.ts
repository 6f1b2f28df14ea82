import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Test } from 'tap'
import { KeyRegistry } from '../src/auth/keys.ts'
import type { Clock } from '../src/base/clock.ts'
import { randomIds } from '../src/base/ids.ts'
import { Organizations } from '../src/organization/organizations.ts'
import type { StoredServices } from '../src/persistence/kinds.ts'
import type { Replica } from '../src/persistence/replica.ts'
import { damagedRecords } from '../src/state/damaged-records.ts'
import { StateService } from '../src/state/service.ts'
import { Snapshots } from '../src/state/snapshots.ts'
import { memoryStore } from '../src/store/memory.ts'

/** The engine on which the tests of the API run: `npm test` uses memory, `.ci/run` all of them. */
export const ENGINE = process.env.TEST_STORE ?? 'memory'

/** Returns everything of a new server without an application. */
export function newServices(clock: Clock, keys = new KeyRegistry()): StoredServices {
  const store = memoryStore()
  const organizations = new Organizations({ store, clock, ids: randomIds })
  const stateService = new StateService({ organizations, keys })
  return { store, organizations, keys, stateService, snapshots: new Snapshots(stateService, organizations) }
}

/** Resolves with the location of a new, empty store on an engine. */
export async function newLocation(t: Pick<Test, 'teardown'>, engine: string): Promise<string> {
  if (engine === 'postgres') return (await import('./postgres.ts')).testDatabase(t)
  const folder = mkdtempSync(join(tmpdir(), 'fake-devin-store-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'store.sqlite')
}

/** Resolves with the location of an empty store, as `newLocation` does, but reuses stores of earlier tests. */
async function emptyLocation(t: Pick<Test, 'teardown'>, engine: string): Promise<string> {
  if (engine === 'postgres') return (await import('./postgres.ts')).recycledDatabase(t)
  return newLocation(t, engine)
}

/** The server whose state a test keeps in a store, and its replica. */
export interface StoredServer {
  readonly replica: Replica
  /** Reads the store into a new server, and rejects if its state differs from that of this one. Call it after closing the replica. */
  compare(): Promise<void>
}

/** Keeps the state of a server in a new store of an engine; undefined for memory. */
export async function testReplica(
  t: Pick<Test, 'teardown'>,
  services: StoredServices,
  { clock, engine = ENGINE }: { readonly clock: Clock; readonly engine?: string },
): Promise<StoredServer | undefined> {
  if (engine === 'memory') return undefined
  const { openReplica } = await import('../src/persistence/open.ts')
  const location = await emptyLocation(t, engine)
  const replica = await openReplica(location, services)
  return {
    replica,
    async compare() {
      const other = newServices(clock)
      // The routes that entries of the journal name.
      const { routes } = services.organizations.journals
      other.organizations.journals.routes.findOthersBy(
        (method, path) => routes.find(method, path) ?? undefined,
      )
      const reader = await openReplica(location, other)
      try {
        await reader.start(
          async () => undefined,
          async () => undefined,
        )
        const difference = await differenceBetween(services, other)
        if (difference !== undefined) throw new Error(`the store differs in ${difference}`)
        const damages = [...damagedRecords(await other.stateService.capture())]
        if (damages.length > 0) throw new Error(`records count as damaged: ${damages.join(', ')}`)
      } finally {
        await reader.close()
      }
    },
  }
}

/** Resolves with a description of the first difference between two servers; undefined if they are equal. */
export async function differenceBetween(
  one: StoredServices,
  other: StoredServices,
): Promise<string | undefined> {
  return firstDifference(await everythingOf(one), await everythingOf(other))
}

/** Returns the whole visible state of a server as plain data. */
async function everythingOf({ organizations, stateService, snapshots }: StoredServices): Promise<unknown> {
  const { clock, keys, ...state } = await stateService.capture()
  const { faults, journals, signer } = organizations
  const lists = [faults.global, ...organizations.all().map((organization) => organization.faults)]
  return plain({
    server: { clock, secret: signer.secret, journal: journals.counters },
    state,
    keys: { registered: [...keys.registered], revoked: [...keys.revoked].sort() },
    // `capture` leaves out the organizations that nothing was written to.
    all: organizations
      .all()
      .map(({ orgId, name, openedAt, answers }) => [orgId, name, openedAt, answers.own]),
    faults: lists.map((list) => list.list().map((fault) => fault.show())),
    requests: journals.read(),
    snapshots: snapshots.list(),
    baseline: stateService.baseline.state,
  })
}

/** Returns a value as JSON, with sets as lists and bytes in base64. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof Set || value instanceof Map) return [...value].map(plain)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member)]))
}

/** Returns a description of the first difference between two values; undefined if they are equal. */
function firstDifference(one: unknown, other: unknown, path = ''): string | undefined {
  if (isDeepStrictEqual(one, other)) return undefined
  const isObject = [one, other].every((value) => typeof value === 'object' && value !== null)
  if (isObject) {
    for (const name of new Set([...Object.keys(Object(one)), ...Object.keys(Object(other))])) {
      const difference = firstDifference(Object(one)[name], Object(other)[name], `${path}.${name}`)
      if (difference !== undefined) return difference
    }
  }
  return `${path}: ${JSON.stringify(one)}, not ${JSON.stringify(other)}`
}
