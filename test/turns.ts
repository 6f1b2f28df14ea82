import { nextTurn } from '../src/fastapi/turns.ts'

/** Returns the number of turns that the event loop made while `work` ran. */
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
