// Keeps the code that V8 has compiled for the server, for the next process that uses the library. Compiling it takes a fifth of the
// time from the import of the library to the first answer. The library must not enable Node's own compile cache, which would affect
// all modules of the process.
'use strict'

/** A hash of server.cjs: `npm run build` replaces it. */
const BUILD = 'BUILD'

/** How long a process waits before it writes the cache, so that it contains what the first requests need. In milliseconds. */
const WRITE_AFTER_MS = 300

/** Whether this file is where the package has it: not in somebody's bundle, and not in a runtime that has no such cache. */
const isInstalled =
  typeof __filename === 'string' &&
  /[\\/]code-cache\.cjs$/.test(__filename) &&
  !process.versions.bun &&
  !process.versions.deno &&
  // V8 counts calls only in code that it compiles itself.
  !process.env.NODE_V8_COVERAGE

/**
 * Loads server.cjs from the cache, for later calls of `require`. Without a cache, loads it as well and writes the cache. Does nothing
 * where that is not possible, so that `require` loads the file as usual.
 */
exports.preloadServer = () => {
  if (!isInstalled) return
  const { join } = require('node:path')
  const { Module, createRequire } = require('node:module')
  const path = join(__dirname, 'server.cjs')
  if (require.cache[path] !== undefined) return
  const folder = join(__dirname, '../.cache')
  const file = join(folder, `server-${BUILD}-${process.version}-${process.arch}.bin`)
  const script = compile(path, file)
  if (script === undefined) return
  const loaded = new Module(path, module)
  loaded.filename = path
  require.cache[path] = loaded
  try {
    script.runInThisContext()(loaded.exports, createRequire(path), loaded, path, __dirname)
  } catch (error) {
    delete require.cache[path]
    throw error
  }
  loaded.loaded = true
  if (script.cachedDataRejected !== false) writeLater(script, { folder, file })
}

/** Returns the compiled file, with the code of the cache if V8 accepts it. Returns undefined if the file cannot be read. */
function compile(path, file) {
  const { Script } = require('node:vm')
  const { Module } = require('node:module')
  // The build makes sure that it is ASCII, which Node reads twice as fast.
  const source = read(path, 'latin1')
  return source && new Script(Module.wrap(source), { filename: path, cachedData: read(file) })
}

function read(path, encoding) {
  try {
    return require('node:fs').readFileSync(path, encoding)
  } catch {
    return undefined
  }
}

/** Writes the cache soon, at the latest when the process ends. */
function writeLater(script, { folder, file }) {
  const write = () => {
    clearTimeout(timer)
    process.off('exit', write)
    const { mkdirSync, renameSync, writeFileSync } = require('node:fs')
    try {
      mkdirSync(folder, { recursive: true })
      // Another process may do the same.
      const own = `${file}.${process.pid}`
      writeFileSync(own, script.createCachedData())
      renameSync(own, file)
    } catch {
      // The folder may not be written to.
    }
  }
  const timer = setTimeout(write, WRITE_AFTER_MS).unref()
  process.once('exit', write)
}
