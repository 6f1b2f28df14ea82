import fc from 'fast-check'
import t from 'tap'
import { ask, checkHealth } from './checks.ts'
import { propertiesOf } from './properties.ts'
import type { OpenApi } from './requests.ts'
import { Target } from './target.ts'

/** A fixed seed. `npm run fuzz` uses others. */
const SEED = 21

/** The number of runs of each property. A failure is not shrunk, which takes minutes; `npm run fuzz -- --seed` does that. Small, since this runs with every `npm test`. */
const RUNS = 120

/** The maximum growth of the memory in use. Most compilation and caching happens in a first round, which is not measured. */
const GROWTH_MAX_BYTES = 16 * 2 ** 20

/** The operations that need not succeed. */
const NOT_REQUIRED = [
  // Only a seed creates profiles of code scans, and the document does not describe the body that removes one.
  'GET /v3/organizations/{org_id}/code-scans/profiles/{profile_id}',
  'PUT /v3/organizations/{org_id}/code-scans/{scan_id}/profile',
  // The document leaves open which bodies are valid, and few generated ones are. Each run begins with a valid one.
  'POST /v3/organizations/{org_id}/automations',
  'POST /v3/organizations/{org_id}/schedules',
]

function operationsOf({ paths }: OpenApi): string[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  )
}

t.test('a server withstands arbitrary input', async (t) => {
  const target = await Target.start()
  t.teardown(() => target.stop())
  const succeeded = new Set<string>()
  const properties = await propertiesOf(target, succeeded)
  const reset = async () => t.equal((await ask(target, 'POST', '/_fake/reset')).status, 204)

  for (const { property } of properties)
    await fc.assert(property, { seed: SEED + 1, numRuns: RUNS / 6, endOnFailure: true })
  await reset()
  const before = await target.bytesInUse()
  for (const { name, property } of properties) {
    await t.resolves(fc.assert(property, { seed: SEED, numRuns: RUNS, endOnFailure: true }), name)
  }

  await reset()
  const growth = (await target.bytesInUse()) - before
  t.ok(growth < GROWTH_MAX_BYTES, `${growth} bytes more are in use`)
  await checkHealth(target)
  const api = (await ask(target, 'GET', '/openapi.json')).body as OpenApi
  const v3 = (await ask(target, 'GET', '/v3-openapi.json')).body as OpenApi
  for (const name of [...operationsOf(api), ...operationsOf(v3)]) {
    if (!NOT_REQUIRED.includes(name)) t.ok(succeeded.has(name), `${name} was tried with success`)
  }
  t.equal(await target.stop(), 0)
})
