// Finds programs, and installs missing ones with Debian's package manager where that is possible without asking.
import { spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { showProgress } from './progress.mjs'

/** The number of lines shown of the package manager's errors. */
const ERROR_LINES = 15

/** Returns the paths that a program of this name would have in the folders of PATH. */
export function onPath(name, { PATH = '' }) {
  const folders = PATH.split(delimiter).filter(Boolean)
  return folders.map((folder) => join(folder, name))
}

/** Returns whether this is the path of a program. */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/**
 * Installs a package with Debian's package manager, as root or with a sudo that does not ask. Does nothing where there is no such
 * package manager. Runs the commands `before` and `after` with the same rights. Throws an Error with the reason and the advice.
 */
export async function installPackage(name, { title, purpose, advice, before = [], after = [] }, env) {
  const apt = onPath('apt-get', env).find(isExecutable)
  if (apt === undefined) return
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const stop = showProgress(`Installing ${title} for ${purpose}`, () => '')
  try {
    // Succeeds or fails with the lists of all sources; the installation decides whether they were good enough.
    await run([...prefix, apt, 'update'], env)
    for (const command of before) await run([...prefix, ...command], env)
    const { status, output } = await run(
      [...prefix, apt, 'install', '-y', '--no-install-recommends', name],
      env,
    )
    for (const command of after) await run([...prefix, ...command], env)
    if (status === 0) return
    const reason = output.trimEnd().split('\n').slice(-ERROR_LINES).join('\n')
    throw new Error(`${title} cannot be installed:\n${reason}\n${advice}`)
  } finally {
    stop()
  }
}

function run([command, ...args], env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
      })
    }
    child.on('error', ({ message }) => resolve({ status: 1, output: message }))
    child.on('close', (status) => resolve({ status, output }))
  })
}
