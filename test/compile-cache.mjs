// Loaded before each test file. Keeps the code that Node has stripped of its types and compiled for the next process, which takes half of the time of
// a start. Not in processes that measure coverage, which is less precise for code from the cache.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// What tap sets for test files without a coverage map.
if (process.env._TAPJS_PROCESSINFO_COVERAGE_ === '0') {
  // For the processes that the tests start, too.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../.cache/compiled', import.meta.url))
  enableCompileCache(process.env.NODE_COMPILE_CACHE)
}
