import { tmpdir } from 'node:os'
import { delimiter, dirname } from 'node:path'

/** What a child process needs of the caller's environment: temporary folders, and what Windows and tap's coverage need. */
const INHERITED = /^(?:TMPDIR|TEMP|TMP|SystemRoot|ComSpec|PATHEXT|NODE_V8_COVERAGE|_TAPJS_.*)$/i

/**
 * The environment of a process that a test starts: the same on every machine, whatever colours, locale, time zone, proxies, Node
 * options or home the caller has. `node` is the one that runs this test. `variables` are added; undefined takes one away.
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
    // Not left out and not empty: tap would then put the caller's options beside its own.
    NODE_OPTIONS: ' ',
    ...variables,
  }
}
