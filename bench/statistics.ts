/** The middle one; of an even number, the upper of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** The median of many rounds of what happens after `arrange`, in milliseconds. */
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
