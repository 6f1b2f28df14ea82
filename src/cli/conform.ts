import { writeFileSync } from 'node:fs'
import { formatInstant, systemClock } from '../base/clock.ts'
import { randomIds } from '../base/ids.ts'
import { MASK } from '../base/mask-keys.ts'
import { observationsOf } from '../conform/observations.ts'
import { type Run, reportOf } from '../conform/report.ts'
import { conform as compare } from '../conform/run.ts'
import { sendTo } from '../conform/send.ts'
import { urlOf } from '../server/server-url.ts'
import type { Config } from '../settings/config.ts'
import type { ConformSettings } from '../settings/conform-flags.ts'
import { StartError, UsageError } from '../settings/start-error.ts'
import type { ProcessIo } from './run.ts'

type Options = ConformSettings & Pick<Config, 'url' | 'host' | 'port' | 'orgId'>

/**
 * `fake-devin conform`: compares a server with the fidelity ledger, and prints a report. Resolves with 1 if the server contradicts the
 * ledger, if something could not be removed, or if the run was stopped; otherwise with 0. Throws UsageError for flags that do not work
 * together.
 */
export async function conform(config: Options, { stdout, stderr, stopped }: ProcessIo): Promise<number> {
  const { v1Key, v3Key, writes, sessions, enterprise, timeout, orgId, format, reportFile } = config
  const keys = [v1Key, v3Key].filter((key) => key !== undefined)
  if (keys.length === 0) throw new UsageError('conform requires --key, --v3-key or DEVIN_API_KEY')
  if (!writes && (sessions || enterprise))
    throw new UsageError('--sessions and --enterprise require --writes')
  const url = config.url ?? urlOf({ address: config.host, port: config.port })
  const outcome = await compare({
    send: sendTo(url, timeout * 1000),
    keys: { v1: v1Key, v3: v3Key },
    orgId,
    writes,
    sessions,
    enterprise,
    stopped,
    name: `fake-devin-conform-${randomIds().hex().slice(0, 12)}`,
  })
  const run: Run = { ...outcome, url, date: formatInstant(systemClock().now()) }
  // The checks show no values of answers. This is for a server that puts a key into the name of a member or into a message.
  const hide = (text: string) => keys.reduce((hidden, key) => hidden.replaceAll(key, MASK), text)
  const report = hide(reportOf(run, format))
  if (reportFile === undefined) stdout.write(report)
  else {
    write(reportFile, report)
    stdout.write(hide(reportOf(run, 'text')))
  }
  if (config.updateLedgerFile !== undefined) write(config.updateLedgerFile, hide(observationsOf(run)))
  const notes = [
    ...run.refusals,
    ...run.left.map((one) => `could not be removed, or may have been created: ${one}`),
    ...(run.wasStopped ? ['the run was stopped before its end'] : []),
  ]
  for (const note of notes) stderr.write(`fake-devin: ${hide(note)}\n`)
  const isContradicted = run.findings.some(({ outcome: name }) => name === 'contradicted')
  return isContradicted || run.left.length > 0 || run.wasStopped ? 1 : 0
}

/** Writes a file. Throws StartError with the reason if that fails. */
function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new StartError(`cannot write ${path}: ${(error as NodeJS.ErrnoException).code}`)
  }
}
