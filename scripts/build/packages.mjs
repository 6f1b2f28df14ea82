// The packages that modules of the bundles were taken from.
import { readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** The package of Swagger UI's files, which are copied, not bundled. */
const COPIED = '@fastify/swagger-ui'

/**
 * Returns the packages in rolldown's output and in the page, sorted by name and version: `name`, `version`, `license`, `author` and
 * `dependencies` of their package.json, their `folder`, and their `path` in package-lock.json.
 */
export function bundledPackages(root, output) {
  const installed = join(root, 'node_modules')
  const ids = output.flatMap(({ moduleIds = [] }) => moduleIds)
  const folders = new Set(
    ids.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0]).filter(Boolean),
  )
  folders.add(join(installed, COPIED))
  return [...folders].map((folder) => packageIn(folder, installed)).sort(byName)
}

function packageIn(folder, installed) {
  const {
    name,
    version,
    license,
    author,
    dependencies = {},
  } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const path = `node_modules/${relative(installed, folder).replaceAll(sep, '/')}`
  return { name, version, license, author, dependencies, folder, path }
}

function byName(a, b) {
  const [one, other] = [a, b].map(({ name, version }) => `${name}@${version}`)
  return one < other ? -1 : 1
}
