// A code cache: keeps the code that V8 has compiled for the files of this folder, for later processes, which start in two thirds of the time.
//
// Node's own compile cache affects all modules of a process, so a library must not enable it. It also lacks functions that are compiled after
// their file was loaded, such as those that the first request calls. Compiling these takes 13 of the 80 ms of a start.
'use strict'

const {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} = require('node:fs')
const { Module, wrapper } = require('node:module')
const { basename, dirname, join } = require('node:path')
const { Script, constants } = require('node:vm')

/** A hash of the files. `npm run build` inserts it. */
const BUILD = 'BUILD'

/** The files that each file imports, by path. `npm run build` inserts them. */
const IMPORTS = {}

/** The delay before a process writes what it has compiled, in milliseconds, so that this includes what the first requests need. */
const WRITE_AFTER_MS = 300

/**
 * The age of a process, in seconds, from which it no longer replaces the cache of a file: V8 discards code that has not run for long, such as
 * that of the start.
 */
const OLD_S = 10

/** The minimum length of a string that Node keeps outside of V8's heap, in bytes (EXTERN_APEX in its string_bytes.cc). */
const EXTERNAL = 1_031_913

/** The minimum size of a file that is padded to that length, in bytes. */
const LARGE = 500_000

/** Whether this file runs in Node's own realm, not in the realm of a test runner; see realm.cjs. */
const isOwnRealm = require('node:url').URL instanceof Function
exports.isOwnRealm = isOwnRealm

/** Whether a cache can be used. Otherwise, `require` loads the files as usual. */
const isUsable =
  // Not in the bundle of a user.
  typeof __filename === 'string' &&
  /[\\/]code-cache\.cjs$/.test(__filename) &&
  // Cached code would run in Node's own realm.
  isOwnRealm &&
  // Not in runtimes without V8's code cache.
  !process.versions.bun &&
  !process.versions.deno &&
  // Users turn off Node's own cache with this.
  !process.env.NODE_DISABLE_COMPILE_CACHE &&
  // V8 measures coverage only in code that it has compiled in this process.
  !process.env.NODE_V8_COVERAGE

const seen = new Set()

/**
 * Loads a file, such as `./server.cjs`, after the files that it imports, so that `require` finds them. Does nothing if no cache can be used or
 * the file cannot be read: then `require` loads it as usual.
 */
exports.preload = (path) => {
  if (!isUsable || seen.has(path)) return
  seen.add(path)
  for (const imported of IMPORTS[path] ?? []) exports.preload(imported)
  const filename = join(__dirname, path)
  if (require.cache[filename] !== undefined) return
  const script = compile(filename)
  if (script !== undefined) run(script, filename)
}

/** Returns the script of a file, with the cached code if V8 accepts it. Returns undefined if the file cannot be read. */
function compile(filename) {
  const source = readWrapped(filename)
  if (source === undefined) return undefined
  const file = cacheOf(filename)
  const cachedData = read(file)
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
  const script = new Script(source, { filename, cachedData, importModuleDynamically })
  const isCached = script.cachedDataRejected === false
  scripts.set(file, { script, length: isCached ? cachedData.length : 0 })
  if (!isCached) writeLater()
  return script
}

/**
 * Returns the code of a file, wrapped in a function like every CommonJS module. The build guarantees that it is ASCII, which Node decodes twice as
 * fast. A large file is padded with spaces to a string that is not copied into V8's heap, where a megabyte causes two garbage collections, 3 ms of
 * a start. The padded length depends on the size of the file: V8 compares only lengths, and so refuses the cache of a file that was edited. The file
 * is read directly into its place, since copying it would take 1 ms. Returns undefined if it cannot be read.
 */
function readWrapped(filename) {
  const [head, tail] = wrapper
  let file
  try {
    file = openSync(filename)
    const { size } = fstatSync(file)
    const length = head.length + size + tail.length
    const text = Buffer.allocUnsafeSlow(size < LARGE ? length : Math.max(length, EXTERNAL + (size % 65_536)))
    text.write(head, 'latin1')
    if (readSync(file, text, head.length, size, 0) !== size) return undefined
    text.write(tail, head.length + size, 'latin1')
    return text.fill(' ', length).latin1Slice()
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** The modules of the files that were run, by the path with which other files require them. */
const modules = new Map()

/** The `require` of these files. It finds another one of them without Node's look-up, which takes 0.05 ms. */
const requireFile = Object.assign((id) => modules.get(id)?.exports ?? require(id), require)

/** Runs the code of a module, and registers it for later calls of `require`. */
function run(script, filename) {
  const loaded = new Module(filename, module)
  loaded.filename = filename
  modules.set(`./${basename(filename)}`, loaded)
  require.cache[filename] = loaded
  try {
    script.runInThisContext()(loaded.exports, requireFile, loaded, filename, __dirname)
  } catch (error) {
    delete require.cache[filename]
    modules.delete(`./${basename(filename)}`)
    throw error
  }
  loaded.loaded = true
}

/** Returns the path of the cache of a file. Different builds and versions of Node have different folders, so they can run at the same time. */
function cacheOf(filename) {
  const folder = `code-${BUILD}-${process.version}-${process.arch}`
  return join(__dirname, '../.cache', folder, `${basename(filename, '.cjs')}.bin`)
}

function read(path) {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

/** The scripts of this process with the length of their cached code, by the path of their cache. */
const scripts = new Map()

let isWriting = false

/**
 * Schedules `writeAll`, at the latest for the end of the process. It writes the code that the cache lacks, and also replaces the cache of every
 * file of which this process has compiled more: a process that loads further files, as a test does after a server, also calls other functions.
 */
function writeLater() {
  if (isWriting) return
  isWriting = true
  setTimeout(writeAll, WRITE_AFTER_MS).unref()
  process.once('exit', writeAll)
}

function writeAll() {
  isWriting = false
  process.off('exit', writeAll)
  const isOld = process.uptime() > OLD_S
  for (const [file, entry] of scripts) if (entry.length === 0 || !isOld) writeTo(file, entry)
}

function writeTo(file, entry) {
  try {
    const code = entry.script.createCachedData()
    if (code.length <= entry.length) return
    entry.length = code.length
    mkdirSync(dirname(file), { recursive: true })
    // Another process may write at the same time.
    const own = `${file}.${process.pid}`
    writeFileSync(own, code)
    renameSync(own, file)
  } catch {
    // The folder may be read-only.
  }
}
