import type { FastifyInstance } from 'fastify'
import type { Logger, LoggerOptions } from 'pino'
import type { LogLevel } from './config.ts'
import { percentDecode, withoutUser } from './fastapi/percent.ts'

/** An open log. */
export interface Log {
  readonly logger: Logger
  /** Writes out what is still buffered, and gives up on a reader that does not read. */
  close(): Promise<void>
}

/** Where a log goes, and how. */
export interface LogTarget {
  /** File descriptor. Default 1, standard output. */
  readonly fd?: number
  /** Whether people read it. Default: whether standard output is a terminal. */
  readonly isTerminal?: boolean
}

/** How much is buffered for a reader that does not read, in bytes; lines beyond that are dropped. */
const BUFFER_MAX = 16 * 2 ** 20

/** How long `close` waits for a reader that does not read. */
const FLUSH_MS = 100

/**
 * Opens the log: readable lines on a terminal, else one JSON object a line. Undefined for `silent`. Neither pino nor
 * pino-pretty is loaded before it is needed.
 */
export async function openLog(level: LogLevel, target: LogTarget = {}): Promise<Log | undefined> {
  if (level === 'silent') return undefined
  const { fd = 1, isTerminal = process.stdout.isTTY === true } = target
  const { pino } = await import('pino')
  const options: LoggerOptions = { level, base: null, serializers, hooks }
  if (isTerminal) {
    const { prettyFactory } = await import('pino-pretty')
    const pretty = prettyFactory({
      translateTime: 'SYS:HH:MM:ss.l',
      singleLine: true,
      ignore: 'method,route,status',
    })
    // A terminal reads at once, so nothing is ever left in a buffer.
    const terminal = pino.destination({ fd, sync: true })
    const logger = pino(options, { write: (line) => void terminal.write(pretty(line)) })
    return { logger, close: async () => undefined }
  }
  // Asynchronous, so that a parent process that never reads its pipe does not stop the server when the pipe is full.
  const destination = pino.destination({ fd, sync: false, maxLength: BUFFER_MAX })
  // A full disk must not stop the server either.
  destination.on('error', () => undefined)
  let isOpen = true
  const logger = pino(options, { write: (line) => void (isOpen && destination.write(line)) })
  const close = () =>
    new Promise<void>((resolve) => {
      isOpen = false
      const giveUp = setTimeout(finish, FLUSH_MS)
      destination.once('close', finish)
      destination.end()
      function finish() {
        clearTimeout(giveUp)
        // Otherwise pino writes the rest synchronously when the process exits, which could wait for ever.
        destination.destroy()
        resolve()
      }
    })
  return { logger, close }
}

/**
 * Logs one line for each answered request: id, method, route, status, milliseconds and organisation. Headers, bodies
 * and query strings, where keys and secrets are, are left out at every level.
 */
export function logRequests(app: FastifyInstance): void {
  const templates = new Map<string, string>()
  app.addHook('onResponse', (request, reply, done) => {
    const { url } = request.routeOptions
    let route: string | undefined
    if (url === undefined) route = unknownRoute(request.originalUrl)
    else {
      route = templates.get(url) ?? url.replaceAll(/:(\w+)/g, '{$1}')
      templates.set(url, route)
    }
    const { method } = request
    const status = reply.statusCode
    const ms = Math.round(reply.elapsedTime * 100) / 100
    // A request that was refused has no principal, whatever its type says.
    const principal: typeof request.principal | undefined = request.principal
    request.log.info({ method, route, status, ms, org: principal?.orgId }, `${method} ${route} ${status}`)
    done()
  })
}

/** How much of an unknown path is logged, in characters. */
const UNKNOWN_ROUTE_MAX = 200

function unknownRoute(url: string): string {
  const [path = ''] = url.split('?', 1)
  const shown = withoutUser(path).slice(0, UNKNOWN_ROUTE_MAX)
  // Behind escapes there may be a key, too: `%61pk_user_…`.
  const decoded = percentDecode(shown).replaceAll(/\p{Cc}/gu, '?')
  const masked = withoutKeys(decoded)
  return masked === decoded ? shown : masked
}

/** Everything that looks like a key of the API or like bearer credentials is blotted out. */
function withoutKeys(text: string): string {
  return text.replaceAll(/\b(?:apk|cog)_[^\s"',;)}\]]+|\bbearer\s[^"',;)}\]\r\n]+/gi, '[redacted]')
}

/** An error as it is logged: not its own further properties, which may hold a request with its headers and its body. */
interface LoggedError {
  type: string
  message: string
  stack: string
  code?: string
  cause?: LoggedError
}

/** How many causes of an error are followed. */
const CAUSES_MAX = 5

function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'something that is no Error', stack: '' }
  const { name: type, message, stack = '', cause } = error
  // JSON.parse quotes the text that it was given, and that text may be a body.
  const isQuote = error instanceof SyntaxError
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '))
  return {
    type,
    message: isQuote ? '[redacted]' : withoutKeys(message),
    stack: isQuote ? frames.join('\n') : withoutKeys(stack),
    ...('code' in error && { code: String(error.code) }),
    ...(cause !== undefined && depth < CAUSES_MAX && { cause: loggedError(cause, depth + 1) }),
  }
}

/** Take the place of pino's and Fastify's, which would write urls with their query strings and every property of an error. */
const serializers: NonNullable<LoggerOptions['serializers']> = {
  err: (error) => loggedError(error),
  req: () => undefined,
  res: () => undefined,
}

/** Gives a message to an error without one, because pino would take the error's own, which has not been cleaned. */
const hooks: NonNullable<LoggerOptions['hooks']> = {
  logMethod([subject, ...rest], method) {
    const isError =
      typeof subject === 'object' && subject !== null && (subject instanceof Error || 'err' in subject)
    method.apply(this, isError && rest.length === 0 ? [subject, 'unexpected error'] : [subject, ...rest])
  },
}
