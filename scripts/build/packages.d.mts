/** A package that modules of a bundle were taken from. */
export interface BundledPackage {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly author?: unknown
  readonly dependencies: Readonly<Record<string, string>>
  readonly folder: string
  readonly path: string
}

/** The parts of rolldown's output that are read. */
export interface Output {
  readonly fileName: string
  readonly moduleIds?: readonly string[]
}

export function bundledPackages(root: string, output: readonly Output[]): BundledPackage[]
