// Makes the version a constant, since a bundle that contains the library has no package.json beside it.
import { readFileSync } from 'node:fs'

/** Returns a plugin that replaces src/base/version.ts, which reads package.json, with a constant. */
export function constantVersion(root) {
  return {
    name: 'version',
    load(id) {
      if (id !== `${root}src/base/version.ts`) return null
      const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
      return { code: `export const version = ${JSON.stringify(version)}`, moduleType: 'js' }
    },
  }
}
