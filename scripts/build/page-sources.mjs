// Tells whether dist/page was built from the current sources. Loads no packages, since it runs at every `npm start`.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { closureOf, lockedPackages, PAGE } from '../setup/packages.mjs'

/** The code that builds the page, in scripts/build. */
const BUILDERS = ['page.mjs', 'page-sources.mjs', 'minify-css.mjs']

/** Returns whether dist/page was built from the current sources, with the packages of package-lock.json. */
export function isPageBuilt(root) {
  try {
    const { sources } = JSON.parse(readFileSync(join(root, 'dist/page/manifest.json'), 'utf8'))
    return sources === hashOfSources(root)
  } catch {
    return false
  }
}

/** Returns a hash of everything that the page is built from. */
export function hashOfSources(root) {
  const hash = createHash('sha256')
  const page = readdirSync(join(root, 'src/page'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
  for (const path of [...page, ...BUILDERS.map((name) => join(root, 'scripts/build', name))]) {
    hash.update(`${path.slice(root.length)}\n`).update(readFileSync(path))
  }
  const packages = Object.entries(closureOf(PAGE, lockedPackages()))
  return hash.update(JSON.stringify(packages.map(([path, { version }]) => [path, version]))).digest('hex')
}
