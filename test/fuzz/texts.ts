import fc from 'fast-check'
import { UNDESCRIBED_MEMBERS, valueFor } from './named-values.ts'

/** The part of JSON Schema that the served documents use. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly additionalProperties?: boolean | Schema
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly format?: string
}

/** Returns the target of a schema's `$ref`, or the schema itself without one. */
export type Resolve = (schema: Schema) => Schema

/** Texts that are known to break parsers, maps or regular expressions. */
const NOTORIOUS = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  '../../etc/passwd',
  '..%2f',
  '%00',
  '\u0000',
  '\ufeff',
  '\u2028',
  '🦄',
  'e\u0301',
  '{{request}}',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  '\r\nset-cookie: a=b',
  '[fake:default]',
  '[fake:nobody]',
  '[fake:',
  'ATTACHMENT:"https://example.com/x"',
  ',,,,',
  'a,'.repeat(2_000),
  'a'.repeat(5_000),
  `${'a'.repeat(200)}!`,
  '('.repeat(500),
  '-1',
  '0',
  '9'.repeat(4_301),
  '1e400',
]

/** Generates well-formed texts, many of them unusual. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 30 }) },
  { weight: 2, arbitrary: fc.string({ maxLength: 20, unit: 'binary' }).map((odd) => odd.toWellFormed()) },
  { weight: 2, arbitrary: fc.constantFrom(...NOTORIOUS) },
)

/** Generates JSON texts of unexpected values, including some that JavaScript does not parse. */
const oddValue: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    '{}',
    '[]',
    '0',
    '-0',
    '-0.0',
    '1e400',
    '-1e400',
    '1e-400',
    'NaN',
    'Infinity',
    '-Infinity',
    '9007199254740993',
    '123456789012345678901234567890',
    '0.1',
    '01',
    '1.',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '"\\x"',
    '"',
    '{',
    '[,]',
    '{"__proto__": {"polluted": 1}}',
    '{"constructor": {"prototype": {"polluted": 1}}}',
    '{"a": 1, "a": 2}',
    '{"toString": null, "valueOf": 1, "hasOwnProperty": []}',
    '9'.repeat(4_400),
    `${'['.repeat(300)}${']'.repeat(300)}`,
    `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
    '['.repeat(100_000),
    `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`,
  ),
  fc.json({ maxDepth: 3 }),
  text.map((odd) => JSON.stringify(odd)),
)

/** Generates the usual value, and rarely an odd one. */
export function rarely<T, U>(odd: fc.Arbitrary<T>, usual: U, weight = 20): fc.Arbitrary<T | U> {
  return fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: odd })
}

/** Generates JSON texts for a schema. Most match it; some contain unusual values. `name` is that of the member, if it is one. */
export function jsonFor(schema: Schema, resolve: Resolve, name?: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 12, arbitrary: fitting(resolve(schema), resolve, name) },
    { weight: 1, arbitrary: oddValue },
  )
}

function fitting(schema: Schema, resolve: Resolve, name?: string): fc.Arbitrary<string> {
  if (schema.anyOf !== undefined) {
    const alternatives = schema.anyOf.map((one) => ({
      weight: one.type === 'null' ? 1 : 3,
      arbitrary: jsonFor(one, resolve, name),
    }))
    return fc.oneof(...alternatives)
  }
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum.map((one) => JSON.stringify(one)))
  if (schema.const !== undefined) return fc.constant(JSON.stringify(schema.const))
  switch (schema.type) {
    case 'null':
      return fc.constant('null')
    case 'boolean':
      return fc.constantFrom('true', 'false')
    case 'integer':
    case 'number':
      return valueFor(name) ?? number(schema)
    case 'string':
      return string(schema, name).map((one) => JSON.stringify(one))
    case 'array': {
      const item = jsonFor(schema.items ?? {}, resolve, name)
      return fc.array(item, { maxLength: 4 }).map((items) => `[${items}]`)
    }
    case 'object':
      return object(schema, resolve)
    default:
      return fc.json({ maxDepth: 2 })
  }
}

function number({ type, minimum, maximum, exclusiveMinimum }: Schema): fc.Arbitrary<string> {
  const low = minimum ?? (exclusiveMinimum === undefined ? -1_000 : exclusiveMinimum + 1)
  const whole = fc.integer({ min: low, max: Math.max(low, Math.min(maximum ?? 100_000, 2 ** 31 - 1)) })
  return (type === 'integer' ? whole : fc.oneof(whole, fc.constantFrom(0.5, 1.25))).map(String)
}

function string(
  { minLength = 0, maxLength = 5_000, format }: Schema,
  name: string | undefined,
): fc.Arbitrary<string> {
  const usual =
    format === 'date-time'
      ? fc.constantFrom('2026-01-02T03:04:05Z', '2026-01-02', '1969-12-31T23:59:59Z')
      : text.map((one) => one.padEnd(minLength, 'x').slice(0, maxLength).toWellFormed())
  const named = valueFor(name)
  if (named === undefined) return usual
  return fc.oneof({ weight: 3, arbitrary: named }, { weight: 1, arbitrary: usual })
}

/** Returns the members of an object by name. One for which the document describes none gets some that the server knows. */
function membersOf({ properties = {}, additionalProperties }: Schema): Readonly<Record<string, Schema>> {
  if (Object.keys(properties).length > 0 || additionalProperties === undefined) return properties
  if (typeof additionalProperties === 'object' && additionalProperties.$ref !== undefined) {
    return { a: additionalProperties, b: additionalProperties }
  }
  const any: Schema = { anyOf: [{ type: 'string' }, { type: 'null' }] }
  const schema = typeof additionalProperties === 'object' ? additionalProperties : any
  return Object.fromEntries(UNDESCRIBED_MEMBERS.map((name) => [name, schema]))
}

function object(schema: Schema, resolve: Resolve): fc.Arbitrary<string> {
  const { required = [] } = schema
  const properties = membersOf(schema)
  const members = Object.entries(properties).map(([name, schema]) => {
    const member = jsonFor(schema, resolve, name).map((value) => `${JSON.stringify(name)}:${value}`)
    return fc.option(member, { freq: required.includes(name) ? 25 : 2, nil: undefined })
  })
  // Unknown members and duplicates of known ones.
  const more = fc.array(
    fc
      .tuple(fc.oneof(text, fc.constantFrom(...Object.keys(properties), '__proto__')), oddValue)
      .map(([name, value]) => `${JSON.stringify(name)}:${value}`),
    { maxLength: 2 },
  )
  return fc
    .tuple(
      fc.tuple(...members),
      fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: more }),
    )
    .map(([own, others]) => `{${[...own.filter((one) => one !== undefined), ...others].join(',')}}`)
}
