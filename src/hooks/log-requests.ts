import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onResponseHookHandler,
} from 'fastify'
import { isJson } from '../fastapi/body.ts'
import { HttpException, RequestValidationError } from '../fastapi/errors.ts'
import { listOf } from '../fastapi/list-of.ts'
import { withoutUser } from '../fastapi/percent.ts'
import { rememberLatest } from '../fastapi/remember-latest.ts'
import { pathTemplate } from '../fastapi/routing.ts'
import { maskText } from '../journal/mask.ts'
import { isShared, recordedRouteOf } from './recorded-route.ts'

/** Defers the writing of a log line, so that many lines can be written together. */
export type Defer = (write: () => void) => void

/** Logs further details of a request at `debug` and `trace`. */
export interface Details {
  readonly log: (request: FastifyRequest, templates: readonly string[]) => void
  /** Returns the paths of all routes, for suggestions. */
  readonly templates: () => Promise<readonly string[]>
}

/**
 * Logs one line per request with a response: its id, method, path, route, status, milliseconds, organization and the reason of a refusal.
 * Headers, bodies and query strings are omitted, since they can contain keys and secrets. Call it before registering the routes. `later`
 * defers a line, like `later` of `Log`.
 */
export function logRequests(app: FastifyInstance, later: Defer, details?: Details): void {
  const logRequest = (request: FastifyRequest, reply: FastifyReply, template: string | undefined) => {
    const { method, log, originalUrl: url, refusal } = request
    const status = reply.statusCode
    const ms = Math.round(reply.elapsedTime * 100) / 100
    // The type omits undefined, but an unauthenticated request has no organization.
    const organization: typeof request.organization | undefined = request.organization
    const org = organization?.orgId
    const hint = hintAbout(request, status)
    // Without the request itself: a thousand that wait for their lines would survive collections of garbage.
    later(() => writeLine(log, { method, url, template, status, ms, org, refusal, hint }))
    if (details !== undefined) void logDetails(details, request, later)
  }
  app.addHook('onRoute', (route) => {
    const registered = isShared(route) ? undefined : pathTemplate(route.url)
    const hook: onResponseHookHandler = (request, reply, done) => {
      logRequest(request, reply, registered ?? request.lazyRoute?.path)
      done()
    }
    route.onResponse = [...listOf(route.onResponse), hook]
  })
  app.addHook('onResponse', (request, reply, done) => {
    if (request.is404) logRequest(request, reply, undefined)
    done()
  })
}

/** The content of the log line of a request. */
interface RequestLine {
  readonly method: string
  readonly url: string
  /** Undefined without a route. */
  readonly template: string | undefined
  readonly status: number
  readonly ms: number
  readonly org: string | undefined
  readonly refusal: FastifyRequest['refusal']
  /** Why a key was refused. */
  readonly hint: string | undefined
}

function writeLine(log: FastifyBaseLogger, line: RequestLine): void {
  const { method, url, template, status, ms, org, refusal, hint } = line
  const path = template === undefined || template.includes('{') ? loggedPath(url) : template
  const reason =
    status < 400
      ? undefined
      : (reasonOf(refusal) ?? (template === undefined ? NO_ROUTE_REASONS[status] : undefined))
  const words = [reason, hint && `(${hint})`].filter((part) => part !== undefined).join(' ')
  const fields = { method, route: template ?? path, status, ms, org, ...(words !== '' && { reason: words }) }
  log.info(fields, `${method} ${path} ${status}${words === '' ? '' : `: ${words}`}`)
}

/** Logs details when what they need is loaded: the schemas of the route, or without a route the paths of all others. */
async function logDetails(details: Details, request: FastifyRequest, later: Defer): Promise<void> {
  const route = recordedRouteOf(request)
  await route?.loadSchema?.()
  const templates = route === null ? await details.templates() : []
  later(() => details.log(request, templates))
}

/** The reasons of the refusals of requests without a route, by status. */
const NO_ROUTE_REASONS: Readonly<Record<number, string>> = {
  404: 'no such path',
  405: 'no such method for this path',
}

/** Returns a reason for a refusal that the answer does not contain. */
function hintAbout(request: FastifyRequest, status: number): string | undefined {
  if (status === 422) return contentTypeHint(request)
  const { refusal } = request
  const isRefusedKey = (status === 401 || status === 403) && refusal instanceof HttpException
  return isRefusedKey ? refusal.explanation : undefined
}

/** Returns the reason why a body was not read as JSON: curl, for example, sends another Content-Type unless it is given one. */
function contentTypeHint({ raw, refusal }: FastifyRequest): string | undefined {
  if (!(refusal instanceof RequestValidationError) || isJson(raw.headers['content-type'])) return undefined
  const isText = refusal.issues.some(
    ({ type, loc }) => loc.length === 1 && loc[0] === 'body' && type !== 'missing',
  )
  return isText ? 'the Content-Type is not application/json' : undefined
}

/** The maximum length of a logged path, in characters. */
const PATH_MAX = 200

/** The maximum number of logged issues per request. */
const ISSUES_MAX = 5

/** The maximum length of a logged reason, in characters. */
const REASON_MAX = 500

/** Returns the path of a request without its query, keys and control characters. */
function loggedPath(url: string): string {
  const query = url.indexOf('?')
  const path = query === -1 ? url : url.slice(0, query)
  return printable(maskText(withoutUser(path).slice(0, PATH_MAX)))
}

/** Returns the reason of a refusal: the detail of the response, or the locations and types of its issues. Input values are omitted. */
function reasonOf(refusal: HttpException | RequestValidationError | undefined): string | undefined {
  if (refusal === undefined) return undefined
  if (refusal instanceof HttpException) {
    return typeof refusal.detail === 'string' ? shortened(refusal.detail) : undefined
  }
  const { issues } = refusal
  const shown = issues.slice(0, ISSUES_MAX).map(({ loc, type }) => {
    // The last part of the location of an unknown member is its name, which is input.
    const location = type === 'extra_forbidden' ? [...loc.slice(0, -1), '(unknown name)'] : loc
    return `${location.join('.').slice(0, PATH_MAX)} ${type}`
  })
  const more = issues.length > ISSUES_MAX ? [`and ${issues.length - ISSUES_MAX} more`] : []
  return shortened([...shown, ...more].join(', '))
}

const shownReason = rememberLatest((text) => printable(maskText(text)))

function shortened(text: string): string {
  // A slice would keep the whole text in memory.
  return text.length > REASON_MAX ? printable(maskText(text.slice(0, REASON_MAX))) : shownReason(text)
}

/** Matches a control character. Most texts have none, and testing for it takes half the time of a replacement. */
const CONTROL = /\p{Cc}/u

function printable(text: string): string {
  return CONTROL.test(text) ? text.replaceAll(/\p{Cc}/gu, '?') : text
}
