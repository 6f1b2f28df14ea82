// Bundles the program and the library, with all packages, into CommonJS files. A start loads only a few of them.
// docs/decisions/0009-the-published-build.md has the reasons.
import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { rolldown } from 'rolldown'
import { lateBuiltins } from './late-builtins.mjs'
import { nativeGlobals } from './native-globals.mjs'
import { builtPageFolder } from './page-folder.mjs'
import { standIns } from './stand-ins.mjs'
import { constantVersion } from './version.mjs'

/** The modules of the chunk `command`, which is loaded before it is known whether a server is needed. */
const COMMAND = [
  ...['run', 'help', 'version', 'health'].map((name) => `src/cli/${name}.ts`),
  // Servers and clients both need these.
  ...['auth/keys', 'settings/start-error', 'base/builtins', 'base/pause', 'client/reason'].map(
    (name) => `src/${name}.ts`,
  ),
]
/** The files that are published as they are. */
const COPIED = [
  ...['cli.cjs', 'index.js', 'library.cjs', 'node-version.cjs', 'realm.cjs'],
  ...['cjs', 'd.cts', 'js', 'd.ts'].flatMap((type) => [`global-setup.${type}`, `testcontainers.${type}`]),
]

/** Writes the bundle of the project in `root` to the folder `dist`. Resolves with the chunks of the bundler. */
export async function writeBundle(root, dist) {
  const bundle = await rolldown({
    cwd: root,
    platform: 'node',
    // The paths in comments stay the same if node_modules is a symbolic link, as in `npm run release:dry`.
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
    plugins: [constantVersion(root), builtPageFolder(root), standIns(), lateBuiltins(), cachedImports()],
  })
  const { output } = await bundle.write({
    dir: dist,
    // CommonJS, because the first ES module that Node loads takes 10 to 20 ms.
    format: 'cjs',
    // Allows a default export, which test runners look for, beside others.
    exports: 'named',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    // Not minified: Node prints the source line of an error, and a line of half a megabyte helps nobody.
    // Minified code would not start faster.
    comments: false,
    // V8 keeps a file with other characters at two bytes per character.
    charset: 'ascii',
    codeSplitting: { groups: [{ debugName: 'start', name: startChunks(root) }] },
  })
  await bundle.close()
  for (const file of COPIED) copyFileSync(`${root}scripts/build/${file}`, `${dist}${file}`)
  chmodSync(`${dist}cli.cjs`, 0o755)
  writeCodeCache(root, dist, output)
  return output
}

/** Returns a plugin that loads the files of an `import()` through code-cache.cjs. Fails if it finds none: then the bundler writes them in another form. */
function cachedImports() {
  let count = 0
  return {
    name: 'cached-imports',
    renderChunk: (code) =>
      code.replaceAll(/\(\) => require\("(\.\/[\w-]+\.cjs)"\)/g, (_whole, path) => {
        count++
        return `() => (require("./code-cache.cjs").preload("${path}"), require("${path}"))`
      }),
    generateBundle() {
      if (count === 0) throw new Error('no import() was found')
    },
  }
}

/** Writes code-cache.cjs with the hash and the imports of the files. */
function writeCodeCache(root, dist, output) {
  const hash = createHash('sha256')
  for (const { fileName } of output) {
    const code = readFileSync(dist + fileName)
    // code-cache.cjs reads the file as ASCII.
    if (code.some((byte) => byte > 0x7f)) throw new Error(`${fileName} has characters that are not ASCII`)
    hash.update(code)
  }
  const files = new Set(output.map(({ fileName }) => fileName))
  const imports = Object.fromEntries(
    output.map(({ fileName, imports }) => [
      `./${fileName}`,
      imports.filter((name) => files.has(name)).map((name) => `./${name}`),
    ]),
  )
  const codeCache = readFileSync(`${root}scripts/build/code-cache.cjs`, 'utf8')
  writeFileSync(
    `${dist}code-cache.cjs`,
    codeCache
      .replace("'BUILD'", `'${hash.digest('hex').slice(0, 16)}'`)
      .replace('IMPORTS = {}', `IMPORTS = ${JSON.stringify(imports)}`),
  )
}

/**
 * Returns a function that names the chunk of a module that startup needs: `command` for modules needed before the command
 * is known, `server` for those of a server, whichever entry starts it; null for others. A chunk contains all imports of its
 * modules, so startup loads no other files, even if other code shares a module with them. Neither chunk
 * contains the entries themselves, since loading an entry has side effects.
 */
function startChunks(root) {
  /** The modules that an entry imports, by entry. */
  const closures = new Map()
  const closureOf = (entry, graph) => {
    if (!closures.has(entry)) closures.set(entry, importsOf(`${root}${entry}`, graph))
    return closures.get(entry)
  }
  return (id, graph) => {
    if (COMMAND.some((entry) => closureOf(entry, graph).has(id))) return 'command'
    return closureOf('src/cli/serve.ts', graph).has(id) ? 'server' : null
  }
}

/** Returns a module and all its transitive static imports. */
function importsOf(entry, graph) {
  if (!graph.getModuleInfo(entry)) throw new Error(`the bundle has no ${entry}`)
  const found = new Set()
  const left = [entry]
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (found.has(id)) continue
    found.add(id)
    left.push(...(graph.getModuleInfo(id)?.importedIds ?? []))
  }
  return found
}
