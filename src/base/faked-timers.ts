import { access } from 'node:fs'
import process from 'node:process'
import { nextTick, setImmediate } from './builtins.ts'

const ADVICE = 'leave it out of what is faked (toFake, toNotFake, doNotFake)'

/** The error messages: the problem and its solution. */
const MESSAGES = {
  timers: 'the timers were faked before fake-devin was loaded: load it first',
  ticks: `process.nextTick is faked, and Node's own streams and sockets stand still with it: ${ADVICE}`,
  microtasks: `queueMicrotask is faked, and Node's own fetch stands still with it: ${ADVICE}`,
} as const

/** The maximum number of event loop turns to wait for a tick and an immediate. Node needs one, Deno 128. */
const TURNS_MAX = 500

/** The functions that have been seen to run their callbacks. */
const verified: { nextTick?: unknown; queueMicrotask?: unknown; timers: boolean } = { timers: false }

probe()

/**
 * Throws an Error if fake timers block Node's streams and sockets, because every call would hang. Functions are
 * verified once, so that a call costs only two comparisons.
 */
export async function assertRunning(): Promise<void> {
  if (blockedPart() !== undefined) await verify(blockedPart)
}

/** Like `assertRunning`, also for `fetch` and the bodies of its responses. Throws a TypeError like `fetch`. */
export async function assertFetching(): Promise<void> {
  if (blockedFetchPart() === undefined) return
  try {
    await verify(blockedFetchPart)
  } catch (error) {
    throw new TypeError((error as Error).message)
  }
}

async function verify(blocked: () => keyof typeof MESSAGES | undefined): Promise<void> {
  probe()
  for (let left = TURNS_MAX; left > 0 && blocked() !== undefined; left--) await nextTurn()
  const part = blocked()
  if (part !== undefined) throw new Error(MESSAGES[part])
}

function blockedPart(): 'timers' | 'ticks' | undefined {
  if (!verified.timers) return 'timers'
  return process.nextTick === verified.nextTick ? undefined : 'ticks'
}

function blockedFetchPart(): keyof typeof MESSAGES | undefined {
  return blockedPart() ?? (globalThis.queueMicrotask === verified.queueMicrotask ? undefined : 'microtasks')
}

/** Schedules callbacks that mark each function as verified when they run. */
function probe(): void {
  for (const [host, name] of [
    [process, 'nextTick'],
    [globalThis, 'queueMicrotask'],
  ] as const) {
    const current = Reflect.get(host, name) as (callback: () => void) => void
    current(() => {
      verified[name] = current
    })
  }
  // The functions captured at load, which bundled packages use.
  setImmediate(() =>
    nextTick(() => {
      verified.timers = true
    }),
  )
}

/** Resolves in a later turn of the event loop, by I/O, which fake timers do not affect. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => access('.', () => resolve()))
}
