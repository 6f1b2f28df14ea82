import fc from 'fast-check'
import { jsonFor, type Resolve, type Schema, text } from './texts.ts'

/** The parts of an OpenAPI document that requests are generated from. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> }
}

interface OpenApiOperation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: Schema }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}

/** A request as data, so that a failure can be printed and reproduced. */
export interface FuzzRequest {
  readonly method: string
  /** The path in the document: `/v1/secrets/{secret_id}`. */
  readonly template: string
  /** The segments of the path. */
  readonly segments: readonly (string | Known)[]
  /** Includes the question mark. */
  readonly query: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string | null
}

/** A value of a parameter from earlier answers. `number` counts back from the latest one. */
interface Known {
  readonly parameter: string
  readonly number: number
}

/** The values from earlier answers, by parameter. */
export type KnownValues = Readonly<Record<string, readonly string[]>>

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']

/** Keys of two organizations. */
export const KEYS = {
  one: `apk_user_${Buffer.from(`email|1_org-${'1'.repeat(32)}:${'0'.repeat(32)}`).toString('base64')}`,
  two: `apk_${Buffer.from(`org-${'2'.repeat(32)}:${'0'.repeat(32)}`).toString('base64')}`,
}

const authorization = fc.oneof(
  { weight: 12, arbitrary: fc.constant(`Bearer ${KEYS.one}`) },
  { weight: 4, arbitrary: fc.constant(`Bearer ${KEYS.two}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      'Bearer',
      'Bearer ',
      'Bearer apk_user_expired',
      'Bearer cog_x',
      'Basic YTpi',
      `Bearer  ${KEYS.one}`,
      `bEARER ${KEYS.one}`,
      `Bearer apk_${'a'.repeat(20_000)}`,
      'Bearer apk_\xff\xfe',
    ),
  },
)

const contentType = fc.oneof(
  { weight: 12, arbitrary: fc.constant('application/json') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      'application/json; charset=latin1',
      'APPLICATION/JSON',
      'application/vnd.api+json',
      'application/json, text/plain',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'multipart/form-data; boundary=x',
      `application/${'+json'.repeat(1_000)}`,
      `${'a;'.repeat(5_000)}`,
      '/',
    ),
  },
)

const moreHeaders: fc.Arbitrary<[string, string][]> = fc.array(
  fc.constantFrom<[string, string]>(
    ['expect', '100-continue'],
    ['expect', 'a-miracle'],
    ['x-forwarded-for', '1.2.3.4'],
    ['x-forwarded-proto', 'https'],
    ['x-http-method-override', 'DELETE'],
    ['accept-encoding', 'gzip, br'],
    ['range', 'bytes=0-1'],
    ['if-none-match', '*'],
    ['upgrade', 'h2c'],
    ['cookie', 'a=b'],
    ['accept', ''],
    ['__proto__', 'x'],
    ['origin', 'https://evil.example'],
    ['x-long', 'x'.repeat(30_000)],
    ['x-latin', '\xe9\xff'],
  ),
  { maxLength: 2 },
)

/** Generates unusual path segments, as sent. They contain no `?`, which would end the path. */
const oddSegment: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    '..',
    '%2e%2e',
    '%2f',
    'a%2Fb',
    '%00',
    '%0a',
    '%0d%0a',
    '%ff',
    '%ed%a0%80',
    '%',
    '%zz',
    '%25',
    ';x=1',
    '\\',
    '__proto__',
    'constructor',
    'devin-',
    'secret-',
    '{id}',
    ':id',
    '*',
    'a'.repeat(10_000),
    '%61'.repeat(3_000),
    '%f0%9f%a6%84',
    '\xe9',
  ),
  text.map((one) => encodeURIComponent(one)),
)

/** Generates valid and invalid requests for an operation of a document. */
function requestsFor(template: string, method: string, operation: OpenApiOperation, resolve: Resolve) {
  const { parameters = [], requestBody } = operation
  const [[type, content] = []] = Object.entries(requestBody?.content ?? {})
  const json = content === undefined ? fc.constant(null) : jsonFor(content.schema, resolve)
  const body = type === 'multipart/form-data' ? formBody : fc.record({ type: contentType, body: json })
  return fc
    .record({
      method: rarely(fc.constantFrom(...METHODS), method),
      segments: fc.tuple(...template.slice(1).split('/').map(segment)),
      slash: rarely(fc.constantFrom('/', '//', '/.', '%2f', '%00', '/..'), ''),
      query: query(parameters.filter((one) => one.in === 'query').map(({ name }) => name)),
      authorization,
      sent: rarely(fc.record({ type: contentType, body: text }), undefined).chain((odd) =>
        odd === undefined ? body : fc.constant(odd),
      ),
      moreHeaders,
    })
    .map(({ segments, slash, authorization: bearer, sent, moreHeaders: more, ...rest }): FuzzRequest => {
      const own: [string, string][] = [['authorization', bearer]]
      if (sent.body !== null) own.push(['content-type', sent.type])
      return {
        template,
        ...rest,
        segments: slash === '' ? segments : [...segments, slash],
        headers: [...own, ...more],
        body: sent.body,
      }
    })
}

function rarely<T, U>(odd: fc.Arbitrary<T>, usual: U): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 20, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: odd })
}

function segment(part: string): fc.Arbitrary<string | Known> {
  if (!part.startsWith('{')) return rarely(oddSegment, part)
  const known = fc.nat({ max: 3 }).map((number) => ({ parameter: part.slice(1, -1), number }))
  return fc.oneof({ weight: 5, arbitrary: known }, { weight: 2, arbitrary: oddSegment })
}

const queryValue = fc.oneof(
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

function query(names: readonly string[]): fc.Arbitrary<string> {
  const name = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...names, 'x') },
    { weight: 1, arbitrary: fc.constantFrom('__proto__', 'limit[]', 'a[b][c]', '', '%ff', 'toString') },
  )
  const pairs = fc.array(
    fc
      .tuple(name, fc.option(queryValue, { freq: 9 }))
      .map(([one, value]) => (value === null ? one : `${one}=${value}`)),
    { maxLength: 4 },
  )
  const usual =
    names.length === 0 ? fc.constant('') : pairs.map((all) => (all.length === 0 ? '' : `?${all.join('&')}`))
  return rarely(
    fc.oneof(
      pairs.map((all) => `?${all.join('&')}`),
      fc.constantFrom('?', '??', '?&&&', `?${'&'.repeat(5_000)}`, `?${'tags=a&'.repeat(3_000)}`),
    ),
    undefined,
  ).chain((odd) => (odd === undefined ? usual : fc.constant(odd)))
}

const partHeader = fc.constantFrom(
  'Content-Disposition: form-data; name="file"; filename="a.txt"',
  'Content-Disposition: form-data; name="file"; filename=""',
  'Content-Disposition: form-data; name="file"; filename="../../etc/passwd"',
  'Content-Disposition: form-data; name="file"; filename="\xff\u0000"',
  `Content-Disposition: form-data; name="file"; filename="${'a'.repeat(5_000)}"`,
  'Content-Disposition: form-data; name="file"; filename*=UTF-8\'\'%ff%00',
  'Content-Disposition: form-data; name="file"',
  'Content-Disposition: form-data; name="__proto__"',
  'Content-Disposition: form-data; name="__proto__"; filename="x"',
  'Content-Disposition: form-data',
  'Content-Type: text/plain; charset=utf-16',
  'Content-Type: ',
  'Content-Type: text/html\u0000',
  'No header',
  `X: ${'y'.repeat(3_000)}`,
)

const formBody: fc.Arbitrary<{ type: string; body: string }> = fc
  .record({
    boundary: rarely(fc.constantFrom('', '-', "a'b", 'x'.repeat(3_000), '"q"', '\xff'), 'fuzz'),
    parts: fc.array(fc.tuple(fc.array(partHeader, { minLength: 1, maxLength: 3 }), text), { maxLength: 4 }),
    end: rarely(fc.constantFrom('', '--', '\r\n--fuzz', '\r\n--fuzz-'), '--\r\n'),
  })
  .map(({ boundary, parts, end }) => ({
    type: `multipart/form-data; boundary=${boundary}`,
    body:
      parts.map(([headers, data]) => `--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n${data}\r\n`).join('') +
      `--${boundary}${end}`,
  }))

/** Generates requests for every operation of a document, except those whose path matches `without`. */
export function requestsOf(document: OpenApi, without = /^$/): fc.Arbitrary<FuzzRequest> {
  const resolve: Resolve = (schema) => {
    const [, name = ''] = /^#\/components\/schemas\/(.+)$/.exec(schema.$ref ?? '') ?? []
    return schema.$ref === undefined ? schema : (document.components?.schemas?.[name] ?? {})
  }
  const all = Object.entries(document.paths).flatMap(([template, operations]) =>
    without.test(template)
      ? []
      : Object.entries(operations).map(([method, operation]) =>
          requestsFor(template, method.toUpperCase(), operation, resolve),
        ),
  )
  return fc.oneof(...all)
}

/** Returns the bytes of a request. */
export function bytesOf(request: FuzzRequest, known: KnownValues, connection = 'close'): Buffer {
  const { method, segments, query: search, headers, body } = request
  const path = segments.map((one) => {
    if (typeof one === 'string') return one
    const values = known[one.parameter] ?? []
    return values.at(-1 - (one.number % Math.max(values.length, 1))) ?? 'unknown'
  })
  const sent = body === null ? Buffer.alloc(0) : Buffer.from(body)
  const lines = [`${method} /${path.join('/')}${search} HTTP/1.1`, 'host: 127.0.0.1']
  // A line break in a value would start another header. The mutations cover that.
  for (const [name, value] of headers) lines.push(`${name}: ${value.replaceAll(/[\r\n\0]/g, ' ')}`)
  if (body !== null) lines.push(`content-length: ${sent.length}`)
  lines.push(`connection: ${connection}`, '', '')
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), sent])
}
