import { version } from '../base/version.ts'
import type { Surroundings } from './run.ts'

/** `fake-devin --version` */
export function printVersion({ stdout }: Pick<Surroundings, 'stdout'>): number {
  stdout.write(`${version}\n`)
  return 0
}
