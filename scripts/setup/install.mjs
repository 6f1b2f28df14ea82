// Runs npm, and says how far it is.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isThere } from './packages.mjs'

const root = new URL('../../', import.meta.url)

/** How much of what npm has to say about a failure is shown: its reasons come first, its manual page last. */
const ERROR_LINES = 15

/** How often progress is shown, in milliseconds: on a terminal in place, elsewhere as lines. */
const TICK_MS = { terminal: 200, lines: 3_000 }

/** Installs all packages of package-lock.json. Throws an Error with npm's reason. */
export async function installAll(packages) {
  const title = `Installing the ${Object.keys(packages).length} packages of package-lock.json`
  await npmCi(root, { title, paths: Object.keys(packages) })
}

/**
 * Installs these entries of package-lock.json alone, in place of what is in node_modules. npm installs a lock file as a whole, so
 * they get one of their own, in a folder beside; the result is moved here in one step, and an interruption leaves nothing behind
 * that counts as installed. Throws an Error with npm's reason.
 */
export async function installSome(names, packages) {
  mkdirSync(new URL('.cache/', root), { recursive: true })
  const folder = mkdtempSync(fileURLToPath(new URL('.cache/install-', root)))
  const dependencies = Object.fromEntries(
    names.map((name) => [name, packages[`node_modules/${name}`].version]),
  )
  const { allowScripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  const lock = { lockfileVersion: 3, requires: true, packages: { '': { dependencies }, ...packages } }
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies, allowScripts }))
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock))
    const title = `Installing the ${Object.keys(packages).length} packages that serving needs`
    await npmCi(pathToFileURL(`${folder}/`), { title, paths: Object.keys(packages) })
    const installed = new URL('node_modules', root)
    rmSync(installed, { recursive: true, force: true })
    renameSync(join(folder, 'node_modules'), installed)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function npmCi(folder, { title, paths }) {
  const { npm_execpath: npm = '' } = process.env
  const args = ['ci', '--include=dev', '--loglevel=error', '--no-audit', '--no-fund', '--no-progress']
  const options = { cwd: fileURLToPath(folder), stdio: ['ignore', 'ignore', 'pipe'] }
  const child =
    basename(npm) === 'npm-cli.js'
      ? spawn(process.execPath, [npm, ...args], options)
      : spawn('npm', args, { ...options, shell: process.platform === 'win32' })
  let reason = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    reason += text
  })
  const stop = showProgress(title, () => paths.filter((path) => isThere(path, folder)).length, paths.length)
  // A signal ends npm too, and then this process, so that what is half done is removed.
  const end = () => child.kill('SIGTERM')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end)
  const status = await new Promise((resolve, reject) => {
    child.on('error', ({ message }) => reject(new Error(`npm cannot be run: ${message}`)))
    child.on('close', resolve)
  }).finally(() => {
    stop()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, end)
  })
  if (status !== 0) {
    throw new Error(
      `npm ci failed:\n${reason.split('\n').slice(0, ERROR_LINES).join('\n') || 'it was interrupted'}`,
    )
  }
}

/** Writes the title, how many of the packages are there, and for how long it has been going on. Call the result to end it. */
function showProgress(title, count, total) {
  const start = performance.now()
  const isTerminal = process.stderr.isTTY === true
  const line = () => `${title}: ${count()} of ${total}, ${Math.round((performance.now() - start) / 1000)} s`
  const write = () => process.stderr.write(isTerminal ? `\r\u001b[K${line()}` : `${line()}\n`)
  process.stderr.write(isTerminal ? `${title} …` : `${title}, once …\n`)
  const timer = setInterval(write, isTerminal ? TICK_MS.terminal : TICK_MS.lines)
  return () => {
    clearInterval(timer)
    if (isTerminal) process.stderr.write(`\r\u001b[K${line()}\n`)
  }
}
