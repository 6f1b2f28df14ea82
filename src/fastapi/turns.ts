import { setImmediate } from 'node:timers'

/** Taken before a test runner can put a fake in its place. */
const schedule = setImmediate

/** Lets others have their turn of the event loop: what takes long waits for it again and again. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void schedule(resolve))
}

/** How many turns others have between two that are taken with `ownTurn`: a short request takes about ten to be answered. */
const TURNS_BETWEEN = 10

let last: Promise<void> = Promise.resolve()

/**
 * Waits for a turn of the event loop that no other caller of this function has, so that the work of many requests at once does not
 * add up to one long turn. Ordinary requests are answered in between.
 */
export function ownTurn(): Promise<void> {
  last = last.then(async () => {
    for (let turn = 0; turn < TURNS_BETWEEN; turn++) await nextTurn()
  })
  return last
}
