import { writeSync } from 'node:fs'
import type { Logger, LoggerOptions } from 'pino'
import { clearTimeout, setTimeout } from '../base/builtins.ts'
import { wallClock } from '../base/clock.ts'
import { maskKeys } from '../base/mask-keys.ts'
import type { LogLevel } from '../settings/config.ts'
import { LogBatch } from './log-batch.ts'

type Pino = typeof import('pino')['pino']

/** An open log. */
export interface Log {
  readonly logger: Logger
  /** Defers a log call and runs it together with others, which costs less. The line keeps the current time. */
  readonly later: (log: () => void) => void
  /** Writes the buffered lines. Gives up on a reader that does not read. */
  close(): Promise<void>
}

/** The destination and the format of a log. */
export interface LogTarget {
  /** The file descriptor. Default: 1, standard output. */
  readonly fd?: number
  /** Whether people read the log. Default: whether standard output is a terminal. */
  readonly isTerminal?: boolean
}

/** The size of the buffer for a reader that does not read, in bytes. Lines beyond it are dropped. */
const BUFFER_MAX = 16 * 2 ** 20

/** How long `close` waits for a reader that does not read, in milliseconds. */
const FLUSH_MS = 100

/**
 * Opens the log: readable lines on a terminal, else one JSON object per line. Returns undefined for `silent`. Loads pino and
 * pino-pretty only when needed.
 */
export async function openLog(level: LogLevel, target: LogTarget = {}): Promise<Log | undefined> {
  if (level === 'silent') return undefined
  const { fd = 1, isTerminal = process.stdout.isTTY === true } = target
  const { pino } = await import('pino')
  const options: LoggerOptions = { level, base: null, serializers }
  return isTerminal ? openTerminalLog(pino, options, fd) : openJsonLog(pino, options, fd)
}

async function openTerminalLog(pino: Pino, options: LoggerOptions, fd: number): Promise<Log> {
  const { prettyFactory } = await import('pino-pretty')
  const pretty = prettyFactory({
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    ignore: 'method,route,status,reason',
    messageFormat: (line, key, _level, { colors }) => coloured(String(line[key]), line.status, colors),
  })
  // A terminal reads immediately, so the buffer is always empty.
  const terminal = pino.destination({ fd, sync: true })
  const write = (line: string) => void terminal.write(pretty(line))
  const logger = pino({ ...options, hooks: { logMethod } }, { write })
  return { logger, later: (log) => log(), close: async () => undefined }
}

function openJsonLog(pino: Pino, options: LoggerOptions, fd: number): Log {
  // Asynchronous, so that a full pipe whose reader never reads does not block the server.
  const destination = pino.destination({ fd, sync: false, maxLength: BUFFER_MAX })
  destination.on('error', () => {
    // A full disk must not stop the server or keep the process from ending: flushSync would retry for ever.
    destination.flushSync = () => undefined
  })
  let write = (text: string): void => void destination.write(text)
  const batch = new LogBatch(wallClock, (text) => write(text))
  const forget = onExit(() => {
    destination.flushSync()
    write = (text) => writeWhole(fd, text)
    batch.flush()
  })
  const batched: LoggerOptions = {
    ...options,
    timestamp: () => `,"time":${batch.now()}`,
    hooks: {
      logMethod(...call) {
        batch.flushDeferred()
        logMethod.apply(this, call)
      },
    },
  }
  const logger = pino(batched, { write: (line) => batch.add(line) })
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
        // Otherwise pino writes the rest synchronously at process exit, which could block for ever.
        destination.destroy()
        resolve()
      }
    })
  return { logger, later: (log) => batch.defer(log), close }
}

type Colours = Readonly<Record<'green' | 'cyan' | 'yellow' | 'red', (text: string) => string>>

/** Colours the status in a line if colours are enabled. The library honours NO_COLOR and FORCE_COLOR. */
function coloured(text: string, status: unknown, colours: Colours): string {
  if (typeof status !== 'number') return text
  const colour = status >= 500 ? 'red' : status >= 400 ? 'yellow' : status >= 300 ? 'cyan' : 'green'
  return text.replace(` ${status}`, ` ${colours[colour](String(status))}`)
}

/** Writes a text synchronously. Throws when the write fails. */
function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written)
}

/** The exit handlers of the open logs. */
const atExit = new Set<() => void>()

/** Registers an exit handler and returns a function that removes it. */
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
      // A failing log must not change how the process ends.
    }
  }
}

/** Masks everything that looks like an API key or like bearer credentials. */
function withoutKeys(text: string): string {
  return maskKeys(text, '[redacted]').replaceAll(/\bbearer\s[^"',;)}\]\r\n]+/gi, '[redacted]')
}

/** The logged form of an error. Omits further properties, which may contain a request with its headers and its body. */
interface LoggedError {
  type: string
  message: string
  stack: string
  code?: string
  cause?: LoggedError
}

/** The maximum number of nested causes that are logged. */
const CAUSES_MAX = 5

function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an Error', stack: '' }
  const { name: type, message, stack = '', cause } = error
  // JSON.parse quotes its input, which may be a body.
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

/** Replaces the serializers of pino and Fastify, which log URLs with their query strings and every property of an error. */
const serializers: NonNullable<LoggerOptions['serializers']> = {
  err: (error) => loggedError(error),
  req: () => undefined,
  res: () => undefined,
}

/** Adds a message to a log call with only an error, because pino would log the error's own message unmasked. */
const logMethod: NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']> = function (args, method) {
  const [subject] = args
  const isError =
    typeof subject === 'object' && subject !== null && (subject instanceof Error || 'err' in subject)
  method.apply(this, isError && args.length === 1 ? [subject, 'unexpected error'] : args)
}
