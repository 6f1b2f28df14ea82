// `npm test -- ARGUMENTS OF TAP`: installs missing packages, a browser, PostgreSQL and pytest, builds the page and the package, checks style and
// types, and runs all tests. Without arguments, test files share processes; see test/groups.mjs.
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isPageBuilt } from './build/page-sources.mjs'
import { installedBrowser } from './setup/browser.mjs'
import { installedPostgres } from './setup/postgres.mjs'
import { installedPytest } from './setup/pytest.mjs'
import { setup } from './setup.mjs'
import { writeGroups } from './test/groups.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))

/** How long a step may print nothing, in milliseconds, before a line shows that it is still running. */
const SILENCE_MS = 8_000

const node = await setup()
const env = {
  ...neutral(process.env),
  CHROMIUM_PATH: await installedBrowser().catch(fail),
  POSTGRES_BIN: await installedPostgres().catch(fail),
  PYTEST_PYTHON: await installedPytest().catch(fail),
}
const given = process.argv.slice(2)
/** Returns the step that checks the types of a configuration. It is incremental: a second run takes a quarter of the time. */
const types = (title, name, ...args) => ({
  title,
  file: 'node_modules/typescript-7/bin/tsc',
  args: [...args, '--incremental', '--tsBuildInfoFile', `${root}.cache/types-${name}.tsbuildinfo`],
})
// In parallel, because each step uses a single core or waits for the disk.
const checks = [
  {
    title: 'Checking style',
    file: 'node_modules/@biomejs/biome/bin/biome',
    args: ['ci', '--error-on-warnings', '.'],
  },
  types('Checking types', 'server'),
  types('Checking types of the page', 'page', '-p', 'src/page'),
  { title: 'Stripping types', file: 'scripts/test/strip-types.mjs', args: [] },
  // Built before the tests, several of which would otherwise build it at the same time.
  { title: 'Building the package', file: 'scripts/build/package.mjs', args: [] },
  ...(isPageBuilt(root) ? [] : [{ title: 'Building the page', file: 'scripts/build/page.mjs', args: [] }]),
]
const failed = (await Promise.all(checks.map(run))).find((code) => code !== 0)
if (failed !== undefined) process.exit(failed)
process.exitCode = await run({
  title: 'Running the tests',
  file: 'node_modules/tap/dist/esm/run.mjs',
  args: ['run', ...(given.length > 0 ? given : writeGroups())],
})

function fail({ message }) {
  console.error(`fake-devin: ${message}`)
  process.exit(1)
}

/**
 * Returns the environment without variables that change the behaviour of Node, curl, PostgreSQL or the server, since
 * tests set those they need. Keeps variables that control output, such as colours, for the tools.
 */
function neutral(variables) {
  const changing =
    /^(?:FAKE_DEVIN_.*|PORT|HOST|NODE_OPTIONS|NODE_ENV|NODE_.*CERTS|NODE_USE_.*|.*_PROXY|PG[A-Z]+|TZ|LANG|LANGUAGE|LC_.*)$/i
  const kept = Object.entries(variables).filter(([name]) => !changing.test(name))
  return {
    HOME: tmpdir(),
    ...Object.fromEntries(kept),
    LANG: 'C.UTF-8',
    // Makes `node` the one that runs the tests, even in tests that start a shell.
    PATH: [`${root}node_modules/.bin`, variables.PATH].filter(Boolean).join(delimiter),
  }
}

/** Runs a step and resolves with its exit code. On a terminal, tap shows its own progress. */
function run({ title, file, args }) {
  console.error(`${title} …`)
  const start = performance.now()
  const isLive = process.stdout.isTTY === true && title === 'Running the tests'
  const child = spawn(node, [`${root}${file}`, ...args], {
    cwd: root,
    env,
    stdio: isLive ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  })
  let printed = start
  for (const name of ['stdout', 'stderr']) {
    child[name]?.on('data', (bytes) => {
      printed = performance.now()
      process[name].write(bytes)
    })
  }
  const timer = setInterval(() => {
    const now = performance.now()
    if (isLive || now - printed < SILENCE_MS) return
    printed = now
    console.error(`${title}: ${Math.round((now - start) / 1000)} s …`)
  }, 1_000)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      clearInterval(timer)
      resolve(code ?? 1)
    })
  })
}
