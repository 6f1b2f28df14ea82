/** The shortest and the longest pause before a lost stream is opened again, in milliseconds. */
export const PAUSE = { min: 250, max: 5_000 } as const

/** Returns the pause before the next attempt, in milliseconds, after a number of failed ones. */
export function pauseAfter(failures: number): number {
  return Math.min(PAUSE.max, PAUSE.min * 2 ** Math.max(0, failures - 1))
}
