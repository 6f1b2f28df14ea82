import { createContext, Script } from 'node:vm'
import type { Ajv } from 'ajv'

/** Data that fits a session's schema: with every property, and with the required ones only. */
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

/** A schema may ask for data without end, or for a pattern that takes for ever; sampling is given up after this long. */
const SAMPLING_MS_MAX = 200

/**
 * Samples for a schema that a client sent; null where none could be found that fits. Throws SchemaError unless it is a
 * self-contained Draft 7 schema of at most 64 KB. The libraries are loaded by the first call.
 */
export async function sampleOutputs(
  schema: Record<string, unknown>,
  seed: number,
): Promise<OutputSamples | null> {
  const { ajv, generateSync } = await libraries()
  const plain = checked(schema, ajv)
  return within(SAMPLING_MS_MAX, () => {
    const fits = ajv.compile(plain)
    try {
      const sample = (every: boolean): unknown => {
        const options = { seed, alwaysFakeOptionals: every, optionalsProbability: every ? 1 : 0, maxDepth: 4 }
        const data = generateSync(plain, options)
        return fits(data) ? data : null
      }
      return { full: sample(true), partial: sample(false) }
    } finally {
      ajv.removeSchema(plain)
    }
  })
}

/** The schema as plain JSON without its `$schema`: Draft 7 it must be, whatever it says it is. */
function checked(schema: Record<string, unknown>, ajv: Ajv): Record<string, unknown> {
  let plain: Record<string, unknown>
  let valid: boolean
  try {
    const text = JSON.stringify(schema, (_key, value) => (typeof value === 'bigint' ? Number(value) : value))
    if (Buffer.byteLength(text) > SCHEMA_BYTES_MAX) throw new SchemaError('must be at most 64KB')
    plain = JSON.parse(text)
    delete plain.$schema
    valid = ajv.validateSchema(plain) === true
  } catch (error) {
    throw error instanceof RangeError ? new SchemaError('is nested too deeply') : error
  }
  if (hasExternalReference(plain)) throw new SchemaError('must be self-contained (no external $ref)')
  if (valid) return plain
  const [problem] = ajv.errors ?? []
  throw new SchemaError(`is not a valid Draft 7 schema: ${problem?.instancePath || 'it'} ${problem?.message}`)
}

async function libraries() {
  const [{ Ajv }, { default: formats }, { generateSync }] = await Promise.all([
    import('ajv'),
    import('ajv-formats'),
    import('json-schema-faker'),
  ])
  loaded ??= formats.default(new Ajv({ strict: false, logger: false }))
  return { ajv: loaded, generateSync }
}

let loaded: Ajv | undefined

/** What `make` returns; null when it throws or takes longer than `ms` milliseconds. */
function within<Value>(ms: number, make: () => Value): Value | null {
  try {
    return new Script('make()').runInContext(createContext({ make }), { timeout: ms })
  } catch {
    return null
  }
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
