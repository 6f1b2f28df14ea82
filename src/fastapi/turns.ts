import { setImmediate } from 'node:timers'

/** The real function, captured before a test runner can mock it. */
const schedule = setImmediate

/** Resolves in the next turn of the event loop. Long computations await it repeatedly to yield to other work. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void schedule(resolve))
}

/** The number of turns between two exclusive ones. Answering a short request takes about ten. */
const TURNS_BETWEEN = 10

let last: Promise<void> = Promise.resolve()

/**
 * Resolves in a turn of the event loop that no other caller of this function gets, so that the work of concurrent requests does not add
 * up to one long turn. Other requests are answered in between.
 */
export function exclusiveTurn(): Promise<void> {
  last = last.then(async () => {
    for (let turn = 0; turn < TURNS_BETWEEN; turn++) await nextTurn()
  })
  return last
}
