/** One row of the table. */
export interface Figure {
  readonly what: string
  /** The absolute figure, for orientation. Depends on the machine as much as on the program. */
  readonly measured: string
  /** The figure to compare with the goal, as printed. */
  readonly result: string
  readonly goal: string
  readonly verdict: 'stretch' | 'goal' | 'missed' | '–'
}

/** The goals for a value, in its unit. */
export interface Target {
  readonly goal: number
  readonly stretch?: number
  /** Default: lower is better. */
  readonly isMoreBetter?: boolean
  readonly unit: string
}

/** Returns the row for a value and its target. */
export function figure(what: string, measured: string, value: number, target: Target): Figure {
  const { goal, stretch, isMoreBetter = false, unit } = target
  const sign = isMoreBetter ? '≥' : '≤'
  const reaches = (limit: number) => (isMoreBetter ? value >= limit : value <= limit)
  const verdict =
    stretch !== undefined && reaches(stretch) ? 'stretch' : reaches(goal) ? 'goal' : ('missed' as const)
  const goals = [goal, ...(stretch === undefined ? [] : [stretch])]
  return {
    what,
    measured,
    result: shown(value, unit),
    goal: goals.map((limit) => `${sign} ${limit}${unit}`).join(', '),
    verdict,
  }
}

/** Returns the row for a figure without a goal. */
export function note(what: string, measured: string, result: string, goal = '–'): Figure {
  return { what, measured, result, goal, verdict: '–' }
}

function shown(value: number, unit: string): string {
  return `${value >= 100 ? Math.round(value) : value.toFixed(2)}${unit}`
}

const HEADINGS = ['what', 'measured', 'result', 'goal, stretch', 'reaches']

/** Returns the rows as a Markdown table with aligned columns. */
export function table(figures: readonly Figure[]): string {
  const rows = [
    HEADINGS,
    HEADINGS.map(() => '---'),
    ...figures.map(({ what, measured, result, goal, verdict }) => [what, measured, result, goal, verdict]),
  ]
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
    .join('\n')
}
