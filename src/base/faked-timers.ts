import { access } from 'node:fs'
import process from 'node:process'
import { nextTick, setImmediate } from './builtins.ts'

const ADVICE = 'leave it out of what is faked (toFake, toNotFake, doNotFake)'

/** What is wrong, and what to do about it. */
const FLAWS = {
  timers: 'the timers were faked before fake-devin was loaded: load it first',
  ticks: `process.nextTick is faked, and Node's own streams and sockets stand still with it: ${ADVICE}`,
  microtasks: `queueMicrotask is faked, and Node's own fetch stands still with it: ${ADVICE}`,
} as const

/** How many turns of the loop it may take until a tick and an immediate have run: one in Node, 128 in Deno. */
const TURNS_MAX = 500

/** The functions that are known to run what they are given. */
const trusted: { nextTick?: unknown; queueMicrotask?: unknown; areTimers: boolean } = { areTimers: false }

tryOut()

/**
 * Throws an Error that says so where fake timers keep Node's streams and sockets from going on, which would make every call hang. What
 * has been seen to run is trusted from then on, so that a call pays two comparisons.
 */
export async function assertRunning(): Promise<void> {
  if (flaw() !== undefined) await look(flaw)
}

/** The same for what fetches, and so for the bodies of its answers. Throws a TypeError, as `fetch` does. */
export async function assertFetching(): Promise<void> {
  if (fetchFlaw() === undefined) return
  try {
    await look(fetchFlaw)
  } catch (error) {
    throw new TypeError((error as Error).message)
  }
}

async function look(flaw: () => keyof typeof FLAWS | undefined): Promise<void> {
  tryOut()
  for (let left = TURNS_MAX; left > 0 && flaw() !== undefined; left--) await turn()
  const found = flaw()
  if (found !== undefined) throw new Error(FLAWS[found])
}

function flaw(): 'timers' | 'ticks' | undefined {
  if (!trusted.areTimers) return 'timers'
  return process.nextTick === trusted.nextTick ? undefined : 'ticks'
}

function fetchFlaw(): keyof typeof FLAWS | undefined {
  return flaw() ?? (globalThis.queueMicrotask === trusted.queueMicrotask ? undefined : 'microtasks')
}

function tryOut(): void {
  for (const [host, name] of [
    [process, 'nextTick'],
    [globalThis, 'queueMicrotask'],
  ] as const) {
    const current = Reflect.get(host, name) as (callback: () => void) => void
    current(() => {
      trusted[name] = current
    })
  }
  // As packages have them, which were given those that were there when they were loaded.
  setImmediate(() =>
    nextTick(() => {
      trusted.areTimers = true
    }),
  )
}

/** Settles in another turn of the loop: what the system answers comes whatever is faked. */
function turn(): Promise<void> {
  return new Promise((resolve) => access('.', () => resolve()))
}
