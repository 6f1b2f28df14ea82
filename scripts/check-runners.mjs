// Runs the suites of test/runners/ and the recipes of docs/suites.md against the packed package in common test runners and runtimes, with
// fake timers and in simulated browsers. Skips runtimes that npm cannot install here, and prints the reason.
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { blocksOf } from '../test/markdown.ts'
import { install, root, run, withPacked } from './packed.mjs'

const RUNNERS = [
  'jest@30',
  'jest-environment-jsdom@30',
  'vitest@5',
  'jsdom@29',
  'happy-dom@21',
  'mocha@12',
  'sinon@22',
  'testcontainers@12',
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
  ...globalSetups(),
  { name: 'Testcontainers', command: [process.execPath, '--test', 'tests/testcontainers.test.mjs'] },
  { name: 'docs/testing.md, Jest', command: ['jest', 'page/devin.test.js'] },
  { name: 'docs/suites.md, Jest', command: ['jest', 'devin-jest', '--config', 'page/jest.config.cjs'] },
  { name: 'docs/suites.md, Vitest', command: ['vitest', 'run', 'devin-vitest', '--root', 'page'] },
  {
    name: 'docs/suites.md, Testcontainers',
    command: [process.execPath, '--import', './tests/docker-host.mjs', 'page/container.test.mjs'],
  },
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
  await writePage(join(folder, 'page'))
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

/** Returns the suites for `fake-devin/global-setup`, which is named as users name it. */
function globalSetups() {
  const [name, file] = ['fake-devin/global-setup', 'tests/global-setup.test.cjs']
  const ofVitest = ['tests/global-setup-vitest.test.mjs', '--config', 'tests/global-setup.config.mjs']
  const flag = `--test-global-setup=node_modules/fake-devin/dist/global-setup.js`
  const suites = [
    // A run of one file, which Jest does in its own process.
    { name: 'Jest', command: ['jest', file, '--globalSetup', name, '--detectOpenHandles'] },
    ...['forks', 'threads', 'vmThreads'].map((pool) => ({
      name: `Vitest, ${pool}`,
      command: ['vitest', 'run', ...ofVitest, '--pool', pool],
    })),
    { name: 'mocha', command: ['mocha', '--ui', 'tdd', '--require', name, file] },
    { name: 'node:test', command: [process.execPath, '--test', flag, file], isKnown: hasFlag(flag) },
  ]
  return suites
    .filter(({ isKnown = true }) => isKnown)
    .map((suite) => ({ ...suite, name: `global set-up, ${suite.name}` }))
}

/** Returns whether this Node has a flag: node:test has a global set-up since version 24. */
function hasFlag(flag) {
  return process.allowedNodeEnvironmentFlags.has(flag.split('=')[0])
}

/** Writes the recipes of docs/suites.md, and that for Jest of docs/testing.md, to a folder, each under its name. */
async function writePage(folder) {
  await mkdir(folder)
  for (const [page, names] of [
    ['suites', /\.[cm]?js$/],
    ['testing', /^[\w-]+\.test\.js$/],
  ])
    for (const { role, text } of blocksOf(await readFile(join(root, `docs/${page}.md`), 'utf8')))
      if (names.test(role)) await writeFile(join(folder, role), `${text}\n`)
}

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
