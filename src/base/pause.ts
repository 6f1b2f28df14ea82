import { clearTimeout, setTimeout } from './builtins.ts'

/** Resolves after a number of milliseconds, or earlier when a promise settles. Leaves no timer behind. */
export async function pause(ms: number, until: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([passed, until])
  clearTimeout(timer)
}
