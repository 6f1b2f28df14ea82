import { ISSUES_MAX } from '../bounded-issues.ts'
import type { LocItem, ValidationIssue } from '../issue.ts'

/**
 * How closely a value fitted its type, lowest first. Only unions look at it: pydantic's smart mode takes the member that
 * fits best, and within the same degree the first one.
 */
export const LAX = 0
/** See {@link LAX}: of another type, but nothing was converted (an integer for a float, an object for a model). */
export const STRICT = 1
/** See {@link LAX}: of the very type. */
export const EXACT = 2

/** One of {@link LAX}, {@link STRICT} and {@link EXACT}. */
export type Exactness = typeof LAX | typeof STRICT | typeof EXACT

/** Returns the coerced value; what it returns after reporting an issue is meaningless. */
export type Validate = (input: unknown, context: ValidationContext) => unknown

/** Collects issues while a value is validated; `path` is the loc of the value now looked at. */
export class ValidationContext {
  readonly path: LocItem[] = []
  /** No more than `ISSUES_MAX`, and for a moment as many again for each union that a value is inside of. */
  readonly issues: ValidationIssue[] = []
  #issuesMax = ISSUES_MAX
  /** The lowest degree to which anything validated since a union last set it fitted its type. */
  exactness: Exactness = EXACT
  /** How many model fields were given since a union last reset it; undefined when no model was met. */
  fieldsSet: number | undefined

  /** Whether no further issue is taken, so that there is no use in looking at more of a value. */
  get isFull(): boolean {
    return this.issues.length >= this.#issuesMax
  }

  /**
   * Has the next attempt at a value collect up to `ISSUES_MAX` issues of its own. Returns what `endAttempt` needs.
   */
  beginAttempt(): number {
    const before = this.#issuesMax
    this.#issuesMax = this.issues.length + ISSUES_MAX
    return before
  }

  /** Ends an attempt. The issues stay, until `trim` or the caller drops them. */
  endAttempt(before: number): void {
    this.#issuesMax = before
  }

  /** Drops the issues beyond the bound, after attempts. */
  trim(): void {
    if (this.issues.length > this.#issuesMax) this.issues.length = this.#issuesMax
  }

  /** Adds an issue about the value now looked at, unless there are enough; `ctx` is left out of it when not given. */
  report(type: string, msg: string, input: unknown, ctx?: Record<string, unknown>): void {
    if (this.isFull) return
    const issue: ValidationIssue = { type, loc: [...this.path], msg, input }
    if (ctx !== undefined) issue.ctx = ctx
    this.issues.push(issue)
  }

  /** Notes that a value fitted its type to this degree only. */
  lower(exactness: Exactness): void {
    if (exactness < this.exactness) this.exactness = exactness
  }

  /** Notes that a model was met in which so many fields were given. */
  addFieldsSet(count: number): void {
    this.fieldsSet = (this.fieldsSet ?? 0) + count
  }
}
