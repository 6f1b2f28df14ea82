import type { RequestEntry } from '../schemas/control/journal.ts'
import type { RequestsQuery } from '../schemas/control/requests.ts'
import type { Config } from '../settings/config.ts'
import { UsageError } from '../settings/start-error.ts'
import { callServer, inJson, type Outputs, type Target } from './control-command.ts'
import type { ProcessIo } from './run.ts'

type Options = Pick<Config, 'asJson' | 'clear' | 'follow' | 'method' | 'path' | 'status' | 'since' | 'limit'>

/**
 * `fake-devin requests`: prints the journal, one line per request, newest last. `--clear` empties it instead, and `--follow` prints
 * requests as they arrive. Throws UsageError for flags that exclude each other.
 */
export function requests(
  config: Target & Options,
  outputs: Outputs & Pick<ProcessIo, 'stopped'>,
): Promise<number> {
  if (config.follow && (config.clear || config.asJson)) {
    throw new UsageError('--follow cannot be combined with --clear or --json')
  }
  return callServer(config, outputs, async (controls) => {
    if (config.follow) {
      const { follow, paceOf } = await import('./follow.ts')
      await follow(controls.requests, filterOf(config), {
        ...outputs,
        wait: paceOf(controls, outputs.stopped),
        print: (entry) => void outputs.stdout.write(lineOf(entry)),
      })
      return ''
    }
    if (config.clear) {
      await controls.requests.clear()
      return ''
    }
    const answer = await controls.requests.list(filterOf(config))
    if (answer.dropped > 0) {
      outputs.stderr.write(`fake-devin: older requests dropped: ${answer.dropped}\n`)
    }
    if (answer.total === 0) outputs.stderr.write(`fake-devin: ${noneOf(config)}\n`)
    return config.asJson ? inJson(answer) : answer.requests.map(lineOf).join('')
  })
}

/** Explains an empty list: there are no requests, or none of them match the filter. */
function noneOf({ method, path, status, since, orgId }: Target & Options): string {
  const isFiltered = [method, path, status, since, orgId].some((one) => one !== undefined)
  return isFiltered ? 'no requests match' : 'there are no requests'
}

function filterOf({ method, path, status, since, limit }: Options): RequestsQuery {
  return {
    // Method names and status classes were validated when the flags were read.
    ...(method !== undefined && { method: method as 'GET' }),
    ...(path !== undefined && { path }),
    ...(status !== undefined && { status: status as '4xx' }),
    ...(since !== undefined && { since }),
    ...(limit !== undefined && { limit }),
  }
}

/** Returns the line of a request: `12  2026-01-02T03:04:05.678901Z  POST /v1/sessions?a=b 200  3.4 ms  unread: body.repos`. */
function lineOf(entry: RequestEntry): string {
  const { id, time, method, path, query, status, duration_ms: millis, unread_fields: unread } = entry
  const target = query.raw === '' ? path : `${path}?${query.raw}`
  const parts = [
    id,
    time,
    `${method} ${target} ${status ?? '(no answer)'}`,
    `${millis} ms`,
    ...(unread.length === 0 ? [] : [`unread: ${unread.join(', ')}`]),
  ]
  return `${parts.join('  ')}\n`
}
