// The globals that test runners replace (fake timers, simulated browsers). All bundled code, packages
// included, takes them from src/base/builtins.ts instead, which keeps Node's own.
import { fileURLToPath } from 'node:url'

const BUILTINS = fileURLToPath(new URL('../../src/base/builtins.ts', import.meta.url))

const TIMERS = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'queueMicrotask',
]

/** Maps each global to the import that replaces it, in the format of rolldown's `transform.inject`. */
export const nativeGlobals = {
  ...Object.fromEntries([...TIMERS, 'URL', 'TextDecoder'].map((name) => [name, [BUILTINS, name]])),
  Uint8Array: [BUILTINS, 'NodeUint8Array'],
  'process.nextTick': [BUILTINS, 'nextTick'],
}
