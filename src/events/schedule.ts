import { clearTimeout, setTimeout } from '../base/builtins.ts'

/** Calls a function after a number of milliseconds. Returns a function that cancels the call. */
export type Schedule = (ms: number, callback: () => void) => () => void

/** The timers of this machine. They do not keep the process alive. */
export const schedule: Schedule = (ms, callback) => {
  const timer = setTimeout(callback, ms).unref()
  return () => clearTimeout(timer)
}
