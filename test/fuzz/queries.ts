import fc from 'fast-check'
import { cursorOf } from './known-values.ts'
import { known, valueFor } from './named-values.ts'
import { rarely, text } from './texts.ts'

/** A query parameter of an operation. */
export interface QueryParameter {
  readonly name: string
  readonly required?: boolean
}

const anyValue = fc.oneof(
  fc.integer({ min: -3, max: 200 }).map(String),
  fc.constantFrom(
    '',
    '%',
    '%ff',
    '+',
    '1e3',
    '-0',
    '1_0',
    '9'.repeat(4_400),
    '%00',
    'a,'.repeat(3_000),
    'true',
  ),
  text.map((one) => encodeURIComponent(one)),
)

/** Generates cursors as sent: of the same list, of any list and organization, and invalid ones. */
function cursor(template: string): fc.Arbitrary<string> {
  const forged = fc.constantFrom('', 'v1:secrets:org-1:1', 'v1:', 'v1:::\ud7ff', `v1:${'9'.repeat(5_000)}`)
  return fc.oneof(
    { weight: 4, arbitrary: known(cursorOf(template)) },
    { weight: 2, arbitrary: known('end_cursor') },
    { weight: 1, arbitrary: known('end_cursor').map((one) => `${one}=`) },
    {
      weight: 1,
      arbitrary: forged.map((one) => encodeURIComponent(Buffer.from(one).toString('base64'))),
    },
    { weight: 1, arbitrary: anyValue },
  )
}

function pairsOf(template: string, { name }: QueryParameter): fc.Arbitrary<string> {
  const fitting = name === 'after' ? cursor(template) : valueFor(name)?.map((one) => encodeQuery(one))
  const value = fc.oneof(
    { weight: fitting === undefined ? 0 : 5, arbitrary: fitting ?? fc.constant('') },
    { weight: 1, arbitrary: anyValue },
  )
  return rarely(fc.constant(name), undefined).chain((bare) =>
    bare === undefined ? value.map((one) => `${name}=${one}`) : fc.constant(bare),
  )
}

/** Encodes a value, but not the characters of placeholders. */
function encodeQuery(value: string): string {
  return value.startsWith('<<') ? value : encodeURIComponent(value)
}

const oddPair = fc
  .tuple(
    fc.constantFrom('x', '__proto__', 'limit[]', 'a[b][c]', '', '%ff', 'toString', 'metadata.team'),
    fc.option(anyValue, { freq: 9 }),
  )
  .map(([name, value]) => (value === null ? name : `${name}=${value}`))

/** Generates queries for an operation, question mark included. They nearly always have the parameters that it requires. */
export function queryFor(template: string, parameters: readonly QueryParameter[]): fc.Arbitrary<string> {
  const required = parameters
    .filter((one) => one.required === true)
    .map((one) => fc.option(pairsOf(template, one), { freq: 20, nil: undefined }))
  const known = parameters.map((one) => ({ weight: 2, arbitrary: pairsOf(template, one) }))
  const optional = fc.array(fc.oneof(...known, { weight: 1, arbitrary: oddPair }), { maxLength: 4 })
  const pairs = fc
    .tuple(fc.tuple(...required), parameters.length === 0 ? rarely(optional, []) : optional)
    .map(([own, others]) => [...own.filter((one) => one !== undefined), ...others])
    .map((all) => (all.length === 0 ? '' : `?${all.join('&')}`))
  return rarely(
    fc.constantFrom('?', '??', '?&&&', `?${'&'.repeat(5_000)}`, `?${'tags=a&'.repeat(3_000)}`),
    undefined,
  ).chain((odd) => (odd === undefined ? pairs : fc.constant(odd)))
}
