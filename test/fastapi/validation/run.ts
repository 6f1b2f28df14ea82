import type { TSchema } from '@sinclair/typebox'
import type { ValidationIssue } from '../../../src/fastapi/errors.ts'
import { compileValidator, ValidationContext } from '../../../src/fastapi/validation/compile.ts'

/** Returns the coerced value. Throws if there are issues. */
export function coerced(schema: TSchema, input: unknown): unknown {
  const context = new ValidationContext()
  const value = compileValidator(schema)(input, context)
  if (context.issues.length > 0) throw new Error(`refused: ${context.issues[0]?.type}`)
  return value
}

/** Returns all issues. Their loc is relative to `input`. */
export function issuesOf(schema: TSchema, input: unknown): ValidationIssue[] {
  const context = new ValidationContext()
  compileValidator(schema)(input, context)
  return context.issues
}

/** Returns pydantic's issue about `input` itself. */
export function issue(
  type: string,
  msg: string,
  input: unknown,
  ctx?: Record<string, unknown>,
): ValidationIssue {
  return ctx === undefined ? { type, loc: [], msg, input } : { type, loc: [], msg, input, ctx }
}
