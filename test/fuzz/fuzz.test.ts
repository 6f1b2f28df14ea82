import fc from 'fast-check'
import t from 'tap'
import { ask, checkHealth } from './checks.ts'
import { propertiesOf } from './properties.ts'
import type { OpenApi } from './requests.ts'
import { Target } from './target.ts'

/** A fixed seed. `npm run fuzz` uses others. */
const SEED = 7

/** The number of runs of each property. Small, since this runs with every `npm test`. */
const RUNS = 40

/** The maximum growth of the memory in use. Most compilation and caching happens in a first round, which is not measured. */
const GROWTH_MAX_BYTES = 16 * 2 ** 20

t.test('a server withstands arbitrary input', async (t) => {
  const target = await Target.start()
  t.teardown(() => target.stop())
  const succeeded = new Set<string>()
  const properties = await propertiesOf(target, succeeded)
  const reset = async () => t.equal((await ask(target, 'POST', '/_fake/reset')).status, 204)

  for (const { property } of properties) await fc.assert(property, { seed: SEED + 1, numRuns: RUNS / 4 })
  await reset()
  const before = await target.bytesInUse()
  for (const { name, property } of properties) {
    await t.resolves(fc.assert(property, { seed: SEED, numRuns: RUNS }), name)
  }

  await reset()
  const growth = (await target.bytesInUse()) - before
  t.ok(growth < GROWTH_MAX_BYTES, `${growth} bytes more are in use`)
  await checkHealth(target)
  const { paths } = (await ask(target, 'GET', '/openapi.json')).body as OpenApi
  for (const [path, operations] of Object.entries(paths)) {
    for (const method of Object.keys(operations)) {
      const name = `${method.toUpperCase()} ${path}`
      t.ok(succeeded.has(name), `${name} was tried with success`)
    }
  }
  t.equal(await target.stop(), 0)
})
