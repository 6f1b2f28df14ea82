// The text of a release is its section of CHANGELOG.md.

/**
 * Returns the section of a version, or of `Unreleased`, without its heading. Undefined if there is none. The format is that of Keep a
 * Changelog: a heading is `## [0.1.0] - 2026-01-31`.
 */
export function sectionOf(changelog: string, version: string): string | undefined {
  const [, ...sections] = `\n${changelog}`.split(/\n## /)
  const found = sections.find((section) => section.startsWith(`[${version}]`))
  if (found === undefined) return undefined
  // Links may follow the last section, as its format has it.
  return found
    .replace(/^.*\n?/, '')
    .replaceAll(/^\[[^\]]+\]: .*$/gm, '')
    .trim()
}

/** What a release is made from. */
export interface Versions {
  /** The version in package.json. */
  readonly version: string
  /** The version in package-lock.json. */
  readonly lockedVersion: string
  readonly changelog: string
  /** The tag that is released, or undefined in a trial. */
  readonly tag: string | undefined
}

/** Returns the contradictions as sentences. In a trial, the changelog may have the section `Unreleased` instead of one for the version. */
export function contradictions({ version, lockedVersion, changelog, tag }: Versions): string[] {
  const found: string[] = []
  if (lockedVersion !== version)
    found.push(`package-lock.json has version ${lockedVersion}, package.json ${version}`)
  if (tag === undefined) {
    if (!textOf({ version, changelog, tag }))
      found.push(`CHANGELOG.md has no text for ${version} or [Unreleased]`)
    return found
  }
  if (tag !== `v${version}`) found.push(`the tag is ${tag}, and package.json has version ${version}`)
  if (!sectionOf(changelog, version)) found.push(`CHANGELOG.md has no section [${version}] with a text`)
  const start = `## [${version}] - `
  if (
    !changelog
      .split('\n')
      .some((line) => line.startsWith(start) && /^\d{4}-\d\d-\d\d$/.test(line.slice(start.length)))
  )
    found.push(`CHANGELOG.md has no date for ${version}: ## [${version}] - YYYY-MM-DD`)
  return found
}

/** Returns the text of a release. In a trial it may be that of `Unreleased`. */
export function textOf({ version, changelog, tag }: Omit<Versions, 'lockedVersion'>): string | undefined {
  const own = sectionOf(changelog, version)
  return own !== undefined || tag !== undefined ? own : sectionOf(changelog, 'Unreleased')
}
