/** An entry of package-lock.json. */
interface LockedPackage {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly dev?: boolean
  readonly optional?: boolean
}

type Packages = Readonly<Record<string, LockedPackage>>

export const SERVING: readonly string[]
export const PAGE: readonly string[]
export function lockedPackages(): Packages
export function closureOf(names: readonly string[], locked?: Packages): Packages
export function lockedPath(name: string, from: string, locked: Packages): string | undefined
export function areInstalled(packages: Packages): boolean
export function isThere(path: string, folder?: URL): boolean
