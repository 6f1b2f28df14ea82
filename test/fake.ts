import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import { type AppOptions, buildApp } from '../src/app.ts'
import { DEFAULT_ORG_ID } from '../src/auth/principal.ts'
import type { Clock } from '../src/base/clock.ts'
import type { Organization } from '../src/organization/organizations.ts'
import { newServices, testReplica } from './engine.ts'

/** A personal key of the default organization. */
export const KEY = 'apk_user_test'

/** A service key of another organization. */
export const OTHER_ORG_KEY = `apk_${Buffer.from(`org-${'b2'.repeat(16)}:${'0'.repeat(32)}`).toString('base64')}`

/** 2026-01-02T03:04:05.678901Z, the default frozen time of tests. */
export const NOW = 1_767_323_045_678_901

/** A clock frozen at `NOW`. */
export const frozenClock: Clock = { now: () => NOW }

/** An application for one test, closed when the test ends, with shortcuts. */
export interface Fake {
  app: FastifyInstance
  /** The default organization. */
  organization: Organization
  /** Moves the clock of the default organization forward, which is frozen otherwise. */
  advance(seconds: number): void
  /** Sends a request with a valid key. Adds `options.headers`. */
  call(method: string, url: string, options?: Partial<InjectOptions>): Promise<LightMyRequestResponse>
  /** Sends a JSON body with a valid key. */
  send(method: string, url: string, body: unknown): Promise<LightMyRequestResponse>
  /** Listens on a free port and resolves with the base URL. */
  listen(): Promise<string>
}

/** Starts an application for a test. Its state is kept in the engine under test, unless the test has organizations of its own. */
export async function startFake(t: Test, options: AppOptions = {}, engine?: string): Promise<Fake> {
  const services = newServices(frozenClock, options.keys)
  const stored =
    options.organizations === undefined && options.stateService === undefined
      ? await testReplica(t, services, { clock: frozenClock, ...(engine !== undefined && { engine }) })
      : undefined
  const { store: _store, ...parts } = services
  const { organizations } = parts
  const app = await buildApp({
    ...(stored === undefined ? { organizations } : { ...parts, replica: stored.replica }),
    ...options,
  })
  await stored?.replica.start(
    async () => {
      for (const key of parts.keys.known()) organizations.changes.tracker?.mark('keys', '', key)
      await parts.stateService.captureBaseline()
    },
    async () => undefined,
  )
  t.teardown(async () => {
    await app.close()
    await stored?.replica.close()
    await stored?.compare()
  })
  const call: Fake['call'] = (method, url, { headers, ...rest } = {}) =>
    app.inject({
      method: method as 'GET',
      url,
      headers: { authorization: `Bearer ${KEY}`, ...headers },
      ...rest,
    })
  const organization = (options.organizations ?? organizations).get(DEFAULT_ORG_ID)
  return {
    app,
    organization,
    advance: (seconds) => organization.clock.adjust({ now: organization.clock.now() + seconds * 1_000_000 }),
    call,
    send: (method, url, body) =>
      call(method, url, { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    listen: () => app.listen({ port: 0, host: '127.0.0.1' }),
  }
}
