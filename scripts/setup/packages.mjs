// Reads the packages from package-lock.json, and selects those that a server needs.
import { existsSync, readFileSync } from 'node:fs'

const root = new URL('../../', import.meta.url)

/** The packages that src/ imports at run time, as test/scripts/setup.test.ts verifies. */
export const SERVING = [
  '@fastify/swagger',
  '@sinclair/typebox',
  'ajv',
  'ajv-formats',
  'croner',
  'fastify',
  'fastify-plugin',
  'json-schema-faker',
  'kysely',
  'node-forge',
  'pg',
  'pino',
  'pino-pretty',
  'yaml',
]

/** The packages that the page is built with and from, as test/scripts/setup.test.ts verifies. */
export const PAGE = [
  '@fastify/swagger-ui',
  '@preact/signals',
  '@tanstack/virtual-core',
  'diff',
  'preact',
  'rolldown',
]

/** The packages of which only files are used, so that none of their dependencies is needed. */
const WITHOUT_DEPENDENCIES = ['@fastify/swagger-ui']

/** Returns the entries of package-lock.json by path, e.g. `node_modules/ajv`, without the project itself. */
export function lockedPackages() {
  const { '': _project, ...packages } = packagesIn('package-lock.json')
  return packages
}

/** Returns the entries of the named packages and of all their transitive dependencies. */
export function closureOf(names, locked = lockedPackages()) {
  const found = {}
  const add = (name, from) => {
    const path = lockedPath(name, from, locked)
    if (path === undefined || path in found) return
    const { dev, devOptional, dependencies: required, ...rest } = locked[path]
    const dependencies = WITHOUT_DEPENDENCIES.includes(name) ? undefined : required
    const entry = dependencies === undefined ? rest : { ...rest, dependencies }
    found[path] = entry
    const { optionalDependencies, peerDependencies } = entry
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      add(needed, path)
    }
  }
  for (const name of names) add(name, '')
  return found
}

/** Returns the path in package-lock.json at which Node finds a package from `from`, or undefined for an unlocked optional one. */
export function lockedPath(name, from, locked) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = `${at}${at === '' ? '' : '/'}node_modules/${name}`
    if (path in locked) return path
    if (at === '') return undefined
  }
}

/**
 * Returns whether node_modules has these packages in these versions. Compares contents, not modification
 * times: a checkout changes the time of package-lock.json, and a cache that of node_modules. Ignores optional
 * packages, which npm omits on other platforms.
 */
export function areInstalled(packages) {
  const installed = packagesIn('node_modules/.package-lock.json')
  return Object.entries(packages).every(([path, { version, optional }]) => {
    return optional === true || (installed[path]?.version === version && isThere(path))
  })
}

/** Returns whether the package at `path` exists in `folder`. */
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
