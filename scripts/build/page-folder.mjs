// In the build, the page is in a folder beside the file that serves it.

/**
 * Returns a plugin that replaces src/routes/control/page-folder.ts, which finds the folder from the sources. The bundle of a user of the
 * library has no such folder and, as an ES module, no `__dirname` either.
 */
export function builtPageFolder(root) {
  return {
    name: 'page-folder',
    load(id) {
      if (id !== `${root}src/routes/control/page-folder.ts`) return null
      const code = `import { join } from 'node:path'
export const pageFolder = typeof __dirname === 'string' ? join(__dirname, 'page') : undefined`
      return { code, moduleType: 'js' }
    },
  }
}
