// In the published build this module is a constant: scripts/build/version.mjs.
import { readFileSync } from 'node:fs'

const packageJson = new URL('../../package.json', import.meta.url)
const manifest = JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string; homepage: string }

/** The version of this package, from its package.json. */
export const version = manifest.version

/** Where the folder docs/ is that messages refer to, for people. */
export const docs = docsOf(manifest)

/**
 * Returns the address of docs/ at the tag of a version. A release puts its repository into `homepage`; other builds have a placeholder
 * there, `OWNER`, and so no address.
 */
export function docsOf({ version, homepage }: { version: string; homepage: string }): string {
  if (homepage.includes('/OWNER/')) return 'docs/ in the repository of fake-devin'
  return `${homepage.replace(/#.*/, '')}/tree/v${version}/docs`
}
