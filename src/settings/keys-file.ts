import { extname } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { misplacedMembers, V3_KEYS_ONLY } from '../auth/key-members.ts'
import { KeyRegistry, type RegisteredKey } from '../auth/keys.ts'
import { actorOf } from '../auth/principal.ts'
import { parseInstant } from '../base/clock.ts'
import { checkOf, type Fault, invalidFile, parseData, readBytes, readText } from './data-file.ts'

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
 * `{key, org_id?, user_id?, permissions?, expires_at?}`, at the top level or under `keys`. Throws a StartError with a line for each fault.
 */
export async function readKeysFile(path: string): Promise<RegisteredKey[]> {
  const bytes = await readBytes(path)
  const text = readText(path, bytes)
  const isData = /^\.(?:json|ya?ml)$/i.test(extname(path)) || /^\s*[[{]/.test(text)
  const faults: Fault[] = []
  const keys = isData ? keysOfData(await parseData(path, bytes), faults) : keysOfLines(text, faults)
  if (faults.length > 0) throw invalidFile(path, faults)
  return keys
}

/** A key, or an object with a key, in a file, before its check, and its path in the file. */
interface KeyEntry {
  readonly at: Fault['at']
  readonly input: unknown
}

/** Returns the entries of the list at the path `at`. */
function keyEntries(list: readonly unknown[], at: Fault['at']): KeyEntry[] {
  return list.map((input, index) => ({ at: [...at, index], input }))
}

/** Returns the keys of the entries and adds their faults to `faults`. A key that an earlier entry has is a fault. */
function checkKeys(entries: readonly KeyEntry[], faults: Fault[]): RegisteredKey[] {
  const seen = new Map<string, KeyEntry>()
  const registry = new KeyRegistry()
  const keys: RegisteredKey[] = []
  for (const entry of entries) {
    const { at, input } = entry
    const checked = checkEntry(typeof input === 'string' ? { key: input } : input, at, faults)
    if (checked === undefined) continue
    for (const flaw of flawsOf(checked)) faults.push({ at: [...at, ...flaw.at], fault: flaw.fault })
    const registered = registeredKey(checked)
    const { key } = registered
    const duplicate = seen.get(key)
    if (duplicate !== undefined) faults.push({ at, fault: `the same key as ${duplicate.at.join('.')}` })
    seen.set(key, entry)
    try {
      registry.register(registered)
    } catch (error) {
      faults.push({ at, fault: (error as RangeError).message })
    }
    keys.push(registered)
  }
  return keys
}

/** Returns the faults of an entry that its schema does not exclude. */
function* flawsOf(entry: Entry): Iterable<Fault> {
  const misplaced = misplacedMembers(entry)
  for (const member of misplaced) yield { at: [member], fault: V3_KEYS_ONLY }
  const { expires_at: expiresAt } = entry
  if (expiresAt === undefined || misplaced.includes('expires_at')) return
  if (parseInstant(expiresAt) === undefined) yield { at: ['expires_at'], fault: 'not an ISO 8601 time' }
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

function keysOfData(data: unknown, faults: Fault[]): RegisteredKey[] {
  if (Array.isArray(data)) return checkKeys(keyEntries(data, []), faults)
  if (Object.hasOwn(Object(data), 'organizations')) {
    faults.push({ at: [], fault: 'is a seed, not a file of keys: give it as --seed' })
    return []
  }
  const file = checkFile(data, [], faults)
  return file === undefined ? [] : checkKeys(keyEntries(file.keys, ['keys']), faults)
}

function keysOfLines(text: string, faults: Fault[]): RegisteredKey[] {
  const entries: KeyEntry[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const at = [`line ${index + 1}`]
    const words = line
      .replace(/(?:^|\s)#.*/, '')
      .split(/\s+/)
      .filter((word) => word !== '')
    const [key, orgId] = words
    if (key === undefined) continue
    if (words.length > 2) faults.push({ at, fault: 'more than KEY and ORG_ID' })
    entries.push({ at, input: orgId === undefined ? key : { key, org_id: orgId } })
  }
  return checkKeys(entries, faults)
}
