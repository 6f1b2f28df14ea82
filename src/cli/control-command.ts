import { connectFakeDevin } from '../client/connect.ts'
import type { Controls } from '../client/controls.ts'
import { FakeDevinError } from '../client/error.ts'
import { urlOf } from '../server/server-url.ts'
import type { Config } from '../settings/config.ts'
import type { ProcessIo } from './run.ts'

/** How a command finds the server, and on what of it it acts. */
export type Target = Pick<Config, 'url' | 'host' | 'port' | 'controlToken' | 'orgId'>

/** Where a command writes. */
export type Outputs = Pick<ProcessIo, 'stdout' | 'stderr'>

/**
 * Does something to a server that runs, all of it or one organization, and gives the exit code: 0 when it was done, 1 and a line on
 * standard error when it was refused or nobody answered. What is given is printed.
 */
export async function callServer(
  { url, host, port, controlToken, orgId }: Target,
  { stdout, stderr }: Outputs,
  action: (world: Controls) => Promise<string>,
): Promise<number> {
  const devin = connectFakeDevin(url ?? urlOf({ address: host, port }), { token: controlToken })
  try {
    stdout.write(await action(orgId === undefined ? devin : devin.organizations.of(orgId)))
    return 0
  } catch (error) {
    if (!(error instanceof FakeDevinError)) throw error
    stderr.write(`fake-devin: ${error.message}\n`)
    return 1
  }
}

/** An answer as `--json` prints it. */
export function inJson(answer: unknown): string {
  return `${JSON.stringify(answer, undefined, 2)}\n`
}
