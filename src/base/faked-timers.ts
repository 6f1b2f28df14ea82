import { access } from 'node:fs'
import process from 'node:process'
import { nextTick, setImmediate } from './builtins.ts'

const ADVICE = 'exclude it from the fake timers (toFake, toNotFake, doNotFake)'

/** The error messages: the problem and its solution. */
const MESSAGES = {
  timers: 'the timers were faked before fake-devin was loaded: load it first',
  ticks: `process.nextTick is faked, which blocks Node's own streams and sockets: ${ADVICE}`,
  microtasks: `queueMicrotask is faked, which blocks Node's own fetch: ${ADVICE}`,
} as const

/** The maximum number of event loop turns to wait for a tick and an immediate. Node needs one, Deno 128. */
const TURNS_MAX = 500

/**
 * The number of consecutive turns without a blocked part after which a faked function counts as restored. A single one is not enough: Vitest
 * restores process.nextTick for a tick whenever it reports something, and then fakes it again.
 */
const RESTORED_TURNS = 10

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
  let part = blocked()
  // At the first call nothing is verified yet, which says nothing about fakes: one turn is enough.
  const needed = part === 'timers' ? 1 : RESTORED_TURNS
  probe()
  for (let turn = 0, free = 0; turn < TURNS_MAX; turn++) {
    const found = blocked()
    free = found === undefined ? free + 1 : 0
    if (free === needed) return
    part = found ?? part
    await nextTurn()
  }
  throw new Error(MESSAGES[part as keyof typeof MESSAGES])
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
