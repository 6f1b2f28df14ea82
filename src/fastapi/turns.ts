import { setImmediate } from 'node:timers'

/** Taken before a test runner can put a fake in its place. */
const schedule = setImmediate

/** Lets others have their turn of the event loop: what takes long waits for it again and again. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void schedule(resolve))
}
