import type { KeyRegistry, KeyRegistryState, KeyStatus } from '../auth/keys.ts'
import type { Principal } from '../auth/principal.ts'
import type { RowKind } from './row-kind.ts'

/** A principal as JSON. */
type PrincipalData = Omit<Principal, 'permissions'> & { readonly permissions: readonly string[] | null }

/** Registered and revoked keys as JSON. */
export interface KeysData {
  readonly registered: readonly (readonly [key: string, principal: PrincipalData])[]
  readonly revoked: readonly string[]
}

function toPrincipalData({ permissions, ...principal }: Principal): PrincipalData {
  return { ...principal, permissions: permissions === null ? null : [...permissions] }
}

function toPrincipal({ permissions, ...data }: PrincipalData): Principal {
  return { ...data, permissions: permissions === null ? null : new Set(permissions) }
}

/** Returns the JSON form of keys. */
export function toKeysData({ registered, revoked }: KeyRegistryState): KeysData {
  return {
    registered: [...registered].map(([key, principal]) => [key, toPrincipalData(principal)]),
    revoked: [...revoked],
  }
}

/** Returns keys from their JSON form. */
export function toKeys({ registered, revoked }: KeysData): KeyRegistryState {
  return {
    registered: new Map(registered.map(([key, principal]) => [key, toPrincipal(principal)])),
    revoked: new Set(revoked),
  }
}

/** The rows of the keys that are registered, revoked or retired. */
export function keyRows(keys: KeyRegistry): RowKind {
  return {
    name: 'keys',
    read(_orgId, key) {
      const status = keys.statusOf(key)
      if (status === undefined) return undefined
      const { principal, position, ...rest } = status
      return { position, data: { ...rest, principal: principal && toPrincipalData(principal) } }
    },
    write(_orgId, key, { position = 0, data }) {
      const { principal, ...rest } = data as Omit<KeyStatus, 'principal'> & { principal?: PrincipalData }
      const known = principal && { principal: toPrincipal(principal) }
      keys.setStatus(key, { ...rest, ...known, position })
    },
    remove: (_orgId, key) => keys.setStatus(key, undefined),
    clear() {
      for (const key of keys.known()) keys.setStatus(key, undefined)
    },
  }
}
