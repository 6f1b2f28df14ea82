import { Ajv2020 } from 'ajv/dist/2020.js'
import type { LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import type { AppOptions } from '../src/app.ts'
import { DEFAULT_ORG_ID } from '../src/auth/principal.ts'
import { RouteTree } from '../src/fastapi/route-tree.ts'
import contract from '../src/schemas/v3/contract.json' with { type: 'json' }
import { OPERATIONS } from '../src/schemas/v3/contract.ts'
import { type Fake, startFake } from './fake.ts'

/** An open v3 key, which works for every organization. */
export const V3_KEY = 'cog_test'

/** A test application with shortcuts for v3. Every response is checked against the contract. */
export interface V3Fake extends Fake {
  /** Sends a request to v3, with a JSON body if there is one. */
  v3(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>
  /** Sends a request below `/v3/organizations/{org_id}` of the default organization. */
  org(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>
}

/** Starts an application for a test of v3. */
export async function startV3(t: Test, options: AppOptions = {}): Promise<V3Fake> {
  const fake = await startFake(t, options)
  const v3: V3Fake['v3'] = async (method, path, body, headers) => {
    const response = await fake.call(method, path, {
      ...(body !== undefined && { payload: JSON.stringify(body) }),
      headers: {
        authorization: `Bearer ${V3_KEY}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
    })
    checkAgainstContract(t, method, path, response)
    return response
  }
  return {
    ...fake,
    v3,
    org: (method, path, ...rest) => v3(method, `/v3/organizations/${DEFAULT_ORG_ID}${path}`, ...rest),
  }
}

const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema({ $id: 'contract', ...contract })

const operations = new RouteTree(
  OPERATIONS.map((name) => {
    const [method, path] = name.split(' ') as [string, string]
    return { method, path, pathParameter: 'repository_path' }
  }),
)

/** Checks a response against the schema that the contract has for its operation and status. */
export function checkAgainstContract(
  t: Test,
  method: string,
  target: string,
  response: LightMyRequestResponse,
): void {
  const path = target.split('?')[0] as string
  const { statusCode: status, body } = response
  if (status >= 400) {
    if (status === 500) return
    check(t, '#/components/schemas/ProblemDetail', JSON.parse(body), `${method} ${path} ${status}`)
    t.equal(response.headers['content-type'], 'application/problem+json')
    return
  }
  // The prefix of the beta serves the released operations, too.
  const match = operations.match(method, path) ?? operations.match(method, path.replace('/v3beta1/', '/v3/'))
  if (match === undefined) return void t.fail(`no operation ${method} ${path}`)
  const { paths } = contract as unknown as {
    paths: Record<string, Record<string, { responses: Record<string, { content?: object }> }>>
  }
  const expected = paths[match.route.path]?.[method.toLowerCase()]?.responses[status]
  if (expected === undefined) return void t.fail(`${method} ${match.route.path} must not answer ${status}`)
  if (expected.content === undefined) return
  t.equal(response.headers['content-type'], 'application/json', `${method} ${path}`)
  const pointer = [
    match.route.path,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    'application/json',
  ]
    .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/')
  check(t, `#/paths/${pointer}/schema`, JSON.parse(body), `${method} ${path}`)
}

function check(t: Test, pointer: string, value: unknown, what: string): void {
  const validate = ajv.getSchema(`contract${pointer}`)
  if (validate === undefined) return void t.fail(`the contract has no ${pointer}`)
  if (!validate(value))
    t.fail(`${what} does not fit the contract: ${ajv.errorsText(validate.errors)}`, { value })
}
