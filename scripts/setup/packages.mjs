// Which packages there are, by package-lock.json, and which of them a server needs.
import { existsSync, readFileSync } from 'node:fs'

const root = new URL('../../', import.meta.url)

/** The packages that the sources import when they run. test/scripts/setup.test.ts compares the list with src/. */
export const SERVING = [
  '@fastify/swagger',
  '@sinclair/typebox',
  'ajv',
  'ajv-formats',
  'fastify',
  'fastify-plugin',
  'json-schema-faker',
  'node-forge',
  'pino',
  'pino-pretty',
  'yaml',
]

/** The entries of package-lock.json by path, such as `node_modules/ajv`, without the project itself. */
export function lockedPackages() {
  const { '': _project, ...packages } = packagesIn('package-lock.json')
  return packages
}

/** The entries of the named packages and of all that these need. */
export function closureOf(names, locked = lockedPackages()) {
  const found = {}
  const add = (name, from) => {
    const path = resolve(name, from, locked)
    if (path === undefined || path in found) return
    const { dev, devOptional, ...entry } = locked[path]
    found[path] = entry
    const { dependencies, optionalDependencies, peerDependencies } = entry
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      add(needed, path)
    }
  }
  for (const name of names) add(name, '')
  return found
}

/** Where Node would find a package that the one at `from` requires; undefined for an optional one that is not locked. */
function resolve(name, from, locked) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = `${at}${at === '' ? '' : '/'}node_modules/${name}`
    if (path in locked) return path
    if (at === '') return undefined
  }
}

/**
 * Whether these packages are in node_modules, in these versions. Contents are compared, not times: a checkout changes the time
 * of package-lock.json, and a cache that of node_modules. An optional package is left out on another platform.
 */
export function areInstalled(packages) {
  const installed = packagesIn('node_modules/.package-lock.json')
  return Object.entries(packages).every(([path, { version, optional }]) => {
    return optional === true || (installed[path]?.version === version && isThere(path))
  })
}

/** Whether the folder of a package is there. */
export function isThere(path, folder = root) {
  return existsSync(new URL(`${path}/package.json`, folder))
}

function packagesIn(lockFile) {
  try {
    return JSON.parse(readFileSync(new URL(lockFile, root), 'utf8')).packages
  } catch {
    return {}
  }
}
