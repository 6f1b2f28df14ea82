// Finds the browser for the tests of the page, and installs it where that is possible without asking.
import { spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { showProgress } from './progress.mjs'

/** The commands of Chromium and of the browsers that are made from it. */
const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']

/** Their places on macOS, below the folder of applications. */
const MAC = ['Chromium', 'Google Chrome', 'Microsoft Edge'].map(
  (name) => `${name}.app/Contents/MacOS/${name}`,
)

/** Their places on Windows, below the folders of programs. */
const WINDOWS = [
  'Chromium/Application/chrome.exe',
  'Google/Chrome/Application/chrome.exe',
  'Microsoft/Edge/Application/msedge.exe',
]

/** The number of lines shown of the package manager's errors. */
const ERROR_LINES = 15

/** What to do without a browser. */
const ADVICE =
  'The tests of the page need Chromium, Chrome or Edge: install one, for example with `apt-get install chromium`, or set CHROMIUM_PATH to its executable.'

/** Returns the path of a browser. Throws an Error that says what to do if there is none. */
export function browserPath(env = process.env) {
  const { CHROMIUM_PATH: given } = env
  if (given) {
    if (isExecutable(given)) return given
    throw new Error(`CHROMIUM_PATH is ${given}, which is not a program. ${ADVICE}`)
  }
  const found = candidates(env).find(isExecutable)
  if (found === undefined) throw new Error(`No browser was found. ${ADVICE}`)
  return found
}

/** Resolves with the path of a browser. Installs Chromium first if there is none. Throws an Error that says what to do. */
export async function installedBrowser(env = process.env) {
  if (env.CHROMIUM_PATH || candidates(env).some(isExecutable)) return browserPath(env)
  const apt = onPath('apt-get', env).find(isExecutable)
  if (apt !== undefined) await install(apt, env)
  return browserPath(env)
}

function candidates(env) {
  const applications = ['/Applications', join(homedir(), 'Applications')]
  const programs = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LocalAppData].filter(Boolean)
  return [
    ...COMMANDS.flatMap((name) => onPath(name, env)),
    ...applications.flatMap((folder) => MAC.map((path) => join(folder, path))),
    ...programs.flatMap((folder) => WINDOWS.map((path) => join(folder, path))),
  ]
}

function onPath(name, { PATH = '' }) {
  const folders = PATH.split(delimiter).filter(Boolean)
  return folders.map((folder) => join(folder, name))
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Installs Chromium with Debian's package manager, as root or with a sudo that does not ask. */
async function install(apt, env) {
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const stop = showProgress('Installing Chromium for the tests of the page', () => '')
  try {
    // Succeeds or fails with the lists of all sources; the installation decides whether they were good enough.
    await run([...prefix, apt, 'update'], env)
    const { status, output } = await run(
      [...prefix, apt, 'install', '-y', '--no-install-recommends', 'chromium'],
      env,
    )
    if (status === 0) return
    const reason = output.trimEnd().split('\n').slice(-ERROR_LINES).join('\n')
    throw new Error(`Chromium cannot be installed:\n${reason}\n${ADVICE}`)
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
