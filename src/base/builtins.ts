// What Node gives and test runners put something else in the place of: fake timers, and the URL, fetch and streams of a simulated
// browser. The library takes it once, when it is loaded, so that what a test does later changes nothing for the fake. The build makes
// the bundled packages take theirs from here, too: scripts/build/native-globals.mjs.
import { Buffer } from 'node:buffer'
import process from 'node:process'
import { URL as NodeUrl, URLSearchParams as NodeUrlSearchParams } from 'node:url'
import { TextDecoder as NodeTextDecoder } from 'node:util'

export const setTimeout = genuine(globalThis.setTimeout, 'setTimeout')
export const clearTimeout = genuine(globalThis.clearTimeout, 'clearTimeout')
export const setInterval = genuine(globalThis.setInterval, 'setInterval')
export const clearInterval = genuine(globalThis.clearInterval, 'clearInterval')
export const setImmediate = genuine(globalThis.setImmediate, 'setImmediate')
export const clearImmediate = genuine(globalThis.clearImmediate, 'clearImmediate')
export const queueMicrotask = genuine(globalThis.queueMicrotask, 'queueMicrotask')
export const nextTick = genuine(process.nextTick, 'nextTick')

export const URL = NodeUrl
export const URLSearchParams = NodeUrlSearchParams
export const TextDecoder = NodeTextDecoder
/** Of which Node's buffers are instances; jsdom puts one of its own in its place. */
export const NodeUint8Array: Uint8ArrayConstructor = Object.getPrototypeOf(Buffer)
export const { fetch, Headers, ReadableStream, Request, Response } = globalThis

/**
 * The function behind a fake of `@sinonjs/fake-timers`, which Sinon, Vitest and Jest use: a fake has its clock, and the clock what it
 * has replaced. Any other function is given back as it is.
 */
export function genuine<Given>(given: Given, name: string): Given {
  const { clock } = Object(given) as { clock?: Readonly<Record<string, Given>> }
  return clock?.[`_${name}`] ?? given
}
