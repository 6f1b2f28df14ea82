// Keeps the code that V8 has compiled for the files of this folder, for the next process that loads them: a start takes two thirds of the time.
//
// Node's own compile cache affects all modules of a process, so a library must not enable it. It also lacks what is compiled after a
// file was loaded, such as the functions that the first request calls, which takes 13 of a start's 80 ms.
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

/** A hash of the files: `npm run build` replaces it. */
const BUILD = 'BUILD'

/** The files that each file imports, by path: `npm run build` replaces it. */
const IMPORTS = {}

/** How long a process waits before it writes what it has compiled, so that this includes what the first requests need. In milliseconds. */
const WRITE_AFTER_MS = 300

/**
 * The age at which a process no longer adds to the code of a file: V8 drops code that has not run for long, such as that of the start. In
 * seconds.
 */
const OLD_S = 10

/** The length from which on Node keeps a text outside of V8's heap (EXTERN_APEX of its string_bytes.cc), in bytes. */
const EXTERNAL = 1_031_913

/** The length of the files that are worth it. */
const LARGE = 500_000

/** Whether this file runs in Node's own realm, not in that of a test runner; see realm.cjs. */
const isOwnRealm = require('node:url').URL instanceof Function
exports.isOwnRealm = isOwnRealm

/** Whether there can be a cache. Other files must be loaded as usual. */
const isUsable =
  // Not in somebody's bundle.
  typeof __filename === 'string' &&
  /[\\/]code-cache\.cjs$/.test(__filename) &&
  // The code would run in Node's own realm.
  isOwnRealm &&
  // Not in a runtime that has no such cache.
  !process.versions.bun &&
  !process.versions.deno &&
  // Users turn Node's own cache off by this.
  !process.env.NODE_DISABLE_COMPILE_CACHE &&
  // V8 counts calls only in code that it compiles itself.
  !process.env.NODE_V8_COVERAGE

const seen = new Set()

/**
 * Loads a file, such as `./server.cjs`, and first those that it imports, so that `require` finds them. Does nothing where there can be
 * no cache, and for a file that cannot be read: `require` loads it as usual.
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

/** Returns the compiled file, with the code of the cache if V8 accepts it. Returns undefined if the file cannot be read. */
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
 * Returns the code of a file as the function that Node makes of a module. The build makes sure that it is ASCII, which Node reads twice as
 * fast. Spaces at the end make it a text that is not copied into V8's heap, where a megabyte costs two collections, 3 ms of a start. How many
 * there are depends on the size of the file, so that V8 refuses the cache of a file that somebody has edited: it compares lengths. Reads the
 * file into its place, since copying it takes 1 ms more. Returns undefined if it cannot be read.
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

/** The modules of the files that were run, by the paths with which other files require them. */
const modules = new Map()

/** The `require` of these files. Finds one at once, which takes Node 0.05 ms. */
const requireFile = Object.assign((id) => modules.get(id)?.exports ?? require(id), require)

/** Runs a module's code, for later calls of `require`. */
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

/** Returns the file with the compiled code. Others can be written by other versions, at the same time. */
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

/** The scripts of this process, and the length of the code that the cache has of each, by its file. */
const scripts = new Map()

let isWriting = false

/**
 * Writes the scripts that the cache lacks soon, at the latest when the process ends. Also the others of which the process has compiled more
 * than the cache has, since a process that loads another file, as a test does after a server, also calls other functions.
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
    // Another process may do the same.
    const own = `${file}.${process.pid}`
    writeFileSync(own, code)
    renameSync(own, file)
  } catch {
    // The folder may not be written to.
  }
}
