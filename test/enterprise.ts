import type { Test } from 'tap'
import type { AppOptions } from '../src/app.ts'
import { KeyRegistry } from '../src/auth/keys.ts'
import { ENTERPRISE_ID } from '../src/auth/principal.ts'
import { randomIds } from '../src/base/ids.ts'
import { Organizations } from '../src/organization/organizations.ts'
import { memoryStore } from '../src/store/memory.ts'
import { frozenClock } from './fake.ts'
import { startV3, V3_KEY, type V3Fake } from './v3.ts'

/** A test application with an enterprise of several organizations. Every response is checked against the contract. */
export interface EnterpriseFake extends V3Fake {
  readonly organizations: Organizations
  /** Sends a request below `/v3/enterprise`. */
  readonly enterprise: V3Fake['org']
}

/** Starts an application for a test of the enterprise. Its only organization is the default one. */
export async function startEnterprise(t: Test, options: AppOptions = {}): Promise<EnterpriseFake> {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const fake = await startV3(t, { organizations, ...options })
  return {
    ...fake,
    organizations,
    enterprise: (method, path, ...rest) => fake.v3(method, `/v3/enterprise${path}`, ...rest),
  }
}

/** Returns the statuses that requests below `/v3/enterprise` get with a key of the enterprise that has one permission. */
export async function statusesWith(
  t: Test,
  permission: string,
  requests: readonly (readonly [method: string, path: string, body?: unknown])[],
): Promise<number[]> {
  const keys = new KeyRegistry({ keys: [{ key: V3_KEY, orgId: ENTERPRISE_ID, permissions: [permission] }] })
  const { enterprise } = await startEnterprise(t, { keys })
  const statuses: number[] = []
  for (const [method, path, body] of requests) {
    statuses.push((await enterprise(method, path, body)).statusCode)
  }
  return statuses
}
