import type { OpenQuestion } from '../src/fidelity/index.ts'
import { type FidelityRow, isExact } from '../src/fidelity/row.ts'

/**
 * Returns the ledger as a page, with a table of the open questions, and one for each operation and each topic, in the order of the rows.
 */
export function fidelityMarkdown(
  rows: readonly FidelityRow[],
  questions: readonly OpenQuestion[] = [],
): string {
  const tables = Map.groupBy(rows, (row) => row.operation ?? row.topic)
  return [
    INTRODUCTION,
    questionTable(questions),
    ...[...tables].map(([subject, ofSubject]) => table(subject, ofSubject)),
  ].join('\n')
}

const INTRODUCTION = `# Fidelity

This ledger lists the fake's answers, with the confidence in each and its source. \`npm run docs\` generates it from \`src/fidelity/\`; a test
compares the exact answers here with those of the application, and the operations with its routes.

- **documented**: the vendor publishes it, or once did. Pages have the names of their paths under \`https://docs.devin.ai/api-reference/\`; the
  *legacy openapi.yaml* is the older, hand-written \`https://docs.devin.ai/openapi.yaml\`.
- **seen**: it was observed on the live service, or in code that works with the service.
- **guess**: it was inferred, or is a choice.

In an answer, \`<…>\` stands for a value that varies.
`

/** Returns the table of the open questions. Only the first row of a question, which has its default, names it. */
function questionTable(questions: readonly OpenQuestion[]): string {
  const lines = questions.flatMap(({ name, question, options }) =>
    options.map(({ option, value, confidence, source }, index) => {
      const [subject, choice] =
        index === 0 ? [`\`${name}\`<br>${question}`, `\`${option}\` (default)`] : ['', `\`${option}\``]
      return `| ${[subject, choice, code(value), confidence, source].map(cell).join(' | ')} |`
    }),
  )
  return [
    OPEN_QUESTIONS,
    '| Question | Option | Answer | Confidence | Source |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n')
}

const OPEN_QUESTIONS = `## Open questions

The vendor's documents leave these questions open, contradict each other, or contradict observations of the service. Each answer with evidence is an
option, so you can test a client with all of them:

- \`--answer v1-unknown-secret=403\`, repeated or comma-separated, or \`FAKE_DEVIN_ANSWER\`, when the server starts; \`startFakeDevin({ answers: {
  'v1-unknown-secret': '403' } })\` in the library;
- \`PUT /_fake/answers\` while it runs, or \`devin.answers.set({ 'v1-unknown-secret': '403' })\`: for all organizations, or for one with \`org_id\`.
  \`DELETE /_fake/answers\` restores the answers of the start.

\`v1-bad-key\`, \`v3-bad-key\` and \`v3-unknown-organization\` arise before the organization is known, so they have one answer for all organizations. The OpenAPI
documents describe the default answers.
`

function table(subject: string, rows: readonly FidelityRow[]): string {
  const isOperation = rows[0]?.operation !== undefined
  const lines = rows.map(({ what, value, confidence, source, question, setting }) => {
    const change = question === undefined ? setting : `--answer ${question}`
    const answer = change === undefined ? code(value) : `${code(value)} (changed by \`${change}\`)`
    return `| ${[what, answer, confidence, source].map(cell).join(' | ')} |`
  })
  const title = isOperation ? `\`${subject}\`` : `${subject[0]?.toUpperCase()}${subject.slice(1)}`
  return [
    `## ${title}`,
    '',
    '| What | Answer | Confidence | Source |',
    '| --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n')
}

/** Formats an exact answer as code. A rule is a sentence with its own formatting and stays as it is. */
function code(value: string): string {
  return isExact(value) ? `\`${value}\`` : value
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
