import { EXACT, type Exactness, type Validate, type ValidationContext } from './context.ts'
import {
  allowKeywords,
  type CompiledSchema,
  type CompilePart,
  type SchemaPart,
  unsupportedSchema,
} from './keywords.ts'

/** Compiles unions and `X | None`. Nested unions are flattened as in pydantic, and all null members count as one. */
export function compileUnion(schema: SchemaPart, where: string, compile: CompilePart): CompiledSchema {
  const parts = flatten(schema, where)
  const others = parts.filter((part) => part.type !== 'null')
  const members = others.map((part, index) => compile(part, `${where}.anyOf[${index}]`))
  const [first] = members
  if (first === undefined) throw unsupportedSchema(where, 'a union without members')
  const member = members.length === 1 ? first : smartUnion(members)
  return others.length < parts.length ? nullable(member) : member
}

function flatten(schema: SchemaPart, where: string): SchemaPart[] {
  allowKeywords(schema, where, ['anyOf'])
  if (!Array.isArray(schema.anyOf)) throw unsupportedSchema(where, 'an "anyOf" that is not a list')
  const parts = schema.anyOf as SchemaPart[]
  return parts.flatMap((part) => ('anyOf' in part ? flatten(part, where) : [part]))
}

function nullable({ validate, label, shape }: CompiledSchema): CompiledSchema {
  return {
    validate: (input, context) => (input === null ? null : validate(input, context)),
    label: () => `nullable[${label()}]`,
    shape,
  }
}

/** The result of a member that accepted the value. */
interface Match {
  readonly value: unknown
  readonly exactness: Exactness
  readonly fieldsSet: number | undefined
}

/** Implements pydantic's smart mode: the first of the best matches wins. Without a match, the issues of all members remain. */
function smartUnion(members: readonly CompiledSchema[]): CompiledSchema {
  const labeled = members.map(({ validate, label }) => ({ validate, label: label() }))
  const shapes = new Set(members.map((member) => member.shape))
  const [shape = 'other'] = shapes
  const validate: Validate = (input, context) => {
    const { exactness, fieldsSet } = context
    const issuesBefore = context.issues.length
    let best: Match | undefined
    for (const { validate, label } of labeled) {
      const match = tryMember(validate, label, input, context)
      if (match !== undefined && (best === undefined || isBetter(match, best))) best = match
    }
    context.exactness = exactness
    context.fieldsSet = fieldsSet
    if (best === undefined) return void context.trim()
    context.issues.length = issuesBefore
    context.floorExactness(best.exactness)
    if (best.fieldsSet !== undefined) context.addFieldsSet(best.fieldsSet)
    return best.value
  }
  return {
    validate,
    label: () => `union[${labeled.map(({ label }) => label).join(',')}]`,
    shape: shapes.size === 1 ? shape : 'other',
  }
}

/** Returns undefined and adds issues if the member does not match. */
function tryMember(
  validate: Validate,
  label: string,
  input: unknown,
  context: ValidationContext,
): Match | undefined {
  const issuesBefore = context.issues.length
  context.exactness = EXACT
  context.fieldsSet = undefined
  context.path.push(label)
  const attempt = context.beginAttempt()
  const value = validate(input, context)
  context.endAttempt(attempt)
  context.path.pop()
  if (context.issues.length > issuesBefore) return undefined
  return { value, exactness: context.exactness, fieldsSet: context.fieldsSet }
}

/** Prefers the model with more fields set. If equal or not both are models, prefers the higher exactness. */
function isBetter(match: Match, best: Match): boolean {
  if (match.fieldsSet !== undefined && best.fieldsSet !== undefined && match.fieldsSet !== best.fieldsSet) {
    return match.fieldsSet > best.fieldsSet
  }
  return match.exactness > best.exactness
}
