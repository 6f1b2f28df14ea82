// Node's fetch and its classes. Like the globals of `src/base/builtins.ts`, they are captured when the library loads, because a simulated
// browser replaces them. But Node takes 15 to 40 ms to load the classes, a fifth of a process that starts a fake and sends it a request. So
// the classes are captured at their first use if nothing has loaded them before. Reading the descriptor of a global loads them, too.
import process from 'node:process'

/** The classes of the Fetch standard that the library uses. */
export type FetchClasses = Pick<typeof globalThis, 'Headers' | 'ReadableStream' | 'Request' | 'Response'>

/** Node's name of the module that contains the classes, in its list of loaded modules, which only Node has. */
const MODULE = 'NativeModule internal/deps/undici/undici'

export const fetch: typeof globalThis.fetch = globalThis.fetch

let classes: FetchClasses | undefined
if (areFetchClassesLoaded()) fetchClasses()

/** Returns whether the process has loaded the classes, so that using them costs nothing. */
export function areFetchClassesLoaded(): boolean {
  if (classes !== undefined) return true
  const { moduleLoadList } = process as { moduleLoadList?: readonly string[] }
  return moduleLoadList?.includes(MODULE) ?? true
}

/** Returns the classes. Loads them if nothing else has. */
export function fetchClasses(): FetchClasses {
  if (classes === undefined) {
    const { Headers, ReadableStream, Request, Response } = globalThis
    classes = { Headers, ReadableStream, Request, Response }
  }
  return classes
}
