import { type FidelityRow, fidelity } from '../fidelity/index.ts'
import { type Access, type Answer, Api } from './api.ts'
import type { Check } from './check.ts'
import { checkOf } from './checks/index.ts'
import { Contradiction, NoAnswer, Untestable } from './errors.ts'
import { probe } from './probe.ts'

/** What became of a row. */
export type Verdict =
  | {
      readonly outcome: 'confirmed'
      /** What was verified, such as `status` and `shape`. */
      readonly verified: readonly string[]
    }
  | { readonly outcome: 'contradicted'; readonly expected: string; readonly got: string }
  | { readonly outcome: 'not testable'; readonly reason: string }

/** A row of the ledger with its verdict. */
export type Finding = Verdict & { readonly row: FidelityRow }

/** What a run has found. */
export interface Outcome {
  readonly findings: readonly Finding[]
  /** The keys that cannot be used, each with the reason. */
  readonly refusals: readonly string[]
  /** What the run has made and could not remove, or may have made. */
  readonly left: readonly string[]
  readonly wasStopped: boolean
}

/** After this many rows without an answer, the server is taken to be gone. */
const SILENT_MAX = 3

/**
 * Compares a server with the ledger, row by row, and removes what it has made, also when it is stopped. Rejects with StartError if the
 * server does not answer, is no API, or refuses all keys.
 */
export async function conform(
  access: Access,
  isChosen: (row: FidelityRow) => boolean = () => true,
): Promise<Outcome> {
  const { refusals, ...known } = await probe(access)
  const api = new Api({ ...access, ...known })
  const findings: Finding[] = []
  let left: string[] = []
  let silent = 0
  try {
    for (const row of fidelity.filter(isChosen)) {
      const check = silent < SILENT_MAX ? checkOf(row) : 'the server has stopped answering'
      const before = api.answers.length
      try {
        findings.push({ row, ...(await verdictOf(row, check, api)) })
        if (api.answers.length > before) silent = 0
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
        findings.push({ row, outcome: 'contradicted', expected: 'an answer', got: error.message })
        silent++
      }
    }
  } finally {
    left = await api.removeAll()
  }
  return { findings, refusals, left, wasStopped: api.isStopped }
}

/** Resolves with the verdict on one row. Rejects with {@link NoAnswer}, or because of a bug. */
async function verdictOf(row: FidelityRow, check: Check | string, api: Api): Promise<Verdict> {
  if (typeof check === 'string') return { outcome: 'not testable', reason: check }
  for (const { claims } of api.answers) claims.clear()
  try {
    await check(api, row)
    return { outcome: 'confirmed', verified: claimsOf(api.answers) }
  } catch (error) {
    if (error instanceof Untestable) return { outcome: 'not testable', reason: error.message }
    if (!(error instanceof Contradiction)) throw error
    const { expected, got } = error
    return { outcome: 'contradicted', expected, got }
  }
}

function claimsOf(answers: readonly Answer[]): string[] {
  return [...new Set(answers.flatMap(({ claims }) => [...claims]))]
}
