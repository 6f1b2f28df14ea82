// `node scripts/test/each.mjs FILE…`: runs each test file in a process of its own, with the Node that runs this script, and prints its output at its
// end. Unlike `tap run`, it measures no coverage, whose loaders take half of the time of a short test. Exits with 1 if a file has failed.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The number of files that run at the same time. */
const JOBS = 3

/** The time limit for a file, in milliseconds. */
const LIMIT_MS = 300_000

const left = process.argv.slice(2)
let hasFailed = false
await Promise.all(Array.from({ length: JOBS }, work))
process.exitCode = hasFailed ? 1 : 0

async function work() {
  for (let file = left.shift(); file !== undefined; file = left.shift()) {
    const start = performance.now()
    const { code, output } = await run(file)
    if (code !== 0) hasFailed = true
    process.stdout.write(output.replace(/\n*$/, '\n'))
    const seconds = Math.round((performance.now() - start) / 1000)
    console.log(
      `${code === 0 ? 'ok' : 'not ok'} - ${file} # ${seconds} s${code === 0 ? '' : `, exit code ${code}`}\n`,
    )
  }
}

/** Runs a file and resolves with its exit code and its output. A file that does not end in time is killed. */
function run(file) {
  // Replacing modules needs a loader.
  const loaders = /\bmockImport\b/.test(readFileSync(file, 'utf8')) ? ['--import=@tapjs/mock/import'] : []
  const child = spawn(process.execPath, [...loaders, '--enable-source-maps', file], {
    env: { ...process.env, TAP_TIMEOUT: `${LIMIT_MS / 1000}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  // Later than the limit of tap, which says which test has not ended.
  const timer = setTimeout(() => child.kill('SIGKILL'), 1.1 * LIMIT_MS)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, output })
    })
  })
}
