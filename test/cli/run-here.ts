import { run } from '../../src/cli/run.ts'
import type { Environment } from '../../src/settings/config.ts'

/** Runs a command in this process, with only the given environment. */
export async function runHere(
  argv: string[],
  { isTTY = false, env = {} as Environment, stopped = Promise.resolve() as Promise<unknown> } = {},
) {
  const output = { stdout: '', stderr: '' }
  const into = (name: keyof typeof output) => ({
    isTTY,
    write: (text: string) => {
      output[name] += text
    },
  })
  const code = await run(argv, env, {
    stdout: into('stdout'),
    stderr: into('stderr'),
    stopped,
  })
  return { code, ...output }
}
