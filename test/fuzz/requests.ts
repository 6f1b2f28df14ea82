import fc from 'fast-check'
import { formBody } from './forms.ts'
import { EXTRA_ORG_ID, fillIn, type KnownValues } from './known-values.ts'
import { known } from './named-values.ts'
import { type QueryParameter, queryFor } from './queries.ts'
import { jsonFor, type Resolve, rarely, type Schema, text } from './texts.ts'

/** The parts of an OpenAPI document that requests are generated from. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> }
}

interface OpenApiOperation {
  readonly parameters?: readonly (QueryParameter & { readonly in: string })[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}

/** A request as data, with placeholders for values of earlier answers, so that a failure can be printed and reproduced. */
export interface FuzzRequest {
  readonly method: string
  /** The path in the document: `/v1/secrets/{secret_id}`. */
  readonly template: string
  /** The segments of the path. */
  readonly segments: readonly string[]
  /** Includes the question mark. */
  readonly query: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string | null
}

/** Who sends a request. */
export interface Client {
  /** The value of the header. */
  readonly authorization: string
  /** The organization in the path, if the path names one. */
  readonly orgId: string
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']

/** Keys of two organizations. */
export const KEYS = {
  one: `apk_user_${Buffer.from(`email|1_org-${'1'.repeat(32)}:${'0'.repeat(32)}`).toString('base64')}`,
  two: `apk_${Buffer.from(`org-${'2'.repeat(32)}:${'0'.repeat(32)}`).toString('base64')}`,
}

const ODD_AUTHORIZATIONS = [
  '',
  'Bearer',
  'Bearer ',
  'Bearer apk_user_expired',
  'Bearer cog_',
  'Basic YTpi',
  `Bearer apk_${'a'.repeat(20_000)}`,
  'Bearer apk_\xff\xfe',
]

/** Generates clients: mostly one of the given ones with its weight, sometimes one with an invalid key. */
export function clientsOf(usual: readonly (Client & { readonly weight: number })[]): fc.Arbitrary<Client> {
  const [{ authorization, orgId } = { authorization: '', orgId: '' }] = usual
  const [, key = ''] = authorization.split(' ')
  const odd = [...ODD_AUTHORIZATIONS, `Bearer  ${key}`, `bEARER ${key}`]
  return fc.oneof(...usual.map(({ weight, ...client }) => ({ weight, arbitrary: fc.constant(client) })), {
    weight: 1,
    arbitrary: fc.constantFrom(...odd).map((one) => ({ authorization: one, orgId })),
  })
}

const v1Clients = clientsOf([
  { weight: 12, authorization: `Bearer ${KEYS.one}`, orgId: '' },
  { weight: 4, authorization: `Bearer ${KEYS.two}`, orgId: '' },
  { weight: 1, authorization: 'Bearer cog_x', orgId: '' },
])

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

/** The segment of a path that stands for the organization of the client. */
const ORG_ID = '{org_id}'

/** Generates valid and invalid requests for an operation of a document. */
function requestsFor(
  { template, method, operation }: { template: string; method: string; operation: OpenApiOperation },
  resolve: Resolve,
  clients: fc.Arbitrary<Client>,
): fc.Arbitrary<FuzzRequest> {
  const { parameters = [], requestBody } = operation
  const [[type, content] = []] = Object.entries(requestBody?.content ?? {})
  const json = content === undefined ? fc.constant(null) : jsonFor(content.schema, resolve)
  const body = type === 'multipart/form-data' ? formBody : fc.record({ type: contentType, body: json })
  return fc
    .record({
      method: rarely(fc.constantFrom(...METHODS), method),
      segments: fc.tuple(...parametersOf(template).map(segment)),
      slash: rarely(fc.constantFrom('/', '//', '/.', '%2f', '%00', '/..'), ''),
      query: queryFor(
        template,
        parameters.filter((one) => one.in === 'query'),
      ),
      client: clients,
      sent: rarely(fc.record({ type: contentType, body: text }), undefined).chain((odd) =>
        odd === undefined ? body : fc.constant(odd),
      ),
      moreHeaders,
    })
    .map(({ segments, slash, client, sent, moreHeaders: more, ...rest }): FuzzRequest => {
      const own: [string, string][] = [['authorization', client.authorization]]
      if (sent.body !== null) own.push(['content-type', sent.type])
      const path = segments.map((one) => (one === ORG_ID ? client.orgId : one))
      return {
        template,
        ...rest,
        segments: slash === '' ? path : [...path, slash],
        headers: [...own, ...more],
        body: sent.body,
      }
    })
}

/**
 * Returns the segments of a path with the names of the parameters whose values are known. An organization of a client is neither
 * deleted nor renamed: others take its place.
 */
function parametersOf(template: string): string[] {
  const parts = template.slice(1).split('/')
  const isOrganization = template.endsWith(`/enterprise/organizations/${ORG_ID}`)
  return isOrganization ? [...parts.slice(0, -1), `{${EXTRA_ORG_ID}}`] : parts
}

function segment(part: string): fc.Arbitrary<string> {
  // Paths have many of these segments, and each odd one makes a path unknown.
  if (!part.startsWith('{') || part === ORG_ID) return rarely(oddSegment, part, 60)
  return fc.oneof({ weight: 8, arbitrary: known(part.slice(1, -1)) }, { weight: 2, arbitrary: oddSegment })
}

/** The choice of requests that are generated from a document. */
interface RequestsOptions {
  /** Returns a generator of clients for the operations at a path. Default: clients of v1. */
  readonly clientsFor?: (template: string) => fc.Arbitrary<Client>
  /** Omits the operations whose path matches. */
  readonly without?: RegExp
}

/** Generates requests for every operation of a document. */
export function requestsOf(
  document: OpenApi,
  { clientsFor = () => v1Clients, without = /^$/ }: RequestsOptions = {},
): fc.Arbitrary<FuzzRequest> {
  const resolve: Resolve = (schema) => {
    const [, name = ''] = /^#\/components\/schemas\/(.+)$/.exec(schema.$ref ?? '') ?? []
    return schema.$ref === undefined ? schema : (document.components?.schemas?.[name] ?? {})
  }
  const all = Object.entries(document.paths).flatMap(([template, operations]) =>
    without.test(template)
      ? []
      : Object.entries(operations).map(([method, operation]) => {
          const described = { template, method: method.toUpperCase(), operation }
          const arbitrary = requestsFor(described, resolve, clientsFor(template))
          return { weight: difficultyOf(template, operation), arbitrary }
        }),
  )
  return fc.oneof(...all)
}

/** Returns how often to try an operation. The more a request contains that must be valid together, the fewer succeed. */
function difficultyOf(template: string, { parameters = [], requestBody }: OpenApiOperation): number {
  const values = template.split('/').filter((part) => part.startsWith('{') && part !== ORG_ID)
  const required = parameters.filter((one) => one.in === 'query' && one.required === true)
  return 1 + values.length + required.length + (requestBody === undefined ? 0 : 2)
}

/** Encodes the characters of a value that a path or a query cannot contain. Escapes stay as they are. */
function encodeInTarget(value: string): string {
  return value.toWellFormed().replaceAll(/[^\w.~%-]/gu, (one) => encodeURIComponent(one))
}

function encodeInJson(value: string): string {
  return JSON.stringify(value).slice(1, -1)
}

/** Returns the bytes of a request. */
export function bytesOf(request: FuzzRequest, known: KnownValues, connection = 'close'): Buffer {
  const { method, segments, query, headers, body } = request
  const target = fillIn(`/${segments.join('/')}${query}`, known, encodeInTarget)
  const sent = Buffer.from(body === null ? '' : fillIn(body, known, encodeInJson))
  const lines = [`${method} ${target} HTTP/1.1`, 'host: 127.0.0.1']
  // A line break in a value would start another header. The mutations cover that.
  for (const [name, value] of headers) lines.push(`${name}: ${value.replaceAll(/[\r\n\0]/g, ' ')}`)
  if (body !== null) lines.push(`content-length: ${sent.length}`)
  lines.push(`connection: ${connection}`, '', '')
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), sent])
}
