// Runs the suites of test/runners/ against the packed package in common test runners and runtimes, with fake
// timers and in simulated browsers. Skips runtimes that npm cannot install here, and prints the reason.
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { install, root, run, withPacked } from './packed.mjs'

const RUNNERS = [
  'jest@30',
  'jest-environment-jsdom@30',
  'vitest@5',
  'jsdom@29',
  'happy-dom@21',
  'mocha@12',
  'sinon@22',
]

const jest = (...args) => ['jest', 'tests/jest.test.js', '--detectOpenHandles', ...args]
const vitest = (pool, environment) => ({
  name: `Vitest, ${pool}, ${environment}`,
  command: ['vitest', 'run', 'tests/vitest.test.mjs', '--pool', pool, '--environment', environment],
  env: { POOL: pool },
})

const SUITES = [
  { name: 'Jest, node', command: jest('--env', 'node') },
  { name: 'Jest, jsdom', command: jest('--env', 'jsdom') },
  {
    name: 'Jest, timers faked in all tests',
    command: jest('--config', '{"fakeTimers":{"enableGlobally":true}}'),
  },
  ...['forks', 'threads', 'vmThreads', 'vmForks'].map((pool) => vitest(pool, 'node')),
  vitest('threads', 'jsdom'),
  vitest('vmThreads', 'jsdom'),
  vitest('forks', 'happy-dom'),
  { name: 'mocha and sinon', command: ['mocha', 'tests/mocha.test.cjs'] },
  { name: 'node:test', command: [process.execPath, '--test', 'tests/node.test.mjs'] },
]

/** Runtimes, installed one by one because npm does not have them for every platform. */
const OPTIONAL = [
  { name: 'bun', command: ['bun', 'tests/other-runtime.mjs'] },
  { name: 'deno', command: ['deno', 'run', '-A', 'tests/other-runtime.mjs'] },
]

const failures = []
let passed = 0

await withPacked(RUNNERS, async (folder) => {
  await cp(join(root, 'test/runners'), join(folder, 'tests'), { recursive: true })
  for (const suite of SUITES) await attempt(folder, suite)
  for (const suite of OPTIONAL) {
    const flaw = await install(folder, [suite.name]).then(
      () => undefined,
      ({ stderr }) => stderr.split('\n', 1)[0],
    )
    if (flaw === undefined) await attempt(folder, suite)
    else
      console.log(
        `skipped ${suite.name}: npm cannot install it on ${process.platform} ${process.arch} (${flaw})`,
      )
  }
})
// The same summary as tap's, which .ci/run counts.
console.log(`# { total: ${passed + failures.length}, pass: ${passed}, fail: ${failures.length} }`)
if (failures.length > 0) process.exitCode = 1

async function attempt(folder, { name, command: [program, ...args], env }) {
  const file = program === process.execPath ? program : join(folder, 'node_modules/.bin', program)
  const start = performance.now()
  try {
    await run(file, args, { cwd: folder, env })
    passed++
    console.log(`ok - ${name} (${Math.round(performance.now() - start)} ms)`)
  } catch (error) {
    failures.push(name)
    console.log(`not ok - ${name}\n${error.message}`)
  }
}
