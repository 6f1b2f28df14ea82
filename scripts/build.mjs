// `npm run build`: makes dist, which is what is published: the program and the library with all packages bundled in, in few
// files, of which a start loads three. docs/decisions/0009-the-published-build.md says why.
import { chmodSync, copyFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { writeDeclarations } from './build/declarations.mjs'
import { lateBuiltins } from './build/late-builtins.mjs'
import { writeLicenses } from './build/licenses.mjs'
import { nativeGlobals } from './build/native-globals.mjs'
import { standIns } from './build/stand-ins.mjs'
import { constantVersion } from './build/version.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const dist = `${root}dist/`
/** What `closureOf` found. */
const closures = new Map()
/** What runs without a server. */
const COMMAND = [
  ...['run', 'help', 'version', 'health'].map((name) => `src/cli/${name}.ts`),
  // Needed by a server and by a client of one.
  ...['auth/keys', 'settings/start-error', 'base/builtins'].map((name) => `src/${name}.ts`),
]

rmSync(dist, { recursive: true, force: true })
const bundle = await rolldown({
  cwd: root,
  platform: 'node',
  input: {
    program: 'src/cli/index.ts',
    api: 'src/index.ts',
    engine: 'src/server/engine.ts',
    remote: 'src/client/remote.ts',
    'light-my-request': 'light-my-request',
  },
  transform: { inject: nativeGlobals },
  plugins: [constantVersion(root), standIns(), lateBuiltins()],
})
const { output } = await bundle.write({
  dir: dist,
  // CommonJS, because the first ES module that Node loads costs it 10 to 20 ms.
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs',
  // Not minified: Node prints the line of an error, and half a megabyte of it would help nobody. It costs a start nothing.
  comments: false,
  codeSplitting: { groups: [{ debugName: 'start', name: startChunk }] },
})
await bundle.close()
for (const file of ['cli.cjs', 'index.js', 'library.cjs', 'node-version.cjs', 'realm.cjs'])
  copyFileSync(`${root}scripts/build/${file}`, `${dist}${file}`)
chmodSync(`${dist}cli.cjs`, 0o755)
writeLicenses(root, output)
writeDeclarations(root)

/**
 * The file of a module that a start needs: `command` before it is known what is asked for, `server` for a server of either
 * entry. All that such a module imports is with it, so that a start loads these files alone, whoever else shares a module with
 * them. The entries themselves are no part of either, since loading one does something.
 */
function startChunk(id, graph) {
  if (COMMAND.some((entry) => closureOf(entry, graph).has(id))) return 'command'
  return closureOf('src/cli/serve.ts', graph).has(id) ? 'server' : null
}

/** A module and what it imports, and so on, without what is loaded later. */
function closureOf(entry, graph) {
  const known = closures.get(entry)
  if (known !== undefined) return known
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
