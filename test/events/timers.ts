import type { Schedule } from '../../src/events/schedule.ts'

/** Fake timers that a test controls. */
export class ManualTimers {
  /** The pending calls, with their times in milliseconds. */
  readonly waiting = new Map<() => void, number>()

  readonly schedule: Schedule = (ms, callback) => {
    const call = () => callback()
    this.waiting.set(call, ms)
    return () => void this.waiting.delete(call)
  }

  /** The times of the pending calls, in milliseconds. */
  get times(): number[] {
    return [...this.waiting.values()]
  }

  /** Makes all pending calls. */
  pass(): void {
    const calls = [...this.waiting.keys()]
    this.waiting.clear()
    for (const call of calls) call()
  }
}
