// `npm run fuzz -- --minutes 30 --seed N`: sends random requests to a server in another process until the time is up or a property does not hold.
// Then it prints the smallest counterexample.
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { ask } from '../test/fuzz/checks.ts'
import { propertiesOf } from '../test/fuzz/properties.ts'
import { Target } from '../test/fuzz/target.ts'

/** How many times each property is tried in a round. */
const RUNS = 200

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string' },
    rounds: { type: 'string' },
  },
})
const seconds = Number(values.minutes) * 60
const firstSeed = values.seed === undefined ? process.pid : Number(values.seed)
const roundsMax = values.rounds === undefined ? Number.POSITIVE_INFINITY : Number(values.rounds)
if (![seconds, firstSeed, roundsMax].every((number) => number >= 0)) {
  console.error('--minutes, --seed and --rounds take numbers')
  process.exit(2)
}

const target = await Target.start()
const properties = await propertiesOf(target)
const mebibytes = async () => ((await target.bytesInUse()) / 2 ** 20).toFixed(1)
console.log(`seed ${firstSeed}, ${properties.length} properties, ${RUNS} runs of each in a round`)

let runs = 0
for (let round = 0; round < roundsMax && performance.now() < seconds * 1000; round++) {
  const seed = firstSeed + round
  for (const { name, property } of properties) {
    const result = await fc.check(property, { seed, numRuns: RUNS })
    runs += result.numRuns
    if (!result.failed) continue
    const { errorInstance, counterexamplePath } = result
    console.error(`\nAfter ${runs} runs, this does not hold: ${name}`)
    console.error(errorInstance instanceof Error ? errorInstance.message : errorInstance)
    console.error(`The smallest counterexample: ${fc.stringify(result.counterexample).slice(0, 10_000)}`)
    console.error(`To repeat it: npm run fuzz -- --seed ${seed} --rounds 1 (path ${counterexamplePath})`)
    await target.stop()
    process.exit(1)
  }
  await ask(target, 'POST', '/_fake/reset')
  console.log(
    `seed ${seed}: ${runs} runs, ${await mebibytes()} MiB in use, ${(performance.now() / 1000).toFixed(0)} s`,
  )
}
const code = await target.stop()
console.log(`Everything holds after ${runs} runs; the server ended with ${code}`)
process.exit(code === 0 ? 0 : 1)
