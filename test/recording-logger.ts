import { pino } from 'pino'

/** Returns a logger that records its warnings instead of writing them. */
export function recordingLogger() {
  const warnings: string[] = []
  const write = (line: string) => void warnings.push(JSON.parse(line).msg)
  return { warnings, logger: pino({ level: 'warn' }, { write }) }
}
