import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { builtPackage } from '../scripts/build/package.mjs'
import { childEnvironment } from './child-environment.ts'

const root = fileURLToPath(new URL('../', import.meta.url))

/**
 * Returns the folder of the published package, built from the present sources, for tests that start many processes: they start in a tenth of
 * the processor time. Tests of the program itself, which count for the coverage, start it from the sources with `startProgram`.
 */
export function publishedPackage(): string {
  return builtPackage(root)
}

/** Returns the path of the published program. */
export function publishedProgram(): string {
  return join(publishedPackage(), 'dist/cli.cjs')
}

/** Returns the environment of a process of the published package, which does not count for the coverage. Adds `variables`. */
export function uncoveredEnvironment(variables: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return childEnvironment({
    NODE_V8_COVERAGE: undefined,
    _TAPJS_PROCESSINFO_COVERAGE_: '0',
    ...variables,
  })
}
