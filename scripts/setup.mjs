// Installs what is missing. Plain JavaScript without dependencies, for Node 20 and later, since it runs before anything
// is installed: `npm start` and `npm test` begin with it.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = new URL('../', import.meta.url)

/** The Node that comes with the development packages. */
const installedNode = new URL('node_modules/.bin/node', root)

/** How much of what npm has to say about a failure is shown: its reasons come first, its manual page last. */
const ERROR_LINES = 15

/**
 * A Node that runs TypeScript as it is: this one when it can, else the one among the packages. Installs the packages
 * first when they are not those of package-lock.json. Ends the process with one clear line when that fails.
 */
export function setup() {
  if (!isInstalled()) install()
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath
  if (existsSync(installedNode)) return fileURLToPath(installedNode)
  fail(
    `Node.js ${process.versions.node} is too old, and node_modules has no newer one. Install Node.js 24, or let npm run install scripts (ignore-scripts=false) and remove node_modules.`,
  )
}

/** Contents are compared, not times: a checkout changes the time of package-lock.json, and a cache that of node_modules. */
function isInstalled() {
  const installed = packagesOf('node_modules/.package-lock.json')
  const wanted = Object.entries(packagesOf('package-lock.json'))
  // An optional package is left out on another platform.
  return wanted.every(([path, { version, optional }]) => {
    return path === '' || optional === true || installed[path]?.version === version
  })
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(new URL(lockFile, root), 'utf8')).packages
  } catch {
    return {}
  }
}

function install() {
  console.error('Installing the packages of package-lock.json (npm ci), once …')
  const { npm_execpath: npm = '' } = process.env
  const ci = ['ci', '--include=dev', '--loglevel=error', '--no-audit', '--no-fund', '--no-progress']
  const options = { cwd: root, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' }
  const { status, error, stderr } =
    basename(npm) === 'npm-cli.js'
      ? spawnSync(process.execPath, [npm, ...ci], options)
      : spawnSync('npm', ci, { ...options, shell: process.platform === 'win32' })
  if (error !== undefined) fail(`npm cannot be run: ${error.message}`)
  if (status !== 0) fail(`npm ci failed:\n${stderr.split('\n').slice(0, ERROR_LINES).join('\n')}`)
}

function fail(reason) {
  console.error(`fake-devin: ${reason}`)
  process.exit(1)
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) setup()
