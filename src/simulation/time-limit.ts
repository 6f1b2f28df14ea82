import { createContext, Script } from 'node:vm'

// Making a context takes milliseconds, so there is one, and only where one is needed. Only functions of ours ever run in it.
let sandbox: { context: { make?: (() => unknown) | undefined }; script: Script } | undefined

/** What `make` returns; null when it throws, or when it takes longer than `ms` milliseconds and is stopped. */
export function within<Value>(ms: number, make: () => Value): Value | null {
  sandbox ??= { context: createContext({}), script: new Script('make()') }
  const { context, script } = sandbox
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
