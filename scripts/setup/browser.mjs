// Finds the browser for the tests of the page, and installs it where that is possible without asking.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { installPackage, isExecutable, onPath } from './programs.mjs'

/** Debian's package and command of a Chromium without windows, which takes half of the processor time of a whole browser. */
const HEADLESS = 'chromium-headless-shell'

/** The commands of Chromium and of the browsers that are made from it. */
const COMMANDS = [
  HEADLESS,
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
]

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
  const reasons = { title: 'Chromium', purpose: 'the tests of the page', advice: ADVICE }
  // Not every system has the first one.
  await installPackage(HEADLESS, reasons, env).catch(() => installPackage('chromium', reasons, env))
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
