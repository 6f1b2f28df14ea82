// Inserts the repository of a release into package.json and into the links of pages that are published elsewhere.

/** The placeholder for the owner of the repository. A release replaces it. */
const PLACEHOLDER = 'OWNER'

/** The members of package.json for development. They run or name what users of the package do not have. */
const FOR_DEVELOPMENT = ['scripts', 'devDependencies', 'overrides', 'allowScripts', 'tap']

/** A package.json. */
export type Manifest = Readonly<Record<string, unknown>> & {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  readonly homepage: string
}

/**
 * Returns the address of the repository for browsers, e.g. `https://github.com/owner/name`, from the variables that GitHub's runners set.
 * Elsewhere it is the one in package.json, with the placeholder.
 */
export function repositoryOf(
  { homepage }: Pick<Manifest, 'homepage'>,
  { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name }: NodeJS.ProcessEnv,
): string {
  return server && name ? `${server}/${name}` : homepage.replace(/#.*/, '')
}

/** Returns whether the address is not that of a repository yet. */
export function isPlaceholder(repository: string): boolean {
  return repository.split('/').includes(PLACEHOLDER)
}

/** Returns package.json with the repository in it. npm accepts a provenance only if `repository.url` is where the release was made. */
export function withRepository(manifest: Manifest, repository: string): Manifest {
  return {
    ...manifest,
    homepage: `${repository}#readme`,
    bugs: { url: `${repository}/issues` },
    repository: { type: 'git', url: `git+${repository}.git` },
  }
}

/** Returns package.json without the members for development. */
export function publishedManifest(manifest: Manifest): Manifest {
  const published = Object.entries(manifest).filter(([name]) => !FOR_DEVELOPMENT.includes(name))
  return Object.fromEntries(published) as Manifest
}

/** Where relative links lead. */
export interface LinkBase {
  /** The address of the repository for browsers. */
  readonly repository: string
  /** The tag or the branch. */
  readonly ref: string
  /** Returns what is at a path of the repository. */
  readonly kindOf: (path: string) => 'file' | 'folder' | undefined
}

/**
 * Returns a page of the repository's root with absolute links, for places where its files are not. Links within the page stay as they are.
 * Throws for a link to a file that does not exist.
 */
export function withAbsoluteLinks(page: string, { repository, ref, kindOf }: LinkBase): string {
  return page.replaceAll(
    /(!?)(\[(?:[^[\]]|\[[^\]]*\])*\]\()(?![a-z][a-z+.-]*:|#)([^)#\s]+)/gi,
    (_all, image: string, text: string, path: string) => {
      const kind = kindOf(path)
      if (kind === undefined) throw new Error(`a link leads to ${path}, which does not exist`)
      const view = image ? 'raw' : kind === 'folder' ? 'tree' : 'blob'
      const inner = withAbsoluteLinks(text, { repository, ref, kindOf })
      return `${image}${inner}${repository}/${view}/${ref}/${path.replace(/\/$/, '')}`
    },
  )
}
