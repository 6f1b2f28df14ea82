import { tmpdir } from 'node:os'
import { delimiter, dirname } from 'node:path'

/** The variables that a child process inherits: those for temporary folders, for Windows, for tap's coverage, and for Node's cache of compiled code. */
const INHERITED =
  /^(?:TMPDIR|TEMP|TMP|SystemRoot|ComSpec|PATHEXT|NODE_V8_COVERAGE|NODE_COMPILE_CACHE|_TAPJS_.*)$/i

/**
 * Returns the environment of a process that a test starts. It does not depend on the caller's colours, locale, time zone, proxies,
 * Node options or home. `node` is the binary that runs this test. Adds `variables`; undefined removes one.
 */
export function childEnvironment(variables: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => INHERITED.test(name))
  return {
    ...Object.fromEntries(inherited),
    PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
    HOME: tmpdir(),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    NO_COLOR: '1',
    // Neither omitted nor empty, because tap would then add the caller's options to its own.
    NODE_OPTIONS: ' ',
    ...variables,
  }
}

/**
 * The start of a command that runs without tap's loaders, which tap adds to each process of Node. They attribute the coverage of transformed code to
 * the wrong places, cannot load TypeScript 7, and with them Node 22 does not strip types from required files.
 */
export const WITHOUT_LOADERS = ['sh', '-c', 'unset NODE_OPTIONS; exec "$@"', 'sh'] as const
