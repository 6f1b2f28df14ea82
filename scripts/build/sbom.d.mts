import type { BundledPackage } from './packages.d.mts'

/** A license of a component, as CycloneDX has it. */
export type License = { readonly license: { readonly id: string } } | { readonly expression: string }

/** A component, as CycloneDX has it. */
export interface Component {
  readonly type: string
  readonly group?: string
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly licenses: readonly License[]
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
}

/** A software bill of materials in CycloneDX 1.6. */
export interface Sbom {
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

/** What it is made from. */
export interface SbomSources {
  readonly manifest: {
    readonly name: string
    readonly version: string
    readonly description: string
    readonly license: string
    readonly devDependencies: Readonly<Record<string, string>>
  }
  readonly locked: Readonly<Record<string, { readonly version: string; readonly integrity: string }>>
  readonly packages: readonly Omit<BundledPackage, 'folder'>[]
}

export function writeSbom(root: string, packages: readonly BundledPackage[]): void

export function sbomOf(sources: SbomSources): Sbom
