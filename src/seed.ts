import { type Static, Type } from '@sinclair/typebox'
import type { KeyRing, RegisteredKey } from './auth/keys.ts'
import { DEFAULT_ORG_ID } from './auth/principal.ts'
import { parseInstant } from './clock.ts'
import { checkOf, type Fault, faultyFile, parseData, readBytes } from './data-file.ts'
import { checkKeys, type KeyEntry, keyEntries } from './keys-file.ts'
import { StringEnum } from './schemas/v1/types.ts'
import type { SecretRecord } from './store/records.ts'
import type { Universes } from './universe.ts'

const SecretFields = Type.Object(
  {
    key: Type.String(),
    type: Type.Optional(StringEnum(['cookie', 'key-value', 'dictionary', 'totp'])),
    value: Type.Optional(Type.String()),
    sensitive: Type.Optional(Type.Boolean()),
    note: Type.Optional(Type.String()),
    id: Type.Optional(Type.String({ minLength: 1 })),
    created_at: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)

// Whose key it is, the organisation says.
const checkKeyEntry = checkOf(
  Type.Object(
    { key: Type.String(), user_id: Type.Optional(Type.String({ minLength: 1 })) },
    { additionalProperties: false },
  ),
)

const checkSeed = checkOf(
  Type.Object(
    {
      organizations: Type.Array(
        Type.Object(
          {
            org_id: Type.Optional(Type.String({ minLength: 1 })),
            // For the people who read the file.
            name: Type.Optional(Type.String()),
            keys: Type.Optional(Type.Array(Type.Unknown())),
            secrets: Type.Optional(Type.Array(SecretFields)),
          },
          { additionalProperties: false },
        ),
      ),
    },
    { additionalProperties: false },
  ),
)

/** A secret to start with; what the file leaves open is given when the seed is applied. */
export type SeedSecret = Omit<SecretRecord, 'id' | 'createdAt'> & {
  readonly id: string | undefined
  readonly createdAt: number | undefined
}

/** What one organisation starts with. */
export interface SeedOrganization {
  readonly orgId: string
  readonly keys: readonly RegisteredKey[]
  readonly secrets: readonly SeedSecret[]
}

/** What a server starts with. */
export interface Seed {
  readonly organizations: readonly SeedOrganization[]
}

/** The seed of a JSON or YAML file. Throws a StartError with a line for each thing that is wrong. */
export async function readSeed(path: string): Promise<Seed> {
  const faults: Fault[] = []
  const file = checkSeed(await parseData(path, await readBytes(path)), [], faults)
  const organizations: SeedOrganization[] = []
  const seenKeys = new Map<string, KeyEntry>()
  for (const [index, organization] of (file?.organizations ?? []).entries()) {
    const at = ['organizations', index]
    const { org_id: orgId = DEFAULT_ORG_ID, keys = [], secrets = [] } = organization
    const twin = organizations.findIndex((other) => other.orgId === orgId)
    if (twin !== -1)
      faults.push({ at: [...at, 'org_id'], fault: `the same organisation as organizations.${twin}` })
    const checkedKeys = checkKeys(keyEntries(keys, [...at, 'keys']), faults, seenKeys, checkKeyEntry)
    organizations.push({
      orgId,
      keys: checkedKeys.map((key) => ({ ...key, orgId })),
      secrets: checkSecrets(secrets, [...at, 'secrets'], faults),
    })
  }
  if (faults.length > 0) throw faultyFile(path, faults)
  return { organizations }
}

function checkSecrets(
  fields: readonly Static<typeof SecretFields>[],
  at: Fault['at'],
  faults: Fault[],
): SeedSecret[] {
  const ids = new Set<string>()
  const names = new Set<string>()
  return fields.map(({ created_at: time, id, ...secret }, index) => {
    const createdAt = time === undefined ? undefined : parseInstant(time)
    const report = (field: string, fault: string) => faults.push({ at: [...at, index, field], fault })
    if (time !== undefined && createdAt === undefined) report('created_at', 'not an ISO 8601 time')
    if (names.has(secret.key)) report('key', 'another secret of the organisation has this key')
    if (id !== undefined && ids.has(id)) report('id', 'another secret of the organisation has this id')
    names.add(secret.key)
    if (id !== undefined) ids.add(id)
    return { type: 'key-value', value: '', sensitive: true, note: '', ...secret, id, createdAt }
  })
}

/** Registers the keys and stores the secrets. What the seed leaves open comes from the universe's ids and clock. */
export async function applySeed(
  seed: Seed,
  { keys, universes }: { keys: KeyRing; universes: Universes },
): Promise<void> {
  for (const organization of seed.organizations) {
    for (const key of organization.keys) keys.register(key)
    const universe = universes.of(organization.orgId)
    for (const { id, createdAt, ...secret } of organization.secrets) {
      await universe.secrets.insert({
        ...secret,
        id: id ?? `secret-${universe.ids.hex()}`,
        createdAt: createdAt ?? universe.clock.now(),
      })
    }
  }
}
