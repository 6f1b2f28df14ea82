import type { FidelityRow } from '../src/fidelity/index.ts'

/** Returns the ledger as a page, with a table for each operation and each topic, in the order of the rows. */
export function fidelityMarkdown(rows: readonly FidelityRow[]): string {
  const tables = Map.groupBy(rows, (row) => row.operation ?? row.topic)
  return [INTRODUCTION, ...[...tables].map(([subject, ofSubject]) => table(subject, ofSubject))].join('\n')
}

const INTRODUCTION = `# Fidelity

What the fake does, how well that is known, and where from. Written by \`npm run docs\` from \`src/fidelity/\`; a test compares
the exact answers here with those of the application, and the operations with its routes.

- **documented**: the vendor publishes it, or once did. Pages are named as under \`https://docs.devin.ai/api-reference/\`; the
  *legacy openapi.yaml* is the older, hand-written \`https://docs.devin.ai/openapi.yaml\`.
- **seen**: it was observed against the live service, or in code that works against it.
- **guess**: it follows from something else, or is a choice.

In an answer, \`<…>\` stands for what differs from one to the next.
`

function table(subject: string, rows: readonly FidelityRow[]): string {
  const isOperation = rows[0]?.operation !== undefined
  const lines = rows.map(({ what, value, confidence, source, setting }) => {
    const answer = setting === undefined ? code(value) : `${code(value)} (changed by \`${setting}\`)`
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

/** Returns whether a row's value is an exact status and body, not a rule in words. */
export function isExact(value: string): boolean {
  return /^\d{3}(?: (?:[[{"]|null$|Internal Server Error$)|$)/.test(value)
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
