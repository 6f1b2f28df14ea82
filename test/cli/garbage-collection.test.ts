import { execFile } from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import { PerformanceObserver } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import v8 from 'node:v8'
import t from 'tap'
import { tuneGarbageCollection } from '../../src/cli/garbage-collection.ts'
import { childEnvironment } from '../child-environment.ts'
import { startProgram } from './program.ts'

const probe = fileURLToPath(new URL('garbage-collection-probe.ts', import.meta.url))

/** What the space does not reach, in bytes. It is twice the size at which it stops growing, since versions of V8 count differently. */
const LIMIT = 64 * 2 ** 20

/** Returns the size of the space for new objects in a process with up to 128 MiB for it, said to have been started with some arguments. */
async function grownBytes(...execArgv: string[]): Promise<number> {
  const args = ['--max-semi-space-size=64', '--disable-warning=ExperimentalWarning', probe, ...execArgv]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: childEnvironment() })
  return Number(stdout)
}

t.test('the space for new objects stops growing', async (t) => {
  t.ok((await grownBytes()) < LIMIT)
})

t.test('a size that is set by an option of Node is kept', async (t) => {
  t.ok((await grownBytes('--max-semi-space-size=64')) > LIMIT)
  const observe = t.capture(PerformanceObserver.prototype, 'observe')

  tuneGarbageCollection({ execArgv: [], env: { NODE_OPTIONS: '--max_semi_space_size=64' } })

  t.same(observe(), [])
})

t.test(
  'new objects are collected by the main thread alone, unless an option of Node chooses otherwise',
  (t) => {
    // Registered first, so it runs after the original function is back.
    t.teardown(syncBuiltinESMExports)
    const setFlags = t.capture(v8, 'setFlagsFromString')
    syncBuiltinESMExports()
    t.capture(PerformanceObserver.prototype, 'observe')
    const flags = (...execArgv: string[]) => {
      tuneGarbageCollection({ execArgv, env: {} })
      return setFlags().flatMap(({ args }) => args)
    }

    t.same(flags(), ['--no-parallel-scavenge'])
    for (const chosen of ['--parallel-scavenge', '--no_parallel_scavenge', '--single-threaded'])
      t.same(flags(chosen), [])
    t.end()
  },
)

t.test('a runtime that does not report collections is left alone', (t) => {
  t.intercept(PerformanceObserver as { supportedEntryTypes?: string[] }, 'supportedEntryTypes', {
    value: ['mark'],
  })
  const observe = t.capture(PerformanceObserver.prototype, 'observe')

  tuneGarbageCollection({ execArgv: [], env: {} })

  t.same(observe(), [])
  t.end()
})

t.test('the command line limits the space after its start', async (t) => {
  const shown = `data:text/javascript,${encodeURIComponent(`
    import { PerformanceObserver } from 'node:perf_hooks'
    PerformanceObserver.prototype.observe = ({ entryTypes }) => console.log('observes ' + entryTypes)
  `)}`
  const program = startProgram(t, ['--port', '0'], { NODE_OPTIONS: `--import=${shown}` })

  await program.says(/observes gc/)

  program.kill('SIGTERM')
  t.match(await program.ended, { code: 0, stderr: '' })
})
