import type { Config } from '../config.ts'
import type { RequestEntry } from '../journal/schema.ts'
import type { RequestsQuery } from '../schemas/control/requests.ts'
import { act, inJson, type Outputs, type Target } from './acting.ts'

type Options = Pick<Config, 'asJson' | 'clear' | 'method' | 'path' | 'status' | 'since' | 'limit'>

/** `fake-devin requests`: prints what was received and answered, a line each, newest last; or forgets it. */
export function requests(config: Target & Options, outputs: Outputs): Promise<number> {
  return act(config, outputs, async (world) => {
    if (config.clear) {
      await world.requests.clear()
      return ''
    }
    const answer = await world.requests.list(filterOf(config))
    if (answer.dropped > 0) {
      outputs.stderr.write(`fake-devin: ${answer.dropped} older requests are no longer there\n`)
    }
    return config.asJson ? inJson(answer) : answer.requests.map(lineOf).join('')
  })
}

function filterOf({ method, path, status, since, limit }: Options): RequestsQuery {
  return {
    // The names of methods and the classes of statuses were checked where the flags were read.
    ...(method !== undefined && { method: method as 'GET' }),
    ...(path !== undefined && { path }),
    ...(status !== undefined && { status: status as '4xx' }),
    ...(since !== undefined && { since }),
    ...(limit !== undefined && { limit }),
  }
}

/** `12  2026-01-02T03:04:05.678901Z  POST /v1/sessions?a=b 200  3.4 ms  unread: body.repos`. */
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
