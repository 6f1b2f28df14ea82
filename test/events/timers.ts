import type { Schedule } from '../../src/events/schedule.ts'

/** Timers that a test lets pass. */
export class ManualTimers {
  /** The calls that wait, with their times in milliseconds. */
  readonly waiting = new Map<() => void, number>()

  readonly schedule: Schedule = (ms, callback) => {
    const call = () => callback()
    this.waiting.set(call, ms)
    return () => void this.waiting.delete(call)
  }

  /** The times of the calls that wait, in milliseconds. */
  get times(): number[] {
    return [...this.waiting.values()]
  }

  /** Makes all calls that wait. */
  pass(): void {
    const calls = [...this.waiting.keys()]
    this.waiting.clear()
    for (const call of calls) call()
  }
}
