import { createContext, Script } from 'node:vm'

// Making a context takes milliseconds, so there is one. Only functions of ours ever run in it.
const context: { make?: (() => unknown) | undefined } = createContext({})
const script = new Script('make()')

/** What `make` returns; null when it throws, or when it takes longer than `ms` milliseconds and is stopped. */
export function within<Value>(ms: number, make: () => Value): Value | null {
  let made: Value | null = null
  context.make = make
  try {
    made = script.runInContext(context, { timeout: ms })
  } catch {
    // Stopped or thrown: nothing was made.
  }
  context.make = undefined
  return made
}
