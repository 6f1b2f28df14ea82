import { writeSync } from 'node:fs'
import type { Logger, LoggerOptions } from 'pino'
import { clearTimeout, setTimeout } from '../base/builtins.ts'
import { wallClock } from '../base/clock.ts'
import { maskKeys } from '../base/mask-keys.ts'
import type { LogLevel } from '../settings/config.ts'
import { LogBatch } from './log-batch.ts'

/** An open log. */
export interface Log {
  readonly logger: Logger
  /** Has something logged a moment later, as of now, together with others, which costs less. */
  readonly later: (log: () => void) => void
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
  const common: LoggerOptions = { level, base: null, serializers }
  if (isTerminal) {
    const { prettyFactory } = await import('pino-pretty')
    const pretty = prettyFactory({
      translateTime: 'SYS:HH:MM:ss.l',
      singleLine: true,
      ignore: 'method,route,status,reason',
      messageFormat: (line, key, _level, { colors }) => coloured(String(line[key]), line.status, colors),
    })
    // A terminal reads at once, so nothing is ever left in a buffer.
    const terminal = pino.destination({ fd, sync: true })
    const options = { ...common, hooks: { logMethod } }
    const logger = pino(options, { write: (line) => void terminal.write(pretty(line)) })
    return { logger, later: (log) => log(), close: async () => undefined }
  }
  // Asynchronous, so that a parent process that never reads its pipe does not stop the server when the pipe is full.
  const destination = pino.destination({ fd, sync: false, maxLength: BUFFER_MAX })
  destination.on('error', () => {
    // A full disk must not stop the server either, nor keep the process from ending: this tries for ever.
    destination.flushSync = () => undefined
  })
  let write = (text: string): void => void destination.write(text)
  const batch = new LogBatch(wallClock, (text) => write(text))
  const forget = onExit(() => {
    destination.flushSync()
    write = (text) => writeWhole(fd, text)
    batch.flush()
  })
  const options: LoggerOptions = {
    ...common,
    timestamp: () => `,"time":${batch.now()}`,
    hooks: {
      logMethod(...call) {
        batch.flushDeferred()
        logMethod.apply(this, call)
      },
    },
  }
  const logger = pino(options, { write: (line) => batch.add(line) })
  const close = () =>
    new Promise<void>((resolve) => {
      forget()
      batch.flush()
      write = () => undefined
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
  return { logger, later: (log) => batch.defer(log), close }
}

type Colours = Readonly<Record<'green' | 'cyan' | 'yellow' | 'red', (text: string) => string>>

/** A line with its status in a colour, where colours are wanted: the library looks at NO_COLOR and FORCE_COLOR. */
function coloured(text: string, status: unknown, colours: Colours): string {
  if (typeof status !== 'number') return text
  const colour = status >= 500 ? 'red' : status >= 400 ? 'yellow' : status >= 300 ? 'cyan' : 'green'
  return text.replace(` ${status}`, ` ${colours[colour](String(status))}`)
}

/** Writes a text now. Throws when that is not possible. */
function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written)
}

/** What is to be done when the process ends, for every log that is open then. */
const atExit = new Set<() => void>()

/** Has something done when the process ends, and gives the way to take that back. */
function onExit(finish: () => void): () => void {
  if (atExit.size === 0) process.on('exit', exit)
  atExit.add(finish)
  return () => {
    atExit.delete(finish)
    if (atExit.size === 0) process.off('exit', exit)
  }
}

function exit(): void {
  for (const finish of atExit) {
    try {
      finish()
    } catch {
      // A log that cannot be written is no reason to end otherwise.
    }
  }
}

/** Everything that looks like a key of the API or like bearer credentials is blotted out. */
function withoutKeys(text: string): string {
  return maskKeys(text, '[redacted]').replaceAll(/\bbearer\s[^"',;)}\]\r\n]+/gi, '[redacted]')
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
const logMethod: NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']> = function (args, method) {
  const [subject] = args
  const isError =
    typeof subject === 'object' && subject !== null && (subject instanceof Error || 'err' in subject)
  method.apply(this, isError && args.length === 1 ? [subject, 'unexpected error'] : args)
}
