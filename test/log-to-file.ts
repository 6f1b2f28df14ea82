import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type Log, openLog } from '../src/server/logging.ts'
import type { LogLevel } from '../src/settings/config.ts'

/** Opens a log to a file of the test. `text` closes the log and resolves with its text. */
export async function logToFile(
  t: Test,
  level: LogLevel,
  isTerminal = false,
): Promise<Log & { text(): Promise<string> }> {
  const path = join(t.testdir({}), 'log')
  const log = await openLog(level, { fd: openSync(path, 'w'), isTerminal })
  if (log === undefined) throw new Error('no log')
  const text = async () => {
    await log.close()
    return readFileSync(path, 'utf8')
  }
  return { ...log, text }
}

/** Parses a text of JSON lines. */
export const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
