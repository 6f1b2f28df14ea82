import { extname } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { misplacedMembers, V3_KEYS_ONLY } from '../auth/key-members.ts'
import { KeyRegistry, type RegisteredKey } from '../auth/keys.ts'
import { actorOf } from '../auth/principal.ts'
import { parseInstant } from '../base/clock.ts'
import { checkOf, type Flaw, invalidFile, parseData, readBytes, readText } from './data-file.ts'

const optionalId = Type.Optional(Type.String({ minLength: 1 }))

const Entry = Type.Object(
  {
    key: Type.String(),
    org_id: optionalId,
    user_id: optionalId,
    permissions: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    expires_at: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)
type Entry = Static<typeof Entry>

const checkEntry = checkOf(Entry)

const checkFile = checkOf(Type.Object({ keys: Type.Array(Type.Unknown()) }, { additionalProperties: false }))

/**
 * Reads a file of keys: lines of `KEY [ORG_ID]` with `#` comments, or a JSON or YAML list of keys and of
 * `{key, org_id?, user_id?, permissions?, expires_at?}`, at the top level or under `keys`. Throws a StartError with a line for each flaw.
 */
export async function readKeysFile(path: string): Promise<RegisteredKey[]> {
  const bytes = await readBytes(path)
  const text = readText(path, bytes)
  const isData = /^\.(?:json|ya?ml)$/i.test(extname(path)) || /^\s*[[{]/.test(text)
  const flaws: Flaw[] = []
  const keys = isData ? keysOfData(await parseData(path, bytes), flaws) : keysOfLines(text, flaws)
  if (flaws.length > 0) throw invalidFile(path, flaws)
  return keys
}

/** A key, or an object with a key, in a file, before its check, and its path in the file. */
interface KeyEntry {
  readonly at: Flaw['at']
  readonly input: unknown
}

/** Returns the entries of the list at the path `at`. */
function keyEntries(list: readonly unknown[], at: Flaw['at']): KeyEntry[] {
  return list.map((input, index) => ({ at: [...at, index], input }))
}

/** Returns the keys of the entries and adds their flaws to `flaws`. A key that an earlier entry has is a flaw. */
function checkKeys(entries: readonly KeyEntry[], flaws: Flaw[]): RegisteredKey[] {
  const seen = new Map<string, KeyEntry>()
  const registry = new KeyRegistry()
  const keys: RegisteredKey[] = []
  for (const entry of entries) {
    const { at, input } = entry
    const checked = checkEntry(typeof input === 'string' ? { key: input } : input, at, flaws)
    if (checked === undefined) continue
    for (const { at: member, flaw } of flawsOf(checked)) flaws.push({ at: [...at, ...member], flaw })
    const registered = registeredKey(checked)
    const { key } = registered
    const duplicate = seen.get(key)
    if (duplicate !== undefined) flaws.push({ at, flaw: `the same key as ${duplicate.at.join('.')}` })
    seen.set(key, entry)
    try {
      registry.register(registered)
    } catch (error) {
      flaws.push({ at, flaw: (error as RangeError).message })
    }
    keys.push(registered)
  }
  return keys
}

/** Returns the flaws of an entry that its schema does not exclude. */
function* flawsOf(entry: Entry): Iterable<Flaw> {
  const misplaced = misplacedMembers(entry)
  for (const member of misplaced) yield { at: [member], flaw: V3_KEYS_ONLY }
  const { expires_at: expiresAt } = entry
  if (expiresAt === undefined || misplaced.includes('expires_at')) return
  if (parseInstant(expiresAt) === undefined) yield { at: ['expires_at'], flaw: 'not an ISO 8601 time' }
}

function registeredKey({ key, org_id, user_id, permissions, expires_at }: Entry): RegisteredKey {
  const expiresAt = expires_at === undefined ? undefined : parseInstant(expires_at)
  return {
    key,
    ...(org_id !== undefined && { orgId: org_id }),
    ...(user_id !== undefined && { user: actorOf(user_id) }),
    ...(permissions !== undefined && { permissions }),
    ...(expiresAt !== undefined && { expiresAt }),
  }
}

function keysOfData(data: unknown, flaws: Flaw[]): RegisteredKey[] {
  if (Array.isArray(data)) return checkKeys(keyEntries(data, []), flaws)
  if (Object.hasOwn(Object(data), 'organizations')) {
    flaws.push({ at: [], flaw: 'is a seed, not a file of keys: use --seed' })
    return []
  }
  const file = checkFile(data, [], flaws)
  return file === undefined ? [] : checkKeys(keyEntries(file.keys, ['keys']), flaws)
}

function keysOfLines(text: string, flaws: Flaw[]): RegisteredKey[] {
  const entries: KeyEntry[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const at = [`line ${index + 1}`]
    const words = line
      .replace(/(?:^|\s)#.*/, '')
      .split(/\s+/)
      .filter((word) => word !== '')
    const [key, orgId] = words
    if (key === undefined) continue
    if (words.length > 2) flaws.push({ at, flaw: 'more than KEY and ORG_ID' })
    entries.push({ at, input: orgId === undefined ? key : { key, org_id: orgId } })
  }
  return checkKeys(entries, flaws)
}
