import { nextTurn } from '../src/fastapi/turns.ts'

/** How many turns of the event loop others have had while something was done. */
export async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0
  let isOver = false
  const count = async () => {
    while (!isOver) {
      await nextTurn()
      turns++
    }
  }
  const counting = count()
  await work().catch(() => undefined)
  isOver = true
  await counting
  return turns
}
