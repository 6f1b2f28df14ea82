import { pino } from 'pino'

/** A logger whose warnings are kept instead of written. */
export function recordingLogger() {
  const warnings: string[] = []
  const write = (line: string) => void warnings.push(JSON.parse(line).msg)
  return { warnings, logger: pino({ level: 'warn' }, { write }) }
}
