import { misplacedMembers, V3_KEYS_ONLY } from '../auth/key-members.ts'
import { KeyRegistry, type KeyRegistryState, type RegisteredKey } from '../auth/keys.ts'
import { actorOf, DEFAULT_ORG_ID } from '../auth/principal.ts'
import type { ClockSettings } from '../base/clock.ts'
import { lateValidator } from '../fastapi/validation/compile.ts'
import type { Organization, Organizations } from '../organization/organizations.ts'
import { registeredKeysIn } from '../organization/service-user-keys.ts'
import type { OrganizationState } from '../organization/state.ts'
import type { ApiKeyRecord } from '../resources/api-keys.ts'
import type { DocumentReader } from '../resources/document-reader.ts'
import { KeyDocument, type OrganizationDocument } from './schema.ts'

/** The state that a document adds to, and the part of the document to use. */
export interface DecodeOptions {
  readonly organizations: Organizations
  readonly keys: KeyRegistry
  /** The only organization to use. Default: all. */
  readonly orgId?: string | undefined
  /** Whether rules and keys are added to the existing ones instead of replacing them. Default false. */
  readonly adds?: boolean
}

const validateKey = lateValidator(KeyDocument)

/** Returns the keys of all organizations; undefined if none has a list of keys. Issues never contain a key. */
export function decodeKeys(
  organizations: readonly OrganizationDocument[],
  options: DecodeOptions,
  reader: DocumentReader,
): KeyRegistryState['registered'] | undefined {
  const seen = new Map<string, string>()
  const registry = new KeyRegistry()
  const decodeKey = (input: unknown, orgId: string): void => {
    const before = reader.issues.length
    const document = validateKey(typeof input === 'string' ? { key: input } : input, reader) as KeyDocument
    if (reader.issues.length > before) return
    const {
      key,
      user_id,
      user = user_id === undefined ? undefined : actorOf(user_id),
      permissions,
    } = document
    const expiresAt = document.expires_at && reader.instant(['expires_at'], document.expires_at, 0)
    for (const member of misplacedMembers(document)) reader.reject([member], V3_KEYS_ONLY)
    const session = keySession(document, reader)
    const registered = {
      key,
      orgId,
      ...(user !== undefined && { user }),
      ...(permissions !== undefined && { permissions }),
      ...(typeof expiresAt === 'number' && { expiresAt }),
      ...(session !== undefined && { session }),
    }
    reader.requireUnique(seen, key, 'key')
    // A document for one organization must not take a key from another one.
    if (orgId === options.orgId && (options.keys.organizationOf(key) ?? orgId) !== orgId) {
      reader.reject([], 'this key belongs to another organization')
    }
    try {
      registry.register(registered)
    } catch (error) {
      reader.reject([], (error as RangeError).message)
    }
  }
  reader.each('organizations', organizations, ({ org_id: orgId = DEFAULT_ORG_ID, keys: inputs }) =>
    reader.each('keys', inputs, (input) => decodeKey(input, orgId)),
  )
  const hasKeys = organizations.some((organization) => organization.keys !== undefined)
  return hasKeys ? registry.capture().registered : undefined
}

/** Returns the tokens of the keys of service users that a document reveals. */
export function tokensIn(organizations: readonly OrganizationDocument[]): ReadonlySet<string> {
  return new Set(
    organizations.flatMap(({ api_keys: apiKeys = [] }) => apiKeys.flatMap(({ token }) => token ?? [])),
  )
}

/**
 * Returns the keys of service users. Keys without a token get the one of their current record, unless the document gives that token to
 * another key. `organization` is the current organization of the keys, if it exists.
 */
export function withKnownTokens(
  apiKeys: readonly ApiKeyRecord[],
  organization: Organization | undefined,
  given: ReadonlySet<string>,
): Promise<ApiKeyRecord[]> {
  return Promise.all(
    apiKeys.map(async (apiKey) => {
      if (apiKey.token !== '') return apiKey
      const known = await organization?.apiKeys.get(apiKey.id)
      return known === undefined || given.has(known.token) ? apiKey : { ...apiKey, token: known.token }
    }),
  )
}

/** Returns the keys of the service users' records. They take precedence over the lists of keys. */
export function decodeServiceUserKeys(
  states: readonly OrganizationState<ClockSettings>[],
  options: DecodeOptions,
  reader: DocumentReader,
): KeyRegistryState['registered'] {
  // A token that is not a valid key was reported with its record, and cannot be registered.
  if (reader.issues.length > 0) return new Map()
  const registry = new KeyRegistry()
  const seen = new Map<string, string>()
  reader.each('organizations', states, ({ orgId, records }) => {
    reader.each('api_keys', records.apiKeys, ({ token }) => {
      if (token !== '') reader.requireUnique(seen, token, 'token')
    })
    for (const registered of registeredKeysIn(orgId, records)) {
      if (orgId === options.orgId && (options.keys.organizationOf(registered.key) ?? orgId) !== orgId) {
        reader.reject([], 'the key of a service user belongs to another organization')
      }
      registry.register(registered)
    }
  })
  return registry.capture().registered
}

function keySession(
  { principal_type: type, devin_id: devinId }: KeyDocument,
  reader: DocumentReader,
): RegisteredKey['session'] {
  if ((type === 'devin_brain') !== (devinId !== undefined)) {
    reader.reject(['devin_id'], 'is required with the principal_type devin_brain, and not allowed otherwise')
  }
  if (type === undefined) return undefined
  return type === 'devin_brain' ? { type, devinId: devinId ?? '' } : { type }
}

/**
 * Returns the new state of the keys. Lists that the document omits stay unchanged, except that the keys of service users follow their
 * records.
 */
export function keyState(
  { keys, adds = false }: DecodeOptions,
  registered: KeyRegistryState['registered'] | undefined,
  ofServiceUsers: KeyRegistryState['registered'],
  revoked: readonly string[] | undefined,
): KeyRegistryState {
  const before = keys.capture()
  const others = [...before.registered].filter(([, { roles }]) => roles === undefined)
  return {
    registered: new Map([
      ...(adds || registered === undefined ? others : []),
      ...(registered ?? []),
      ...ofServiceUsers,
    ]),
    revoked: new Set([...(adds || revoked === undefined ? before.revoked : []), ...(revoked ?? [])]),
  }
}
