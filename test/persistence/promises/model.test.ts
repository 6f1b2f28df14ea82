import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { startPostgres } from '../../postgres.ts'
import { BLOCKED_AFTER, START } from './model.ts'
import { Replicas } from './model-replicas.ts'
import { anyStep } from './model-steps.ts'
import { startReplica } from './replica-process.ts'

const RULES = [
  {
    scenario: {
      steps: [{ status_enum: 'working' }, { after_seconds: BLOCKED_AFTER, status_enum: 'blocked' }],
    },
  },
]

t.test('two replicas that are killed at random, as is their database, behave like one server', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fake-devin-model-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const scenarios = join(folder, 'scenarios.json')
  writeFileSync(scenarios, JSON.stringify(RULES))
  const database = await startPostgres(t)
  const store = await database.createDatabase()
  const flags = ['--clock', START, '--scenarios', scenarios, '--journal-entries', '100000']
  const replicas = new Replicas(database, () => startReplica(t, store, flags))

  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 10, maxLength: 40 }), async (steps) => {
      await replicas.begin()
      console.error(steps.length, performance.now())
      for (const step of steps) await replicas.run(step)
    }),
    { seed: 7, numRuns: 20, interruptAfterTimeLimit: 200_000 },
  )
})
