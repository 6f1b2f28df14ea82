// Loaded before each test file, and the program that tests start from its sources, since most of the time of a short one is that in which it loads the application.
import { enableCompileCache, registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { readStripped } from '../scripts/test/strip-types.mjs'

/** Returns the code of a TypeScript file that `npm test` has stripped of its types. That of others is left to Node. */
function load(url, context, nextLoad) {
  // With a query if tap replaces some of its imports.
  const isSource = /^file:[^?]*\.ts(?:\?|$)/.test(url)
  const source = isSource ? readStripped(fileURLToPath(url)) : undefined
  return source === undefined ? nextLoad(url, context) : { format: 'module', source, shortCircuit: true }
}

/** Whether modules load with such a hook. With earlier versions of Node, some packages do not. */
function hasHooks() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 24 || (major === 24 && minor >= 13)
}

// What tap sets for test files without a coverage map.
if (process.env._TAPJS_PROCESSINFO_COVERAGE_ === '0') {
  // Keeps the code that Node has stripped of its types and compiled for the next process, also for the processes that the tests start. Takes half of
  // the time of a start. Coverage is less precise for code from this cache.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../.cache/compiled', import.meta.url))
  enableCompileCache(process.env.NODE_COMPILE_CACHE)
} else if (hasHooks()) {
  registerHooks({ load })
}
