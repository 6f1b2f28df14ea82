/** The facts that the jobs of an index follow from. */
export interface IndexFacts {
  readonly branches: readonly string[]
  /** How the jobs end. */
  readonly outcome: 'completed' | 'failed'
  /** The time at which the jobs started, in microseconds since the epoch. */
  readonly createdAt: number
}

/** What a job makes: an index for search, or a wiki. */
export type IndexKind = 'search' | 'wiki'

/** A job that indexes a branch. */
export interface IndexJob {
  readonly kind: IndexKind
  readonly branch: string
  readonly status: 'in_progress' | IndexFacts['outcome']
}

/** The time that a job takes, in microseconds. */
const DURATION_MICROS: Readonly<Record<IndexKind, number>> = { search: 60_000_000, wiki: 300_000_000 }

/** Returns the jobs of an index at a time: two per branch. With `instant`, jobs end at once. */
export function indexJobsAt(
  { branches, outcome, createdAt }: IndexFacts,
  now: number,
  instant: boolean,
): IndexJob[] {
  const statusOf = (kind: IndexKind) =>
    instant || now - createdAt >= DURATION_MICROS[kind] ? outcome : 'in_progress'
  return branches.flatMap((branch) =>
    (['search', 'wiki'] as const).map((kind) => ({ kind, branch, status: statusOf(kind) })),
  )
}
