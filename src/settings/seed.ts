import type { RegisteredKey } from '../auth/keys.ts'
import type { StateService } from '../state/service.ts'
import { invalidFile, parseData, readBytes } from './data-file.ts'

/**
 * Adds what a seed file says, a state document in JSON or YAML of which most may be left out, and returns its keys. Throws
 * a StartError with a line for each thing that is wrong, and then has added nothing.
 */
export async function seedFrom(path: string, stateService: StateService): Promise<readonly RegisteredKey[]> {
  return addSeed(path, await parseData(path, await readBytes(path)), stateService)
}

/** The same for a seed that is there as data; `source` is what errors call it. */
export async function addSeed(
  source: string,
  data: unknown,
  stateService: StateService,
): Promise<readonly RegisteredKey[]> {
  const other = otherFile(data)
  if (other !== undefined) throw invalidFile(source, [{ at: [], fault: other }])
  const seeded = await stateService.seed(data)
  if ('keys' in seeded) return seeded.keys
  throw invalidFile(
    source,
    seeded.issues.map(({ loc, msg }) => ({ at: loc, fault: msg.replace(/^Value error, /, '') })),
  )
}

/** What data is that was taken for a seed; undefined where it may be one. */
function otherFile(data: unknown): string | undefined {
  if (Object.hasOwn(Object(data), 'keys')) return KEYS
  const first: unknown = Array.isArray(data) ? data[0] : data
  if (Object.hasOwn(Object(first), 'scenario')) {
    return 'is a file of scenario rules, not a seed: give it as --scenarios'
  }
  const key = typeof first === 'string' ? first : (Object(first) as { key?: unknown }).key
  return typeof key === 'string' && /^(?:apk|cog)_/.test(key) ? KEYS : undefined
}

const KEYS = 'is a file of keys, not a seed: give it as --keys'
