// The globals of Node that test runners replace: with fake timers, and with the URL of a simulated browser. They are captured when the
// library loads, so that later replacements do not affect it. In the build, bundled packages use these as well:
// scripts/build/native-globals.mjs.
import { Buffer } from 'node:buffer'
import process from 'node:process'
import { URL as NodeUrl, URLSearchParams as NodeUrlSearchParams } from 'node:url'
import { TextDecoder as NodeTextDecoder } from 'node:util'

export const setTimeout = originalOf(globalThis.setTimeout, 'setTimeout')
export const clearTimeout = originalOf(globalThis.clearTimeout, 'clearTimeout')
export const setInterval = originalOf(globalThis.setInterval, 'setInterval')
export const clearInterval = originalOf(globalThis.clearInterval, 'clearInterval')
export const setImmediate = originalOf(globalThis.setImmediate, 'setImmediate')
export const clearImmediate = originalOf(globalThis.clearImmediate, 'clearImmediate')
export const queueMicrotask = originalOf(globalThis.queueMicrotask, 'queueMicrotask')
export const nextTick = originalOf(process.nextTick, 'nextTick')

export const URL = NodeUrl
export const URLSearchParams = NodeUrlSearchParams
export const TextDecoder = NodeTextDecoder
/** The class that Node's buffers extend. jsdom replaces the global with its own. */
export const NodeUint8Array: Uint8ArrayConstructor = Object.getPrototypeOf(Buffer)

/**
 * Returns the original of a function faked by `@sinonjs/fake-timers`, which Sinon, Vitest and Jest use. A fake has a
 * reference to its clock, and the clock has the originals. Returns any other value unchanged.
 */
export function originalOf<Value>(value: Value, name: string): Value {
  const { clock } = Object(value) as { clock?: Readonly<Record<string, Value>> }
  return clock?.[`_${name}`] ?? value
}
