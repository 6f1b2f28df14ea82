// Installs the packages that are missing: `npm start` and `npm test` begin with it. Plain JavaScript without dependencies, for
// Node 20 and later, since it runs before anything is installed.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { installAll, installSome } from './setup/install.mjs'
import { areInstalled, closureOf, lockedPackages, SERVING } from './setup/packages.mjs'

/** The Node that comes with the development packages. */
const installedNode = new URL('../node_modules/.bin/node', import.meta.url)

/**
 * A Node that runs TypeScript as it is: for serving this one, unless it is too old; else the one among the packages. Installs the packages first
 * when some are missing or differ from package-lock.json: all of them, or with `serving` those alone that a server needs, which
 * are a twentieth of the size. Ends the process with one line when that fails.
 */
export async function setup({ serving = false } = {}) {
  const isOld = isTooOld()
  const names = [...SERVING, ...(isOld ? ['node'] : [])]
  const packages = serving ? closureOf(names) : lockedPackages()
  try {
    if (!areInstalled(packages)) await (serving ? installSome(names, packages) : installAll(packages))
  } catch ({ message }) {
    fail(message)
  }
  // All of the packages have that Node, and tests run on it everywhere.
  if (existsSync(installedNode) && (isOld || !serving)) return fileURLToPath(installedNode)
  if (!isOld) return process.execPath
  fail(
    `Node.js ${process.versions.node} is too old, and node_modules has no newer one. Install Node.js 24, or let npm run install scripts (ignore-scripts=false) and remove node_modules.`,
  )
}

/** Whether this Node cannot run TypeScript without a flag; the number is that of `engines` in package.json. */
function isTooOld() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  return major < 22 || (major === 22 && minor < 19)
}

function fail(reason) {
  console.error(`fake-devin: ${reason}`)
  process.exit(1)
}
