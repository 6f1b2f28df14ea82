// Strips the types of all sources and tests once for all processes that measure coverage, in each of which it would take 0.25 s. Other processes use
// Node's compile cache, which contains stripped code; test/loading.mjs decides. Positions in stripped code are unchanged, and so are coverage and
// stack traces.
import { hash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The folder of the stripped code. Another version of Node may strip differently. */
const FOLDER = `${root}.cache/stripped/${process.version}/`

/** Returns the name of the stripped code of a text. */
function nameOf(source) {
  return `${hash('sha1', source)}.js`
}

/** Returns the code of a TypeScript file without its types; undefined if it is not known. */
export function readStripped(path) {
  try {
    return readFileSync(FOLDER + nameOf(readFileSync(path, 'utf8')), 'utf8')
  } catch {
    return undefined
  }
}

/** Strips all files in `src` and `test`, and removes the stripped code of earlier versions. */
function stripAll() {
  mkdirSync(FOLDER, { recursive: true })
  const outdated = new Set(readdirSync(FOLDER))
  for (const path of ['src', 'test'].flatMap(filesIn)) {
    const source = readFileSync(path, 'utf8')
    const name = nameOf(source)
    if (!outdated.delete(name)) writeFileSync(FOLDER + name, stripTypeScriptTypes(source))
  }
  // Another process may remove them at the same time.
  for (const name of outdated) rmSync(FOLDER + name, { force: true })
}

function filesIn(folder) {
  return readdirSync(root + folder, { recursive: true })
    .filter((path) => /(?<!\.d)\.ts$/.test(path))
    .map((path) => `${root}${folder}/${path}`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // Node would print that the function is experimental.
  process.removeAllListeners('warning')
  stripAll()
}
