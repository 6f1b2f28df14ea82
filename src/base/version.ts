// In the published build this module is a constant: scripts/build/version.mjs.
import { readFileSync } from 'node:fs'

const packageJson = new URL('../../package.json', import.meta.url)

/** The version of this package, from its package.json. */
export const version = (JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string }).version
