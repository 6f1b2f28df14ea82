// Makes the version a constant, since a bundle that contains the library has no package.json beside it.
import { docs, version } from '../../src/base/version.ts'

/** Returns a plugin that replaces src/base/version.ts, which reads package.json, with its values. */
export function constantVersion(root) {
  return {
    name: 'version',
    load(id) {
      if (id !== `${root}src/base/version.ts`) return null
      const constants = Object.entries({ version, docs }).map(
        ([name, value]) => `export const ${name} = ${JSON.stringify(value)}`,
      )
      return { code: constants.join('\n'), moduleType: 'js' }
    },
  }
}
