import { setImmediate } from 'node:timers'

/** Taken before a test runner can put a fake in its place. */
const schedule = setImmediate

/** Lets others have their turn of the event loop: what takes long waits for it again and again. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void schedule(resolve))
}

let last: Promise<void> = Promise.resolve()

/**
 * Waits for a turn of the event loop that no other caller of this function has, so that the work of many requests at once does not
 * add up to one long turn.
 */
export function ownTurn(): Promise<void> {
  last = last.then(nextTurn)
  return last
}
