import type { StateService } from '../state/service.ts'
import { invalidFile, parseData, readBytes } from './data-file.ts'

/**
 * Adds the content of a seed file, which is a JSON or YAML state document in which most members are optional. Throws a StartError with
 * a line for each flaw, and adds nothing then.
 */
export async function seedFrom(path: string, stateService: StateService): Promise<void> {
  await addSeed(path, await parseData(path, await readBytes(path)), stateService)
}

/** Adds a seed from parsed data, like {@link seedFrom}. `source` is its name in errors. */
export async function addSeed(source: string, data: unknown, stateService: StateService): Promise<void> {
  const other = otherFile(data)
  if (other !== undefined) throw invalidFile(source, other)
  const invalid = await stateService.seed(data)
  if (invalid === undefined) return
  throw invalidFile(
    source,
    invalid.issues.map(({ loc, msg }) => ({ at: loc, flaw: msg.replace(/^Value error, /, '') })),
  )
}

/** Returns the flaw of a file of another kind that was given as a seed, or undefined. */
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
