import type { RegisteredKey } from './auth/keys.ts'
import { faultyFile, parseData, readBytes } from './data-file.ts'
import type { StateKeeper } from './state/keeper.ts'

/**
 * Adds what a seed file says, a state document in JSON or YAML of which most may be left out, and returns its keys. Throws
 * a StartError with a line for each thing that is wrong, and then has added nothing.
 */
export async function seedFrom(path: string, keeper: StateKeeper): Promise<readonly RegisteredKey[]> {
  const seeded = await keeper.seed(await parseData(path, await readBytes(path)))
  if ('keys' in seeded) return seeded.keys
  throw faultyFile(
    path,
    seeded.issues.map(({ loc, msg }) => ({ at: loc, fault: msg.replace(/^Value error, /, '') })),
  )
}
