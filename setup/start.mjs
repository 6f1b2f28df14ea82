// The one step of action.yml: starts the fake in the background, waits until it answers, and sets variables for the following steps. Without
// dependencies, for Node 20 and later. The runner ends the fake at the end of the job, with all other processes that the job has left.
import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** How long it may take until the fake answers, in milliseconds: the first start installs packages. */
const START_MS = 180_000

/** The key that an open fake accepts, and the organization that it belongs to. */
const KEY = 'cog_demo'
const ORG_ID = 'org-fa4ede71000000000000000000000001'

/** The number of lines shown of the log of a fake that does not start. */
const LOG_LINES = 40

const { INPUT_VERSION: version, INPUT_PORT: port = '8080', INPUT_FLAGS: text = '', ...env } = process.env
const { RUNNER_TEMP = tmpdir(), GITHUB_ENV, GITHUB_OUTPUT, FAKE_DEVIN_STRICT_KEYS = 'false' } = env
const flags = text.split(/\s+/).filter(Boolean)
const log = join(mkdtempSync(join(RUNNER_TEMP, 'fake-devin-')), 'log')

const { url, pid } = await start().catch(({ message }) => {
  const shown = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LOG_LINES)
  console.log(shown.join('\n'))
  console.log(`::error title=fake-devin::${message}`)
  process.exit(1)
})
const isStrict =
  FAKE_DEVIN_STRICT_KEYS === 'true' || flags.some((flag) => /^--strict-keys(?:=true)?$/.test(flag))
if (isStrict)
  console.log('::notice title=fake-devin::With --strict-keys, set DEVIN_API_KEY and DEVIN_ORG_ID yourself.')
const bases = ['DEVIN_API_URL', 'DEVIN_BASE_URL', 'DEVIN_API_BASE_URL', 'DEVIN_API_BASE']
write(GITHUB_ENV, {
  FAKE_DEVIN_URL: url,
  ...(isStrict ? {} : { DEVIN_API_KEY: KEY, DEVIN_ORG_ID: ORG_ID }),
  ...Object.fromEntries(bases.map((name) => [name, url])),
})
write(GITHUB_OUTPUT, { url, log, pid })
console.log(`fake-devin answers on ${url}`)

/** Resolves with the address and the process of the fake when it answers. Rejects when it has ended, or takes too long. */
async function start() {
  const output = openSync(log, 'a')
  const [program, ...args] = version
    ? ['npx', '--yes', `fake-devin@${version}`]
    : [process.execPath, fileURLToPath(new URL('../scripts/start.mjs', import.meta.url))]
  const child = spawn(program, [...args, '--port', port, ...flags], {
    env,
    detached: true,
    stdio: ['ignore', output, output],
    // On Windows, npx is a script.
    shell: process.platform === 'win32' && program === 'npx',
  })
  let ended
  child.on('error', ({ message }) => {
    ended = message
  })
  child.on('exit', (code) => {
    ended ??= `ended with ${code}`
  })
  child.unref()
  for (let waited = 0; waited < START_MS; waited += 100) {
    if (ended !== undefined) throw new Error(`The fake does not start: ${ended}`)
    const [, listening] = /listening on http:\/\/\S+:(\d+)/.exec(readFileSync(log, 'utf8')) ?? []
    if (listening !== undefined) {
      const address = `http://127.0.0.1:${listening}`
      const answers = await fetch(`${address}/_fake/health`).then(
        ({ ok }) => ok,
        () => false,
      )
      if (answers) return { url: address, pid: child.pid }
    }
    await pause(100)
  }
  throw new Error(`The fake did not answer for ${START_MS / 1000} s`)
}

/** Adds lines to a file of the runner, as the workflow commands for variables and outputs are. */
function write(file, values) {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`)
  appendFileSync(file, lines.join(''))
}
