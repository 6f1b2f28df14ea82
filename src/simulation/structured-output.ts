import type { ErrorObject, ValidateFunction } from 'ajv'
import { encodeJson } from '../fastapi/json/encode.ts'
import { jsonLength } from '../fastapi/json/length.ts'
import { ownTurn } from '../fastapi/turns.ts'
import { within } from './time-limit.ts'

/** Data that fits a session's schema: with every property, and with the required ones only; null where none was found. */
export interface OutputSamples {
  readonly full: unknown
  readonly partial: unknown
}

/** What is wrong with a `structured_output_schema`, in words that follow its name. */
export class SchemaError extends Error {
  override name = 'SchemaError'
}

/** The vendor's limit: 64 KB of JSON. */
const SCHEMA_BYTES_MAX = 65_536

/** Schemas that are longer than this by far are not even written as text, in characters. */
const TEXT_LENGTH_MAX = 1_048_576

/** How long a sample may be, in characters of JSON: every session keeps two. */
const SAMPLE_LENGTH_MAX = 65_536

/**
 * A schema may ask for data without end, or for a pattern that takes for ever; what takes longer is given up. The second try
 * is for a machine that was busy, on which a good schema must not become a bad one.
 */
const WORK_MS_MAX = [200, 200]

/** How long outputs are checked in a turn of the event loop, in milliseconds, and in how many turns. */
const OUTPUTS_SLICE_MS = 200
const OUTPUTS_SLICES_MAX = 5

/** Samples are chance, and may fail to fit; each further try goes deeper, too. */
const TRIES = 8

/**
 * A schema that a client sent, as plain JSON without lone surrogates, which no answer could show. Throws SchemaError unless
 * it is a self-contained Draft 7 schema of at most 64 KB.
 */
export async function checkSchema(schema: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { isDraft7 } = await libraries()
  const plain = plainJson(schema)
  const valid = await work(() => isDraft7(draft7Of(plain)))
  if (valid === null) throw new SchemaError('is too complex')
  if (hasExternalReference(plain)) throw new SchemaError('must be self-contained (no external $ref)')
  if (valid) return plain
  throw new SchemaError(`is not a valid Draft 7 schema: ${problemOf(isDraft7.errors)}`)
}

/**
 * A function that says what is wrong with each of many outputs, or undefined when it fits the schema. Where all of them take
 * too long, it says so of the one that it had come to, and nothing of the others. Throws SchemaError.
 */
export async function outputCheck(
  schema: Record<string, unknown>,
): Promise<(outputs: readonly unknown[]) => Promise<(string | undefined)[]>> {
  const plain = await checkSchema(schema)
  const { compile } = await libraries()
  const fits = await work(() => compile(draft7Of(plain)))
  if (fits === null) throw new SchemaError('refers to what it does not have, or is too complex')
  return async (outputs) => {
    const problems: (string | undefined)[] = []
    const checkRest = () => {
      for (const output of outputs.slice(problems.length)) {
        problems.push(fits(output) ? undefined : doesNotFit(fits.errors))
      }
      return true
    }
    for (let slice = 0; slice < OUTPUTS_SLICES_MAX; slice++) {
      await ownTurn()
      if (within(OUTPUTS_SLICE_MS, checkRest) !== null) return problems
    }
    return [...problems, doesNotFit(null)]
  }
}

function doesNotFit(errors: ValidateFunction['errors']): string {
  return `does not fit structured_output_schema: ${problemOf(errors)}`
}

/** Samples for a schema that `checkSchema` let through: the same ones for the same seed. */
export async function sampleOutputs(schema: Record<string, unknown>, seed: number): Promise<OutputSamples> {
  const { compile, generateSync } = await libraries()
  const draft7 = draft7Of(schema)
  const generated = JSON.parse(JSON.stringify(draft7), withPrefixItems)
  let full: unknown
  let partial: unknown
  // What was found before it took too long still fits.
  await work(() => {
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

/** What `make` returns; null when it throws, or takes longer than may be. Each try has a turn of the event loop of its own. */
async function work<Value>(make: () => Value): Promise<Value | null> {
  for (const ms of WORK_MS_MAX) {
    await ownTurn()
    const made = within(ms, make)
    if (made !== null) return made
  }
  return null
}

/** Loaded by the first call. */
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
  // Patterns come from other languages, too, where more may be escaped than in JavaScript's Unicode mode.
  const options = { strict: false, logger: false, unicodeRegExp: false } as const
  const isDraft7 = formats.default(new Ajv(options)).getSchema('http://json-schema.org/draft-07/schema')
  return {
    // Ajv has this schema built in, and it is not asynchronous.
    isDraft7: isDraft7 as ValidateFunction,
    // Each schema has an Ajv of its own, which goes with it: an Ajv remembers every `$id`, also of the schemas inside, and
    // mistakes one schema's for another's.
    compile: (schema: object) =>
      formats.default(new Ajv({ ...options, meta: false, validateSchema: false })).compile(schema),
    generateSync,
  }
}

/** What a body was decoded to may hold bigint, NaN, and lone surrogates in texts and names. */
function plainJson(schema: Record<string, unknown>): Record<string, unknown> {
  const isLong = jsonLength(schema, TEXT_LENGTH_MAX) > TEXT_LENGTH_MAX
  const text = isLong ? '' : stringify(schema)
  if (isLong || Buffer.byteLength(text) > SCHEMA_BYTES_MAX) throw new SchemaError('must be at most 64KB')
  // JSON.stringify escapes those surrogates and no others. The second branch passes over an escaped backslash.
  return JSON.parse(text.replace(/\\(?:(ud[89a-f]..)|.)/g, (whole, lone) => (lone ? '\\ufffd' : whole)))
}

function stringify(schema: object): string {
  try {
    return JSON.stringify(schema, (_key, value) => (typeof value === 'bigint' ? Number(value) : value))
  } catch {
    throw new SchemaError('is nested too deeply')
  }
}

/** Draft 7 it is, whatever it says it is. An `$async` one would make Ajv answer with promises. */
function draft7Of({ $schema, $async, ...schema }: Record<string, unknown>): Record<string, unknown> {
  return schema
}

/** For JSON.parse: the generator knows the items of a tuple by their name in later drafts. */
function withPrefixItems(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || !('items' in value) || !Array.isArray(value.items)) {
    return value
  }
  const { items, ...others } = value
  return { ...others, prefixItems: items }
}

/** The data as every answer would show it; undefined where there is none that an answer could show. */
function plainOrUndefined(generate: () => unknown): unknown {
  try {
    const text = encodeJson(generate())
    return text.length > SAMPLE_LENGTH_MAX ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The first of Ajv's errors, in words. */
function problemOf(errors: readonly ErrorObject[] | null | undefined): string {
  const [problem] = errors ?? []
  return `${problem?.instancePath || 'it'} ${problem?.message ?? 'takes too long to check'}`
}

function hasExternalReference(schema: unknown): boolean {
  const open = [schema]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (value === null || typeof value !== 'object') continue
    if ('$ref' in value && typeof value.$ref === 'string' && !value.$ref.startsWith('#')) return true
    for (const member of Object.values(value)) open.push(member)
  }
  return false
}
