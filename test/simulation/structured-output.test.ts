import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import fc from 'fast-check'
import t from 'tap'
import { encodeJson } from '../../src/fastapi/json/encode.ts'
import {
  checkSchema,
  outputCheck,
  SchemaError,
  sampleOutputs,
} from '../../src/simulation/structured-output.ts'
import { cpuMillis } from '../cpu-time.ts'

type Schema = Record<string, unknown>

const samplesOf = async (schema: Schema, seed = 1) => sampleOutputs(await checkSchema(schema), seed)

const fits = (schema: object, data: unknown) =>
  formats.default(new Ajv({ strict: false, logger: false, unicodeRegExp: false })).validate(schema, data)

const nested = (depth: number, open: string, close: string, inner = '{}'): Schema =>
  JSON.parse(open.repeat(depth) + inner + close.repeat(depth))

t.test('the full sample has all properties, the partial sample only the required ones', async (t) => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'integer', minimum: 3, maximum: 9 } },
    required: ['a'],
  }

  const { full, partial } = await samplesOf(schema)

  t.same(Object.keys(full as object), ['a', 'b'])
  t.same(Object.keys(partial as object), ['a'])
})

t.test('the same seed gives the same samples, a different seed different ones', async (t) => {
  const schema = { type: 'string', minLength: 20 }

  t.same(await samplesOf(schema, 7), await samplesOf(schema, 7))
  t.notSame(await samplesOf(schema, 7), await samplesOf(schema, 8))
})

const leaf: fc.Arbitrary<Schema> = fc.oneof(
  fc.constantFrom<Schema>(
    { type: 'string' },
    { type: 'boolean' },
    { type: 'null' },
    { type: 'number' },
    { type: 'string', pattern: '^[A-Z]{3}-\\d{2}$' },
    { const: { a: [1] } },
    { enum: ['x', 1, null] },
    { type: ['string', 'null'] },
    { type: 'string', pattern: '^\\w+\\@x\\-y$' },
  ),
  fc
    .constantFrom('date-time', 'date', 'email', 'uuid', 'uri', 'ipv4')
    .map((format) => ({ type: 'string', format })),
  fc
    .tuple(fc.nat(9), fc.nat(9))
    .map(([min, more]) => ({ type: 'integer', minimum: min, maximum: min + more })),
  fc
    .tuple(fc.nat(9), fc.nat(9))
    .map(([min, more]) => ({ type: 'string', minLength: min, maxLength: min + more })),
)

const { tree } = fc.letrec<{ tree: Schema }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('tree').chain((items) =>
      fc.nat(3).map((minItems) => ({ type: 'array', items, minItems, maxItems: minItems + 2 })),
    ),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((items) => ({
      type: 'array',
      items,
      minItems: items.length,
      additionalItems: false,
    })),
    fc.array(tie('tree'), { minLength: 1, maxLength: 2 }).map((anyOf) => ({ anyOf })),
    fc
      .tuple(
        fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), tie('tree'), { maxKeys: 4 }),
        fc.boolean(),
      )
      .map(([properties, closed]) => ({
        type: 'object',
        properties,
        required: Object.keys(properties).slice(1),
        ...(closed && { additionalProperties: false }),
      })),
  ),
}))

t.test('property: common schemas have samples, which are valid', async (t) => {
  let found = 0
  let total = 0
  await fc.assert(
    fc.asyncProperty(tree, fc.nat(), async (schema, seed) => {
      const { full, partial } = await samplesOf(schema, seed)
      for (const sample of [full, partial]) {
        total++
        if (fits(schema, sample)) found++
        else if (sample !== null) return false
      }
      return true
    }),
  )

  t.ok(found / total > 0.9, `${found} of ${total}`)
})

t.test('recursive schemas, tuples, conditions and deep schemas have samples', async (t) => {
  const schemas: Record<string, Schema> = {
    definitions: {
      definitions: { n: { type: 'object', properties: { v: { type: 'string' } }, required: ['v'] } },
      $ref: '#/definitions/n',
    },
    recursive: {
      type: 'object',
      properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#' } } },
      required: ['name', 'children'],
    },
    tuple: {
      type: 'array',
      items: [{ type: 'string' }, { type: 'integer' }],
      minItems: 2,
      additionalItems: false,
    },
    oneOf: {
      oneOf: [{ type: 'string', maxLength: 3 }, { type: 'integer' }, { type: 'number', minimum: 100 }],
    },
    conditional: {
      type: 'object',
      properties: { k: { enum: ['a', 'b'] }, v: {} },
      required: ['k'],
      if: { properties: { k: { const: 'a' } } },
      // biome-ignore lint/suspicious/noThenProperty: `then` is a keyword of JSON Schema.
      then: { properties: { v: { type: 'string' } }, required: ['v'] },
      else: { properties: { v: { type: 'integer' } }, required: ['v'] },
    },
    deep: nested(7, '{"type":"object","required":["a"],"properties":{"a":', '}}', '{"type":"string"}'),
  }

  for (const [name, schema] of Object.entries(schemas)) {
    for (let seed = 0; seed < 5; seed++) {
      const { full, partial } = await samplesOf(schema, seed)
      t.ok(fits(schema, full) && fits(schema, partial), `${name} ${seed}`)
    }
  }
})

t.test('$schema is ignored: every schema is treated as Draft 7', async (t) => {
  for (const $schema of [
    'http://json-schema.org/draft-07/schema#',
    'https://json-schema.org/draft/2020-12/schema',
    5,
  ]) {
    const schema = { $schema, const: 'x' }

    t.same(await checkSchema(schema), schema)
    t.same(await samplesOf(schema), { full: 'x', partial: 'x' })
  }
})

t.test(
  'a schema that is not self-contained Draft 7 of at most 64 KB is rejected with the reason',
  async (t) => {
    const refusals: [Schema, string | RegExp][] = [
      [{ type: 'strin' }, 'is not a valid Draft 7 schema: /type must be equal to one of the allowed values'],
      [
        { properties: { a: { minimum: 'x' } } },
        'is not a valid Draft 7 schema: /properties/a/minimum must be number',
      ],
      [{ minimum: Number.NaN }, 'is not a valid Draft 7 schema: /minimum must be number'],
      [{ $ref: 5 }, 'is not a valid Draft 7 schema: /$ref must be string'],
      [{ $ref: 'https://example.com/s.json' }, 'must be self-contained (no external $ref)'],
      [
        { properties: { a: { items: [{ $ref: 'other.json#/a' }] } } },
        'must be self-contained (no external $ref)',
      ],
      [{ description: 'x'.repeat(65_536) }, 'must be at most 64KB'],
      [{ description: 'é'.repeat(32_768) }, 'must be at most 64KB'],
      [nested(501, '{"not":', '}'), 'is nested too deeply'],
      [nested(5000, '{"not":', '}'), 'is nested too deeply'],
      [nested(100_000, '{"not":', '}'), 'is nested too deeply'],
      [
        { properties: { default: { definitions: { enum: { $ref: 'a.json' } } } } },
        'must be self-contained (no external $ref)',
      ],
    ]

    for (const [schema, message] of refusals) {
      const error = await checkSchema(schema).catch((thrown) => thrown)
      t.ok(error instanceof SchemaError, String(message))
      t.match(error.message, message)
    }
  },
)

t.test('a schema that Draft 7 allows is accepted', async (t) => {
  const data = [{ $ref: 'https://example.com/s.json' }]
  const schemas: Schema[] = [
    { enum: ['x', 'x', 1, 1] },
    { enum: [] },
    { enum: Array.from({ length: 8000 }, (_, index) => [index]) },
    { const: data, default: data, enum: data, examples: data },
    { pattern: '(?P<name>a)\\Z' },
    // Brackets in a text are not levels.
    { description: `"${'['.repeat(1000)}` },
  ]

  for (const schema of schemas) t.same(await checkSchema(schema), schema)
})

t.test('a schema of exactly 64 KB is accepted', async (t) => {
  const schema = { description: 'x'.repeat(65_536 - '{"description":""}'.length) }

  t.same(await checkSchema(schema), schema)
})

t.test('properties with the names of keywords are not references', async (t) => {
  const schema = { properties: { $ref: { type: 'string' } }, required: ['$ref'], type: 'object' }

  t.match((await samplesOf(schema)).full, { $ref: String })
})

t.test('a schema is converted to plain JSON without bigint and lone surrogates', async (t) => {
  const schema = {
    maximum: 10n ** 30n,
    const: 'a\ud800',
    enum: ['\\ud800', '\\\udfff', '😀'],
    '\udc00': Number.NaN,
  }

  t.strictSame(await checkSchema(schema), {
    maximum: 1e30,
    const: 'a\ufffd',
    enum: ['\\ud800', '\\\ufffd', '😀'],
    '\ufffd': null,
  })
})

const hostileSchemas: Record<string, Schema> = {
  'many items': { type: 'array', items: { type: 'string' }, minItems: 1e9 },
  'more items than an array can have': { type: 'array', items: {}, minItems: 2 ** 53 },
  'a long text': { type: 'string', minLength: 5e8 },
  'a sample beyond the maximum length': { type: 'array', minItems: 3, items: { const: 'x'.repeat(30_000) } },
  'many properties': { type: 'object', minProperties: 1e9, additionalProperties: { type: 'string' } },
  'many unique items': { type: 'array', uniqueItems: true, minItems: 100_000, items: { type: 'integer' } },
  'a pattern that backtracks': {
    type: 'string',
    pattern: '^(a|aa)+$',
    minLength: 60,
    maxLength: 61,
    not: {},
  },
  'a pattern that backtracks in the check': { const: `${'a'.repeat(60)}!`, pattern: '^(a+)+$' },
  'a pattern of long texts': { type: 'string', pattern: '((a{1000}){1000}){1000}' },
  'a pattern of lone surrogates': { type: 'string', pattern: '^[\\ud800-\\udbff]+$' },
  'a pattern of another language': { type: 'string', pattern: '^(?P<a>x)$' },
  'an unsatisfiable schema': { not: {} },
  'circular definitions': {
    definitions: { a: { $ref: '#/definitions/b' }, b: { $ref: '#/definitions/a' } },
    $ref: '#/definitions/a',
  },
  'a self-reference': { $ref: '#' },
  'two self-references': { allOf: [{ $ref: '#' }, { $ref: '#' }] },
  'an endless recursion': { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] },
  'an endless tree': {
    type: 'object',
    properties: { a: { $ref: '#' }, b: { $ref: '#' } },
    required: ['a', 'b'],
  },
  'a wide tree': nested(5, '{"type":"array","minItems":50,"items":', '}', '{"type":"integer"}'),
  'a missing definition': { $ref: '#/definitions/none' },
  'an asynchronous schema': { $async: true, type: 'string', not: {} },
}

t.test('unsatisfiable and expensive schemas have no samples, within the time limit', async (t) => {
  await samplesOf({})
  for (const [name, schema] of Object.entries(hostileSchemas)) {
    const started = cpuMillis()
    const samples = await samplesOf(schema)

    t.ok(cpuMillis() - started < 1500, `${name} in ${Math.round(cpuMillis() - started)} ms`)
    t.strictSame(samples, { full: null, partial: null }, name)
  }
})

t.test('samples found before a timeout are kept', async (t) => {
  const big = nested(4, '{"type":"array","minItems":40,"items":', '}', '{"type":"integer"}')
  const schema = { type: 'object', properties: { a: { const: 1 }, big }, required: ['a'] }

  const { full, partial } = await samplesOf(schema)

  t.strictSame(partial, { a: 1 })
  t.strictSame(full, { a: 1 })
})

t.test('samples of unusual schemas can be encoded as JSON', async () => {
  const odd: Schema[] = [
    { const: Number.NaN },
    { const: 'a\ud800' },
    { properties: { '\ud800': { type: 'string' } }, required: ['\ud800'], type: 'object' },
    { type: 'number', minimum: 10n ** 300n },
    JSON.parse('{"type":"object","properties":{"__proto__":{"const":1}},"required":["__proto__"]}'),
    {
      type: 'object',
      properties: { constructor: { type: 'object', properties: { prototype: { const: 1 } } } },
    },
    { format: '__proto__', type: 'string' },
    { template: '#{b}', type: 'string' },
    { faker: 'a.b' },
    { faker: 'a', chance: 'b' },
    { $id: 'http://json-schema.org/draft-07/schema#', type: 'string' },
  ]
  for (const schema of odd) encodeJson(await samplesOf(schema))
})

t.test('schemas with the same ids do not affect each other', async (t) => {
  const named = (type: string) => ({
    $id: 'http://json-schema.org/draft-07/schema',
    definitions: { part: { $id: 'https://example.com/part', type } },
    properties: { a: { type } },
    required: ['a'],
    type: 'object',
  })

  for (const type of ['string', 'integer', 'boolean']) {
    const { full } = await samplesOf(named(type))
    t.ok(fits({ properties: { a: { type } }, required: ['a'] }, full), type)
  }
  await t.rejects(checkSchema({ type: 'strin' }), { name: 'SchemaError' })
})

t.test('outputCheck returns an error for each invalid output and undefined for valid ones', async (t) => {
  const problems = await outputCheck({
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
  })

  t.same(await problems([{ a: 'x' }, { a: 1 }, null, { a: '' }]), [
    undefined,
    'does not fit structured_output_schema: /a must be string',
    'does not fit structured_output_schema: it must be object',
    undefined,
  ])
})

t.test('outputCheck stops a check that exceeds the time limit', async (t) => {
  const problems = await outputCheck({ type: 'string', pattern: '^(a+)+$' })

  const endless = `${'a'.repeat(60)}!`
  t.same(await problems(['a', ...Array<string>(1000).fill(endless)]), [
    undefined,
    'does not fit structured_output_schema: it takes too long to check',
  ])
})

t.test('outputCheck rejects an invalid schema', async (t) => {
  await t.rejects(outputCheck({ type: 'strin' }), { name: 'SchemaError' })
  await t.rejects(outputCheck({ $ref: '#/definitions/none' }), {
    name: 'SchemaError',
    message: 'has a $ref to a missing definition, or is too complex',
  })
})
