import type { TObject } from '@sinclair/typebox'
import { keysInOrder } from '../json/key-order.ts'
import { sourceLength } from '../json/length.ts'
import { setOwn } from '../set-own.ts'
import { validateAny } from './any.ts'
import { STRICT, type Validate } from './context.ts'
import {
  allowKeywords,
  type CompiledSchema,
  type CompilePart,
  className,
  type SchemaPart,
  unsupportedSchema,
} from './keywords.ts'

/** One property of an object schema. */
export interface Field extends CompiledSchema {
  readonly name: string
  readonly required: boolean
  /** Returns a new copy of the default; undefined if the schema has none. */
  readonly makeDefault: (() => unknown) | undefined
}

/** Compiles the properties of an object schema in order. */
export function compileFields(schema: SchemaPart, where: string, compile: CompilePart): Field[] {
  const properties = (schema.properties ?? {}) as TObject['properties']
  const required = new Set((schema.required ?? []) as string[])
  return Object.entries(properties).map(([name, property]) => ({
    ...compile(property, `${where}.${name}`),
    name,
    required: required.has(name),
    makeDefault: compileDefault(property.default),
  }))
}

function compileDefault(value: unknown): (() => unknown) | undefined {
  if (value === undefined) return undefined
  return typeof value === 'object' ? () => structuredClone(value) : () => value
}

/** Compiles a model (an object with `properties`) or a `dict[str, …]`. */
export function compileObject(schema: SchemaPart, where: string, compile: CompilePart): CompiledSchema {
  return 'properties' in schema || schema.additionalProperties === false
    ? compileModel(schema, where, compile)
    : compileDict(schema, where, compile)
}

function compileModel(schema: SchemaPart, where: string, compile: CompilePart): CompiledSchema {
  allowKeywords(schema, where, ['type', 'properties', 'required', 'additionalProperties'])
  const extra = schema.additionalProperties
  if (extra !== undefined && extra !== false)
    throw unsupportedSchema(where, 'a model that keeps unknown fields')
  const fields = compileFields(schema, where, compile)
  const known = new Set(fields.map((field) => field.name))
  const validate: Validate = (input, context) => {
    if (!isObject(input)) {
      const msg = 'Input should be a valid dictionary or object to extract fields from'
      return void context.report('model_attributes_type', msg, input)
    }
    context.floorExactness(STRICT)
    const output: Record<string, unknown> = {}
    let given = 0
    for (const { name, validate, required, makeDefault } of fields) {
      context.path.push(name)
      if (Object.hasOwn(input, name)) {
        output[name] = validate(input[name], context)
        given++
      } else if (required) context.report('missing', 'Field required', input)
      else if (makeDefault !== undefined) output[name] = makeDefault()
      context.path.pop()
    }
    if (extra === false) {
      for (const name of keysInOrder(input)) {
        if (context.isFull) break
        if (known.has(name)) continue
        context.path.push(name)
        context.report('extra_forbidden', 'Extra inputs are not permitted', input[name])
        context.path.pop()
      }
    }
    context.addFieldsSet(given)
    return output
  }
  return { validate, label: () => className(schema, where), shape: 'other' }
}

/** The pattern that TypeBox writes for a Record with arbitrary string keys. */
const ANY_KEY = '^(.*)$'

function compileDict(schema: SchemaPart, where: string, compile: CompilePart): CompiledSchema {
  allowKeywords(schema, where, ['type', 'additionalProperties', 'patternProperties'])
  const values = compile(valueSchema(schema, where), `${where}.*`)
  const isFreeForm = values.validate === validateAny
  const validate: Validate = (input, context) => {
    if (!isObject(input)) {
      return void context.report('dict_type', 'Input should be a valid dictionary', input)
    }
    // Free-form values can be large, so they are not traversed.
    if (isFreeForm) {
      if (hasMembers(input)) context.floorExactness(STRICT)
      return input
    }
    const output: Record<string, unknown> = {}
    for (const key of keysInOrder(input)) {
      if (context.isFull) break
      context.path.push(locationOf(key))
      setOwn(output, key, values.validate(input[key], context))
      context.path.pop()
    }
    return output
  }
  return { validate, label: () => `dict[str,${values.label()}]`, shape: 'other' }
}

/** Returns a key as pydantic names it in the location of an error: each of the three bytes of a lone surrogate is replaced. */
function locationOf(key: string): string {
  return key.isWellFormed() ? key : key.replaceAll(/\p{Surrogate}/gu, '\uFFFD'.repeat(3))
}

function valueSchema(schema: SchemaPart, where: string): unknown {
  const { additionalProperties = true, patternProperties } = schema
  if (patternProperties === undefined) return additionalProperties === true ? {} : additionalProperties
  const entries = Object.entries(patternProperties as SchemaPart)
  const [entry] = entries
  if (entries.length !== 1 || entry?.[0] !== ANY_KEY || additionalProperties !== true) {
    throw unsupportedSchema(where, 'a dictionary with constraints on its keys')
  }
  return entry[1]
}

function isObject(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}

/** Does not enumerate an object with a recorded length, which has members: a million names take a third of a second. */
function hasMembers(input: object): boolean {
  if (sourceLength(input) !== undefined) return true
  for (const _ in input) return true
  return false
}
