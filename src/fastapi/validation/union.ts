import { EXACT, type Exactness, type Validate, type ValidationContext } from './context.ts'
import {
  allowKeywords,
  type CompiledSchema,
  type CompilePart,
  notUnderstood,
  type SchemaPart,
} from './keywords.ts'

/** Compiles `X | None` and unions, which pydantic flattens: nested ones and every null among them count as one. */
export function compileUnion(schema: SchemaPart, where: string, compile: CompilePart): CompiledSchema {
  const parts = flatten(schema, where)
  const others = parts.filter((part) => part.type !== 'null')
  const members = others.map((part, index) => compile(part, `${where}.anyOf[${index}]`))
  const [first] = members
  if (first === undefined) throw notUnderstood(where, 'a union without members')
  const member = members.length === 1 ? first : smartUnion(members)
  return others.length < parts.length ? nullable(member) : member
}

function flatten(schema: SchemaPart, where: string): SchemaPart[] {
  allowKeywords(schema, where, ['anyOf'])
  if (!Array.isArray(schema.anyOf)) throw notUnderstood(where, 'an "anyOf" that is no list')
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

/** How well a member fitted. */
interface Match {
  readonly value: unknown
  readonly exactness: Exactness
  readonly fieldsSet: number | undefined
}

/** pydantic's smart mode: the best fit wins, of equals the first; without any, the issues of all members stay. */
function smartUnion(members: readonly CompiledSchema[]): CompiledSchema {
  const labelled = members.map(({ validate, label }) => ({ validate, label: label() }))
  const shapes = new Set(members.map((member) => member.shape))
  const [shape = 'other'] = shapes
  const validate: Validate = (input, context) => {
    const { exactness, fieldsSet } = context
    const issuesBefore = context.issues.length
    let best: Match | undefined
    for (const { validate, label } of labelled) {
      const match = tryMember(validate, label, input, context)
      if (match !== undefined && (best === undefined || isBetter(match, best))) best = match
    }
    context.exactness = exactness
    context.fieldsSet = fieldsSet
    if (best === undefined) return void context.trim()
    context.issues.length = issuesBefore
    context.lower(best.exactness)
    if (best.fieldsSet !== undefined) context.addFieldsSet(best.fieldsSet)
    return best.value
  }
  return {
    validate,
    label: () => `union[${labelled.map(({ label }) => label).join(',')}]`,
    shape: shapes.size === 1 ? shape : 'other',
  }
}

/** Undefined, and new issues, where the member does not fit. */
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

/** Of two models the one that more fields were given for; else, and where that is equal, the closer fit. */
function isBetter(match: Match, best: Match): boolean {
  if (match.fieldsSet !== undefined && best.fieldsSet !== undefined && match.fieldsSet !== best.fieldsSet) {
    return match.fieldsSet > best.fieldsSet
  }
  return match.exactness > best.exactness
}
