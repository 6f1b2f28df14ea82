import { QUESTIONS } from '../answers/questions.ts'
import type { ConformSettings } from '../settings/conform-flags.ts'
import type { Finding, Outcome } from './run.ts'

/** What a report is about. */
export interface Run extends Outcome {
  /** The URL of the server. */
  readonly url: string
  /** The time of the run, in ISO 8601. */
  readonly date: string
}

const subjectOf = ({ row }: Finding): string => String(row.operation ?? row.topic)
const ofOutcome = <Name extends Finding['outcome']>({ findings }: Outcome, name: Name) =>
  findings.filter((one): one is Extract<Finding, { outcome: Name }> => one.outcome === name)

/** Formats the report of a run. */
export function reportOf(run: Run, format: ConformSettings['format']): string {
  return { text: textOf, json: jsonOf, junit: junitOf }[format](run)
}

function textOf(run: Run): string {
  const confirmed = ofOutcome(run, 'confirmed').length
  const contradictions = ofOutcome(run, 'contradicted')
  const untestable = ofOutcome(run, 'not testable')
  const reasons = [...Map.groupBy(untestable, ({ reason }) => reason)]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([reason, { length }]) => `  ${String(length).padStart(4)}  ${reason}\n`)
  const details = contradictions.map((one) =>
    [
      `\n  ${subjectOf(one)}: ${one.row.what}`,
      `    expected  ${one.expected}`,
      `    got       ${one.got}`,
      `    ledger    ${one.row.value}`,
      `              ${one.row.confidence}: ${one.row.source}`,
      ...choicesFor(one),
      '',
    ].join('\n'),
  )
  const counts = `${confirmed} confirmed, ${contradictions.length} contradicted, ${untestable.length} not testable`
  return [
    `${run.url}, ${run.date}\n${counts}\n`,
    ...(reasons.length === 0 ? [] : ['\nNot testable:\n', ...reasons]),
    ...(details.length === 0 ? [] : ['\nContradicted:\n', ...details]),
  ].join('')
}

/** Returns how the fake can be told to answer differently, if the row is about an open question. */
function choicesFor({ row: { question } }: Finding): string[] {
  if (question === undefined) return []
  const [, ...others] = QUESTIONS[question]
  return [`    the fake  ${others.map((option) => `--answer ${question}=${option}`).join(', or ')}`]
}

function jsonOf({ url, date, findings, refusals, left, wasStopped }: Run): string {
  const rows = findings.map((finding) => {
    const { row, ...verdict } = finding
    const { what, value: ledger, source, question } = row
    return { subject: subjectOf(finding), what, ledger, source, question, ...verdict }
  })
  return `${JSON.stringify({ url, date, refusals, left, was_stopped: wasStopped, rows }, undefined, 2)}\n`
}

function junitOf(run: Run): string {
  const [failures, skipped] = [ofOutcome(run, 'contradicted'), ofOutcome(run, 'not testable')]
  const counts = { tests: run.findings.length, failures: failures.length, errors: 0, skipped: skipped.length }
  const suite = { name: 'fake-devin conform', hostname: run.url, timestamp: run.date, ...counts }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites${attributes(counts)}>\n  <testsuite${attributes(suite)}>\n`,
    ...run.findings.map(testCase),
    '  </testsuite>\n</testsuites>\n',
  ].join('')
}

function testCase(finding: Finding): string {
  const { row } = finding
  const start = `    <testcase${attributes({ classname: subjectOf(finding), name: row.what })}`
  if (finding.outcome === 'confirmed') return `${start}/>\n`
  if (finding.outcome === 'not testable') {
    return `${start}>\n      <skipped${attributes({ message: finding.reason })}/>\n    </testcase>\n`
  }
  const { expected, got } = finding
  const failure = attributes({ message: `expected ${expected}, got ${got}`, type: 'contradicted' })
  const ledger = escapeXml(`${row.value}\n${row.confidence}: ${row.source}`)
  return `${start}>\n      <failure${failure}>${ledger}</failure>\n    </testcase>\n`
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
}

/** Escapes a text for XML 1.0, which has no form for most control characters and for lone surrogates. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll(/[&<>"\n]/g, (character) => ENTITIES[character] as string)
}
