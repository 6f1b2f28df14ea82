// In the published build this module is a constant: scripts/build/version.mjs.
import { readFileSync } from 'node:fs'

const packageJson = new URL('../../package.json', import.meta.url)
const manifest = JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string; homepage: string }

/** The version of this package, from its package.json. */
export const version = manifest.version

/** The location of the folder docs/, for messages to people. */
export const docs = docsOf(manifest)

/**
 * Returns the URL of docs/ at the tag of a version, or words if it is unknown: only a release has its repository in `homepage`, other builds
 * have the placeholder `OWNER` there.
 */
export function docsOf({ version, homepage }: { version: string; homepage: string }): string {
  if (homepage.includes('/OWNER/')) return 'docs/ in the repository of fake-devin'
  return `${homepage.replace(/#.*/, '')}/tree/v${version}/docs`
}
