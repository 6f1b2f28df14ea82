// In the published build, this module names the folder beside it: scripts/build/page-folder.mjs.
import { fileURLToPath } from 'node:url'

/** The folder of the built page; undefined if there can be none. */
export const pageFolder: string | undefined = fileURLToPath(new URL('../../../dist/page/', import.meta.url))
