import type { FastifyInstance, FastifyReply, FastifyRequest, onResponseHookHandler } from 'fastify'
import { HttpException, type RequestValidationError } from '../fastapi/errors.ts'
import { withoutUser } from '../fastapi/percent.ts'
import { pathTemplate } from '../fastapi/routing.ts'
import { maskText } from '../journal/mask.ts'

/** Puts off the writing of a line, as a log that writes many lines together does. */
export type Defer = (write: () => void) => void

/** What more is logged of a request at `debug` and `trace`. */
export type Details = (request: FastifyRequest, templates: ReadonlySet<string>) => void

/**
 * Logs one line for each answered request: id, method, path, route, status, milliseconds, organization and, where it was refused, why.
 * Headers, bodies and query strings, where keys and secrets are, are left out. To be called before the routes are registered;
 * `later` puts off a line, as that of a `Log` does.
 */
export function logRequests(app: FastifyInstance, later: Defer, details?: Details): void {
  const templates = new Set<string>()
  const log = (request: FastifyRequest, reply: FastifyReply, template: string | undefined) => {
    const { method, log, originalUrl, refusal } = request
    const status = reply.statusCode
    const ms = Math.round(reply.elapsedTime * 100) / 100
    // A request that was refused has no principal, whatever its type says.
    const principal: typeof request.principal | undefined = request.principal
    const org = principal?.orgId
    later(() => {
      const path = template === undefined || template.includes('{') ? shownPath(originalUrl) : template
      const reason =
        status < 400 ? undefined : (reasonOf(refusal) ?? (request.is404 ? UNROUTED[status] : undefined))
      const fields = {
        method,
        route: template ?? path,
        status,
        ms,
        org,
        ...(reason !== undefined && { reason }),
      }
      log.info(fields, `${method} ${path} ${status}${reason === undefined ? '' : `: ${reason}`}`)
      details?.(request, templates)
    })
  }
  app.addHook('onRoute', (route) => {
    const template = pathTemplate(route.url)
    templates.add(template)
    const hook: onResponseHookHandler = (request, reply, done) => {
      log(request, reply, template)
      done()
    }
    route.onResponse = [...[route.onResponse ?? []].flat(), hook]
  })
  app.addHook('onResponse', (request, reply, done) => {
    if (request.is404) log(request, reply, undefined)
    done()
  })
}

/** Why a request that no route took was refused. */
const UNROUTED: Readonly<Record<number, string>> = { 404: 'no such path', 405: 'no such method of this path' }

/** How much of a path is logged, in characters. */
const PATH_MAX = 200

/** How many issues of a request are logged. */
const ISSUES_MAX = 5

/** How much of a reason is logged, in characters. */
const REASON_MAX = 500

/** The path of a request, without its query, what looks like a key, and characters that would do something to a terminal. */
function shownPath(url: string): string {
  const [path = ''] = url.split('?', 1)
  return printable(maskText(withoutUser(path).slice(0, PATH_MAX)))
}

/** Why a request was refused: the detail of the answer, or the places and types of its issues. What was sent is left out. */
function reasonOf(refusal: HttpException | RequestValidationError | undefined): string | undefined {
  if (refusal === undefined) return undefined
  if (refusal instanceof HttpException) {
    return typeof refusal.detail === 'string' ? shortened(refusal.detail) : undefined
  }
  const { issues } = refusal
  const shown = issues.slice(0, ISSUES_MAX).map(({ loc, type }) => {
    // The last step of an unknown member is its name, which is what was sent.
    const place = type === 'extra_forbidden' ? [...loc.slice(0, -1), '(unknown name)'] : loc
    return `${place.join('.').slice(0, PATH_MAX)} ${type}`
  })
  const more = issues.length > ISSUES_MAX ? [`and ${issues.length - ISSUES_MAX} more`] : []
  return shortened([...shown, ...more].join(', '))
}

function shortened(text: string): string {
  return printable(maskText(text.slice(0, REASON_MAX)))
}

function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?')
}
