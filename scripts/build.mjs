// `npm run build`: builds dist, the published code, with the page, the declarations and the licences.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { writeBundle } from './build/bundle.mjs'
import { writeDeclarations } from './build/declarations.ts'
import { writeLicenses } from './build/licenses.mjs'
import { bundledPackages } from './build/packages.mjs'
import { buildPage } from './build/page.mjs'
import { writeSbom } from './build/sbom.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const dist = `${root}dist/`

rmSync(dist, { recursive: true, force: true })
// The code caches of earlier builds; see code-cache.cjs.
if (existsSync(`${root}.cache`)) {
  const kept = readdirSync(`${root}.cache`).filter((name) => name.startsWith('code-'))
  for (const name of kept) rmSync(`${root}.cache/${name}`, { recursive: true })
}
const output = await writeBundle(root, dist)
const page = await buildPage(root)
const packages = bundledPackages(root, [...output, ...page.output])
writeLicenses(root, packages)
writeSbom(root, packages)
writeDeclarations(root)
