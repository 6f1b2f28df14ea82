import type { Ajv, ErrorObject, ValidateFunction } from 'ajv'
import { encodeJson } from '../fastapi/json/encode.ts'
import { jsonLength } from '../fastapi/json/length.ts'
import { nestsDeeper } from '../fastapi/json/nesting.ts'
import { exclusiveTurn } from '../fastapi/turns.ts'
import { within } from './time-limit.ts'
import { parseWellFormed } from './to-json.ts'

/** Data that is valid for a session's schema: with all properties, and with only the required ones; null if none was found. */
export interface OutputSamples {
  readonly full: unknown
  readonly partial: unknown
}

/** Thrown for an unusable `structured_output_schema`. The message is a phrase that follows its name. */
export class SchemaError extends Error {
  override name = 'SchemaError'
}

/** The maximum size of a schema, which is the vendor's limit: 64 KB of JSON. */
const SCHEMA_BYTES_MAX = 65_536

/** The maximum nesting depth of a schema. Answers show the schemas of playbooks, and support a few hundred levels more. */
const SCHEMA_DEPTH_MAX = 500

/** The estimated length, in characters, beyond which a schema is rejected without being serialized. */
const TEXT_LENGTH_MAX = 1_048_576

/** The maximum length of a sample, in characters of JSON. Every session stores two. */
const SAMPLE_LENGTH_MAX = 65_536

/**
 * The time limits for each try, in milliseconds. A schema can require endless data or a pattern with exponential time. The
 * second try keeps a valid schema from being rejected on a busy machine.
 */
const TRY_MS_MAX = [200, 200]

/** The time limit for checking outputs in one turn of the event loop, in milliseconds. */
const OUTPUTS_SLICE_MS = 200

/** The maximum number of turns of the event loop for checking outputs. */
const OUTPUTS_SLICES_MAX = 5

/** The maximum number of tries for a sample. Generated samples can be invalid; each try also allows deeper data. */
const TRIES = 8

/**
 * Returns a client's schema as plain JSON without lone surrogates, which responses cannot contain. Throws SchemaError unless it
 * is a self-contained Draft 7 schema of at most 64 KB.
 */
export async function checkSchema(schema: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { isDraft7 } = await libraries()
  const plain = plainJson(schema)
  // Without a time limit: this takes linear time.
  const isValid = isDraft7(draft7Of(plain))
  if (hasExternalReference(plain)) throw new SchemaError('must be self-contained (no external $ref)')
  if (isValid) return plain
  throw new SchemaError(`is not a valid Draft 7 schema: ${problemOf(isDraft7.errors)}`)
}

/**
 * Returns a function that checks outputs against the schema. Its result has an error message, or undefined, for each output. If
 * the check exceeds its time limit, the current output gets an error and the rest are omitted. Throws SchemaError.
 */
export async function outputCheck(
  schema: Record<string, unknown>,
): Promise<(outputs: readonly unknown[]) => Promise<(string | undefined)[]>> {
  const plain = await checkSchema(schema)
  const { compile } = await libraries()
  const fits = await tryInTime(() => compile(draft7Of(plain)))
  if (fits === null) throw new SchemaError('has a $ref to a missing definition, or is too complex')
  return async (outputs) => {
    const problems: (string | undefined)[] = []
    const checkRest = () => {
      for (const output of outputs.slice(problems.length)) {
        problems.push(fits(output) ? undefined : doesNotFit(fits.errors))
      }
      return true
    }
    for (let slice = 0; slice < OUTPUTS_SLICES_MAX; slice++) {
      await exclusiveTurn()
      if (within(OUTPUTS_SLICE_MS, checkRest) !== null) return problems
    }
    return [...problems, doesNotFit(null)]
  }
}

function doesNotFit(errors: ValidateFunction['errors']): string {
  return `does not fit structured_output_schema: ${problemOf(errors)}`
}

/** Returns samples for a schema that passed `checkSchema`. The same seed gives the same samples. */
export async function sampleOutputs(schema: Record<string, unknown>, seed: number): Promise<OutputSamples> {
  const { compile, generateSync } = await libraries()
  const draft7 = draft7Of(schema)
  const generated = JSON.parse(JSON.stringify(draft7), withPrefixItems)
  let full: unknown
  let partial: unknown
  // On a timeout, the samples found so far are still valid.
  await tryInTime(() => {
    const fits = compile(draft7)
    const sample = (every: boolean): unknown => {
      for (let tried = 0; tried < TRIES; tried++) {
        const options = {
          seed: seed + tried,
          alwaysFakeOptionals: every,
          optionalsProbability: every ? 1 : 0,
          maxDepth: 4 + 2 * tried,
        }
        const data = plainOrUndefined(() => generateSync(generated, options))
        if (data !== undefined && fits(data)) return data
      }
      return undefined
    }
    partial = sample(false)
    full = sample(true)
    return true
  })
  return { full: full ?? partial ?? null, partial: partial ?? full ?? null }
}

/** Returns the result of `make`, or null if it throws or exceeds the time limits. Each try has its own turn of the event loop. */
async function tryInTime<Value>(make: () => Value): Promise<Value | null> {
  for (const ms of TRY_MS_MAX) {
    await exclusiveTurn()
    const made = within(ms, make)
    if (made !== null) return made
  }
  return null
}

/** Returns the libraries, which are loaded on the first call. */
async function libraries() {
  loaded ??= load()
  return loaded
}

let loaded: ReturnType<typeof load> | undefined

async function load() {
  const [{ Ajv }, { default: formats }, { generateSync }] = await Promise.all([
    import('ajv'),
    import('ajv-formats'),
    import('json-schema-faker'),
  ])
  // Patterns can come from other languages, which allow more escapes than JavaScript's Unicode mode.
  const options = { strict: false, logger: false, unicodeRegExp: false } as const
  const unchecked = { ...options, meta: false, validateSchema: false } as const
  return {
    // Without formats, because a pattern may be valid in another language.
    isDraft7: new Ajv({ ...unchecked, validateFormats: false }).compile(draft7Schema(new Ajv(options))),
    // Each schema gets its own Ajv instance. An instance keeps every `$id`, including those of subschemas, so schemas with
    // the same `$id` would conflict.
    compile: (schema: object) => formats.default(new Ajv(unchecked)).compile(schema),
    generateSync,
  }
}

/** Returns the meta-schema of Draft 7. That of Ajv rejects an empty `enum` and duplicate values in it, which Draft 7 allows. */
function draft7Schema(ajv: Ajv): object {
  const { schema: strict } = ajv.getSchema('http://json-schema.org/draft-07/schema') as ValidateFunction
  const { properties, ...schema } = strict as { readonly properties: object }
  return { ...schema, properties: { ...properties, enum: { type: 'array' } } }
}

/** Converts a decoded body, which can contain bigint, NaN and lone surrogates in strings and names, to plain JSON. */
function plainJson(schema: Record<string, unknown>): Record<string, unknown> {
  const isLong = jsonLength(schema, TEXT_LENGTH_MAX) > TEXT_LENGTH_MAX
  const text = isLong ? '' : stringify(schema)
  if (isLong || Buffer.byteLength(text) > SCHEMA_BYTES_MAX) throw new SchemaError('must be at most 64KB')
  if (nestsDeeper(text, SCHEMA_DEPTH_MAX)) throw new SchemaError('is nested too deeply')
  return parseWellFormed(text) as Record<string, unknown>
}

function stringify(schema: object): string {
  try {
    return JSON.stringify(schema, (_key, value) => (typeof value === 'bigint' ? Number(value) : value))
  } catch {
    throw new SchemaError('is nested too deeply')
  }
}

/** Removes `$schema`, since every schema is treated as Draft 7, and `$async`, which would make Ajv return promises. */
function draft7Of({ $schema, $async, ...schema }: Record<string, unknown>): Record<string, unknown> {
  return schema
}

/** A reviver for JSON.parse that renames the `items` of tuples to `prefixItems`, as the generator expects. */
function withPrefixItems(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || !('items' in value) || !Array.isArray(value.items)) {
    return value
  }
  const { items, ...others } = value
  return { ...others, prefixItems: items }
}

/** Returns the generated data as a response would contain it, or undefined if generation fails or the data is too long. */
function plainOrUndefined(generate: () => unknown): unknown {
  try {
    const text = encodeJson(generate())
    return text.length > SAMPLE_LENGTH_MAX ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Returns the first of Ajv's errors as text. */
function problemOf(errors: readonly ErrorObject[] | null | undefined): string {
  const [problem] = errors ?? []
  return `${problem?.instancePath || 'it'} ${problem?.message ?? 'takes too long to check'}`
}

/** Keywords whose values are data. A `$ref` in them is not a reference. */
const DATA_KEYWORDS = ['const', 'default', 'enum', 'examples']

/** Keywords whose values map names to schemas. A name may be that of a keyword. */
const NAMED_SCHEMAS = ['$defs', 'definitions', 'dependencies', 'patternProperties', 'properties']

function hasExternalReference(schema: unknown): boolean {
  const open = [schema]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (value === null || typeof value !== 'object') continue
    if (Array.isArray(value)) {
      open.push(...value)
      continue
    }
    if ('$ref' in value && typeof value.$ref === 'string' && !value.$ref.startsWith('#')) return true
    for (const [keyword, member] of Object.entries(value)) {
      if (NAMED_SCHEMAS.includes(keyword)) open.push(Object.values(Object(member)))
      else if (!DATA_KEYWORDS.includes(keyword)) open.push(member)
    }
  }
  return false
}
