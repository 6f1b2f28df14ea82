import { urlOf } from '../server/server-url.ts'
import type { Config } from '../settings/config.ts'
import type { ProcessIo } from './run.ts'

/** How long to wait for the answer, in milliseconds. */
const ANSWER_MS = 2000

/**
 * `fake-devin health`: exits with 0 when the server answers 200 on `/_fake/health`, else with 1 and a line with the reason. Without
 * `url`, it calls the server that was started with the same environment.
 */
export async function health(
  { url, host, port }: Pick<Config, 'url' | 'host' | 'port'>,
  { stdout, stderr }: Pick<ProcessIo, 'stdout' | 'stderr'>,
  limit = AbortSignal.timeout(ANSWER_MS),
): Promise<number> {
  const target = new URL(`${url ?? urlOf({ address: host, port })}/_fake/health`)
  const result = await statusOf(target, limit)
  if (result === 200) {
    stdout.write('ok\n')
    return 0
  }
  stderr.write(`fake-devin: ${target}: ${typeof result === 'number' ? `answers ${result}` : result}\n`)
  return 1
}

/** Returns the status of the answer, or the reason why no answer came. */
async function statusOf(url: URL, signal: AbortSignal): Promise<number | string | undefined> {
  // Not with `import()`, for which code-cache.cjs uses an option that makes Node print a warning.
  const name = url.protocol === 'https:' ? 'node:https' : 'node:http'
  const { get } = process.getBuiltinModule(name)
  return new Promise((resolve) => {
    get(url, { agent: false, signal }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', ({ code }: NodeJS.ErrnoException) => {
      resolve(code === 'ABORT_ERR' ? `no answer within ${ANSWER_MS} ms` : `no answer (${code})`)
    })
  })
}
