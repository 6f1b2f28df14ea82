import { version } from '../base/version.ts'
import type { ProcessIo } from './run.ts'

/** `fake-devin --version`: prints the version. */
export function printVersion({ stdout }: Pick<ProcessIo, 'stdout'>): number {
  stdout.write(`${version}\n`)
  return 0
}
