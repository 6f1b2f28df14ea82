import { connectFakeDevin } from '../client/connect.ts'
import type { Controls } from '../client/controls.ts'
import { FakeDevinError } from '../client/error.ts'
import { urlOf } from '../server/server-url.ts'
import type { Config } from '../settings/config.ts'
import type { ProcessIo } from './run.ts'

/** The server that a command calls, and the organization that it acts on. */
export type Target = Pick<Config, 'url' | 'host' | 'port' | 'controlToken' | 'orgId'>

/** Where a command writes. */
export type Outputs = Pick<ProcessIo, 'stdout' | 'stderr'>

/**
 * Runs an action against a running server, or against one organization of it, and prints the resolved text. Returns the exit code: 0
 * on success, or 1 after a line on standard error when the server refuses or does not answer.
 */
export async function callServer(
  { url, host, port, controlToken, orgId }: Target,
  { stdout, stderr }: Outputs,
  action: (controls: Controls) => Promise<string>,
): Promise<number> {
  const devin = connectFakeDevin(url ?? urlOf({ address: host, port }), { token: controlToken })
  let code = 0
  try {
    stdout.write(await action(orgId === undefined ? devin : devin.organizations.of(orgId)))
  } catch (error) {
    if (!(error instanceof FakeDevinError)) throw error
    stderr.write(`fake-devin: ${error.message}\n`)
    code = 1
  } finally {
    await devin.close()
  }
  return code
}

/** Formats an answer for `--json`. */
export function inJson(answer: unknown): string {
  return `${JSON.stringify(answer, undefined, 2)}\n`
}
