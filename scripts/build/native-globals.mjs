// Globals that fake timers replace, in bundled packages as well: each is taken from src/base/builtins.ts instead, which keeps those of Node.
const BUILTINS = new URL('../../src/base/builtins.ts', import.meta.url).pathname

const TIMERS = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'queueMicrotask',
]

/** What to import in the place of which global, as rolldown's `transform.inject` has it. */
export const nativeGlobals = {
  ...Object.fromEntries([...TIMERS, 'URL', 'TextDecoder'].map((name) => [name, [BUILTINS, name]])),
  Uint8Array: [BUILTINS, 'NodeUint8Array'],
  'process.nextTick': [BUILTINS, 'nextTick'],
}
