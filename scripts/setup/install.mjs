// Runs npm and shows its progress.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isThere } from './packages.mjs'
import { showProgress } from './progress.mjs'

const root = new URL('../../', import.meta.url)

/** The number of lines shown of npm's error output, which starts with the reasons and ends with help. */
const ERROR_LINES = 15

/** Installs all packages of package-lock.json. Throws an Error with npm's reason. */
export async function installAll(packages) {
  const title = `Installing the ${Object.keys(packages).length} packages of package-lock.json`
  await npmCi(root, { title, paths: Object.keys(packages) })
}

/**
 * Replaces node_modules with the given entries of package-lock.json alone. npm always installs a whole lock
 * file, so this writes a smaller one in a temporary folder, installs there, and moves the result here in one
 * step. An interruption leaves nothing behind that counts as installed. Throws an Error with npm's reason.
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
  const count = () => paths.filter((path) => isThere(path, folder)).length
  const stop = showProgress(title, () => `${count()} of ${paths.length}, `)
  // On a signal, ends npm first and then fails, so that callers can remove an incomplete installation.
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
