import { createContext, Script } from 'node:vm'

// Created on first use and reused, because creating a context takes milliseconds. It only runs functions of this project.
let sandbox: { context: { make?: (() => unknown) | undefined }; script: Script } | undefined

/** Returns the result of `make`, or null if it throws or is stopped after `ms` milliseconds. */
export function within<Value>(ms: number, make: () => Value): Value | null {
  sandbox ??= { context: createContext({}), script: new Script('make()') }
  const { context, script } = sandbox
  let made: Value | null = null
  context.make = make
  try {
    made = script.runInContext(context, { timeout: ms })
  } catch {
    // `make` threw or timed out.
  }
  context.make = undefined
  return made
}
