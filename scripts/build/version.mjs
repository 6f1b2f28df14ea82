// The version as a constant: what a bundler makes of the library has no package.json beside it.
import { readFileSync } from 'node:fs'

/** A plugin that puts the version of package.json in the place of src/base/version.ts, which reads it. */
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
