import { ISSUES_MAX } from '../bounded-issues.ts'
import type { LocItem, ValidationIssue } from '../issue.ts'

/**
 * The lowest exactness of a match: the value was converted. Only unions use the exactness: pydantic's smart mode picks the
 * member with the highest one, and the first of equals.
 */
export const LAX = 0
/** See {@link LAX}. The value is of another type but was not converted: an integer for a float, an object for a model. */
export const STRICT = 1
/** See {@link LAX}. The value is exactly of the type. */
export const EXACT = 2

/** One of {@link LAX}, {@link STRICT} and {@link EXACT}. */
export type Exactness = typeof LAX | typeof STRICT | typeof EXACT

/** Returns the coerced value. The return value is meaningless if an issue was reported. */
export type Validate = (input: unknown, context: ValidationContext) => unknown

/** Collects issues while a value is validated. `path` is the loc of the current value. */
export class ValidationContext {
  readonly path: LocItem[] = []
  /** At most `ISSUES_MAX` issues, and temporarily as many again for each enclosing union. */
  readonly issues: ValidationIssue[] = []
  #issuesMax = ISSUES_MAX
  /** The lowest exactness of the values validated since a union last reset it. */
  exactness: Exactness = EXACT
  /** The number of model fields set since a union last reset it; undefined if no model was validated. */
  fieldsSet: number | undefined

  /** Whether further issues are dropped, so that validation can stop early. */
  get isFull(): boolean {
    return this.issues.length >= this.#issuesMax
  }

  /** Lets the next attempt collect up to `ISSUES_MAX` issues of its own. Returns the argument for `endAttempt`. */
  beginAttempt(): number {
    const before = this.#issuesMax
    this.#issuesMax = this.issues.length + ISSUES_MAX
    return before
  }

  /** Ends an attempt. Its issues remain until `trim` or the caller removes them. */
  endAttempt(before: number): void {
    this.#issuesMax = before
  }

  /** Drops the issues beyond the limit after attempts. */
  trim(): void {
    if (this.issues.length > this.#issuesMax) this.issues.length = this.#issuesMax
  }

  /** Adds an issue about the current value unless the context is full. The issue has a `ctx` only if one is given. */
  report(type: string, msg: string, input: unknown, ctx?: Record<string, unknown>): void {
    if (this.isFull) return
    const issue: ValidationIssue = { type, loc: [...this.path], msg, input }
    if (ctx !== undefined) issue.ctx = ctx
    this.issues.push(issue)
  }

  /** Lowers the exactness to at most the given one. */
  floorExactness(exactness: Exactness): void {
    if (exactness < this.exactness) this.exactness = exactness
  }

  /** Adds the number of fields set in a model. */
  addFieldsSet(count: number): void {
    this.fieldsSet = (this.fieldsSet ?? 0) + count
  }
}
