// Installs missing packages, as the first step of `npm start` and `npm test`. Plain JavaScript without
// dependencies, for Node 20 and later, since it runs before anything is installed.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { complaint } from './build/node-version.cjs'
import { installAll, installSome } from './setup/install.mjs'
import { areInstalled, closureOf, lockedPackages, PAGE, SERVING } from './setup/packages.mjs'

/** The Node from the development packages. */
const installedNode = new URL('../node_modules/.bin/node', import.meta.url)

/**
 * Returns the path of a Node that runs TypeScript directly: with `serving` the current one, unless it is too
 * old; otherwise the one from the packages. If packages are missing or differ from package-lock.json,
 * installs them first: all of them, or with `serving` only those that a server and its page need, a tenth of
 * the size. Prints the reason and ends the process on failure.
 */
export async function setup({ serving = false } = {}) {
  const isOld = complaint() !== undefined
  const names = [...SERVING, ...PAGE, ...(isOld ? ['node'] : [])]
  const packages = serving ? closureOf(names) : lockedPackages()
  try {
    if (!areInstalled(packages)) await (serving ? installSome(names, packages) : installAll(packages))
  } catch ({ message }) {
    fail(message)
  }
  // The full set of packages includes that Node, so that tests run on the same version everywhere.
  if (existsSync(installedNode) && (isOld || !serving)) return fileURLToPath(installedNode)
  if (!isOld) return process.execPath
  fail(
    `Node.js ${process.versions.node} is too old, and node_modules has no newer one. Install Node.js 24, or let npm run install scripts (ignore-scripts=false) and remove node_modules.`,
  )
}

function fail(reason) {
  console.error(`fake-devin: ${reason}`)
  process.exit(1)
}
