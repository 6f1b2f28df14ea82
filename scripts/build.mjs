// `npm run build`: builds dist, the published code: the program and the library with all packages bundled, in
// a few files, of which a start loads three. docs/decisions/0009-the-published-build.md has the reasons.
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { writeDeclarations } from './build/declarations.ts'
import { lateBuiltins } from './build/late-builtins.mjs'
import { writeLicenses } from './build/licenses.mjs'
import { nativeGlobals } from './build/native-globals.mjs'
import { bundledPackages } from './build/packages.mjs'
import { buildPage } from './build/page.mjs'
import { builtPageFolder } from './build/page-folder.mjs'
import { writeSbom } from './build/sbom.mjs'
import { standIns } from './build/stand-ins.mjs'
import { constantVersion } from './build/version.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const dist = `${root}dist/`
/** The results of `closureOf`, by entry. */
const closures = new Map()
/** The modules that run without a server. */
const COMMAND = [
  ...['run', 'help', 'version', 'health'].map((name) => `src/cli/${name}.ts`),
  // Needed by a server and by its clients.
  ...['auth/keys', 'settings/start-error', 'base/builtins'].map((name) => `src/${name}.ts`),
]
/** The files that are published as they are. */
const COPIED = [
  ...['cli.cjs', 'index.js', 'library.cjs', 'node-version.cjs', 'realm.cjs'],
  ...['cjs', 'd.cts', 'js', 'd.ts'].flatMap((type) => [`global-setup.${type}`, `testcontainers.${type}`]),
]

rmSync(dist, { recursive: true, force: true })
// What code-cache.cjs has kept of earlier builds.
if (existsSync(`${root}.cache`)) {
  const kept = readdirSync(`${root}.cache`).filter((name) => name.startsWith('server-'))
  for (const name of kept) rmSync(`${root}.cache/${name}`)
}
const bundle = await rolldown({
  cwd: root,
  platform: 'node',
  // A folder of packages may be a link, as that of `npm run release:dry` is: the code has the same comments in all of them.
  resolve: { symlinks: false },
  input: {
    program: 'src/cli/index.ts',
    api: 'src/index.ts',
    engine: 'src/server/engine.ts',
    remote: 'src/client/remote.ts',
    suite: 'src/suites/global-setup.ts',
    'container-options': 'src/suites/container-options.ts',
    'light-my-request': 'light-my-request',
  },
  transform: { inject: nativeGlobals },
  plugins: [constantVersion(root), builtPageFolder(root), standIns(), lateBuiltins()],
})
const { output } = await bundle.write({
  dir: dist,
  // CommonJS, because the first ES module that Node loads takes 10 to 20 ms.
  format: 'cjs',
  // A default export, which test runners look for, is one of several.
  exports: 'named',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs',
  // Not minified: Node prints the source line of an error, and a line of half a megabyte helps nobody.
  // Startup is no slower for it.
  comments: false,
  // V8 keeps a file with other characters at two bytes per character.
  charset: 'ascii',
  codeSplitting: { groups: [{ debugName: 'start', name: startChunk }] },
})
await bundle.close()
for (const file of COPIED) copyFileSync(`${root}scripts/build/${file}`, `${dist}${file}`)
const server = readFileSync(`${dist}server.cjs`)
// code-cache.cjs reads it as ASCII.
if (server.some((byte) => byte > 0x7f)) throw new Error('server.cjs has characters that are not ASCII')
const hash = createHash('sha256').update(server).digest('hex').slice(0, 16)
const codeCache = readFileSync(`${root}scripts/build/code-cache.cjs`, 'utf8')
writeFileSync(`${dist}code-cache.cjs`, codeCache.replace("'BUILD'", `'${hash}'`))
chmodSync(`${dist}cli.cjs`, 0o755)
const page = await buildPage(root)
const packages = bundledPackages(root, [...output, ...page.output])
writeLicenses(root, packages)
writeSbom(root, packages)
writeDeclarations(root)

/**
 * Returns the chunk for a module that startup needs, or null: `command` for modules needed before the command
 * is known, `server` for those of a server, whichever entry starts it. A chunk contains all imports of its
 * modules, so startup loads no other files, even if other code shares a module with them. Neither chunk
 * contains the entries themselves, since loading an entry has side effects.
 */
function startChunk(id, graph) {
  if (COMMAND.some((entry) => closureOf(entry, graph).has(id))) return 'command'
  return closureOf('src/cli/serve.ts', graph).has(id) ? 'server' : null
}

/** Returns the module and all its transitive static imports. */
function closureOf(entry, graph) {
  const known = closures.get(entry)
  if (known !== undefined) return known
  if (!graph.getModuleInfo(`${root}${entry}`)) throw new Error(`the bundle has no ${entry}`)
  const found = new Set()
  const left = [`${root}${entry}`]
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (found.has(id)) continue
    found.add(id)
    left.push(...(graph.getModuleInfo(id)?.importedIds ?? []))
  }
  closures.set(entry, found)
  return found
}
