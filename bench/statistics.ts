/** Returns the median. Of an even number of values, the upper of the two in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** Returns the median duration of `act` over the rounds, in milliseconds. Calls `arrange` before each round, unmeasured. */
export async function timed(rounds: number, arrange: () => unknown, act: () => unknown): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    await arrange()
    const before = performance.now()
    await act()
    times.push(performance.now() - before)
  }
  return median(times)
}
