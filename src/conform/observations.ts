import type { Run } from './report.ts'

/** The version of the format of the file that `--update-ledger` writes. */
const FORMAT = 1

/**
 * Returns what a run has seen, as JSON, for the maintainers of the ledger: for each row that could be tested, whether it holds, what was
 * verified or seen instead, and a source for the row. docs/conformance.md describes the format.
 */
export function observationsOf({ url, date, findings }: Run): string {
  const day = date.slice(0, 10)
  const source = `seen by fake-devin conform with ${new URL(url).host}, ${day}`
  const rows = findings.flatMap(({ row, ...verdict }) =>
    verdict.outcome === 'not testable'
      ? []
      : [{ subject: row.operation ?? row.topic, what: row.what, ledger: row.value, ...verdict, source }],
  )
  return `${JSON.stringify({ format: FORMAT, server: url, date: day, rows }, undefined, 2)}\n`
}
