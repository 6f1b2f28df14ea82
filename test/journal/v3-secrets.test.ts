// Masks follow from the schemas of both generations: no value of a schema that is marked as a secret is shown.
import { Type } from '@sinclair/typebox'
import type { FastifySchema } from 'fastify'
import t from 'tap'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { maskJson } from '../../src/journal/mask.ts'
import { HIDDEN, redactionOf, responseRedactionOf } from '../../src/journal/secret-fields.ts'
import { isSecret, Nullable, Secret } from '../../src/schemas/types.ts'
import { OPERATIONS } from '../../src/schemas/v3/contract.ts'
import { requestSchema } from '../../src/schemas/v3/requests.ts'
import { KEY, startFake } from '../fake.ts'
import { allRoutes } from '../registered-routes.ts'
import { startV3, V3_KEY } from '../v3.ts'

/** The parts of a JSON schema that a sample needs. */
interface Part {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Part>>
  readonly items?: Part
  readonly anyOf?: readonly Part[]
}

const MARK = 's3cr3t'

/** Returns a value that fits a schema, with `MARK` as every secret. */
function sample(part: Part): unknown {
  if (isSecret(part)) return MARK
  const { properties = {}, items = {}, anyOf } = part
  if (anyOf !== undefined) return sample(anyOf[0] as Part)
  if (part.enum !== undefined) return part.enum[0]
  if (part.type === 'array') return [sample(items)]
  if (part.type === 'object') {
    return Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, sample(member)]))
  }
  return { integer: 1, number: 1, boolean: true }[part.type ?? ''] ?? 'text'
}

/** Returns whether a schema marks a secret at any depth. */
function hasSecret(part: Part): boolean {
  return JSON.stringify(sample(part)).includes(MARK)
}

const registered = (await allRoutes()).flatMap(({ method, path, schema = {} }): [string, FastifySchema][] =>
  path.startsWith('/_fake/') ? [] : [[`${method} ${path}`, schema]],
)
const schemas = new Map([
  ...registered,
  ...OPERATIONS.map((name): [string, FastifySchema] => [name, requestSchema(name)]),
])

const withSecretBody = [...schemas].filter(([, { body }]) => body !== undefined && hasSecret(body as Part))
const withSecretResponse = [...schemas].flatMap(([name, { response = {} }]) =>
  Object.entries(response as Record<string, Part>)
    .filter(([, part]) => hasSecret(part))
    .map(([status, part]) => ({ name, status, part })),
)

t.test('the operations of both generations with a secret in their request are known', async (t) => {
  t.same(withSecretBody.map(([name]) => name).sort(), [
    'PATCH /v3/organizations/{org_id}/automations/{automation_id}',
    'POST /v1/secrets',
    'POST /v1/sessions',
    'POST /v3/organizations/{org_id}/automations',
    'POST /v3/organizations/{org_id}/secrets',
    'POST /v3/organizations/{org_id}/sessions',
  ])
  t.same([...new Set(withSecretResponse.map(({ name }) => name))].sort(), [
    'DELETE /v3/organizations/{org_id}/automations/{automation_id}',
    'GET /v3/organizations/{org_id}/automations',
    'GET /v3/organizations/{org_id}/automations/{automation_id}',
    'PATCH /v3/organizations/{org_id}/automations/{automation_id}',
    'POST /v3/enterprise/service-users',
    'POST /v3/enterprise/service-users/{service_user_id}/api-keys',
    'POST /v3/enterprise/service-users/{service_user_id}/api-keys/{api_key_id}/rotate',
    'POST /v3/organizations/{org_id}/automations',
    'POST /v3/organizations/{org_id}/service-users',
  ])
})

t.test('a secret in a request is masked in the journal, whichever operation takes it', async (t) => {
  const { app } = await startFake(t)
  for (const [name, { body }] of withSecretBody) {
    const [method = '', template = ''] = name.split(' ')
    const path = template.replace('{org_id}', DEFAULT_ORG_ID).replaceAll(/\{\w+\}/g, 'x')
    const authorization = `Bearer ${path.startsWith('/v1/') ? KEY : V3_KEY}`
    const whole = sample(body as Part)
    // Complete, in a list, in a wrapper, alone, and with a wrong type beside it, which is answered 422 and quotes the input.
    for (const sent of [whole, [whole], { wrapped: whole }, MARK, { ...Object(whole), title: 5, type: 5 }]) {
      const payload = JSON.stringify(sent)
      await app.inject({
        method: method as 'POST',
        url: path,
        headers: { authorization, 'content-type': 'application/json' },
        payload,
      })
      const { requests } = (await app.inject('/_fake/requests')).json()
      t.match(requests.at(-1), { route: template, method }, `${name} ${payload}`)
      t.notOk(JSON.stringify(requests).includes(MARK), `${name} ${payload}`)
    }
  }
})

t.test('a secret in a response is masked, and the rest of it is shown', async (t) => {
  for (const { name, status, part } of withSecretResponse) {
    const route = { schema: schemas.get(name) }
    const shown = maskJson(sample(part), responseRedactionOf(route, Number(status)))

    t.same(shown, JSON.parse(JSON.stringify(sample(part)).replaceAll(MARK, '***')), `${name} ${status}`)
  }
})

t.test('members that a schema knows and does not mark are shown, whatever their names', async (t) => {
  const route = { schema: requestSchema('POST /v3/organizations/{org_id}/sessions') }
  const body = {
    prompt: 'p',
    secret_ids: ['secret-1'],
    structured_output_schema: { properties: { secret: { type: 'string' } } },
    session_secrets: [{ key: 'K', value: MARK, sensitive: false }],
  }

  t.same(maskJson(body, redactionOf(route)), {
    ...body,
    session_secrets: [{ key: 'K', value: '***', sensitive: false }],
  })
})

t.test(
  'POST /v3/organizations/{org_id}/secrets shows the harmless members if they are scalars',
  async (t) => {
    const route = { schema: requestSchema('POST /v3/organizations/{org_id}/secrets') }
    const body = { type: 'totp', key: 'K', note: 'n', is_sensitive: true }

    t.same(maskJson({ ...body, value: MARK }, redactionOf(route)), { ...body, value: '***' })
    t.same(maskJson({ key: { k: MARK }, is_sensitive: [MARK], [MARK]: 1 }, redactionOf(route)), {
      key: { '***': '***' },
      is_sensitive: ['***'],
      '***': '***',
    })
  },
)

t.test('marks count wherever they are in a schema', async (t) => {
  const Pair = Type.Object({ name: Type.String(), value: Secret(Type.String()) })
  const body = Type.Object({
    tokens: Type.Array(Secret(Type.String())),
    lists: Type.Array(Type.Object({ pairs: Nullable(Type.Array(Pair)) })),
    any: Type.Unknown(),
  })
  const whole = { tokens: [MARK], lists: [{ pairs: [{ name: 'n', value: MARK }] }], any: [1] }
  const lists = [{ pairs: [{ name: 'n', value: '***' }] }]
  const route = { schema: { body, response: { 200: Type.Array(body), 201: Secret(Type.String()) } } }

  t.same(maskJson(whole, redactionOf(route)), { tokens: '***', lists, any: [1] })
  t.same(maskJson({ lists: { other: 1, secret: MARK }, tokens: { other: MARK } }, redactionOf(route)), {
    lists: { other: 1, secret: '***' },
    tokens: '***',
  })
  t.same(maskJson([whole, 'text'], responseRedactionOf(route, 200)), [
    { tokens: ['***'], lists, any: [1] },
    'text',
  ])
  t.equal(maskJson(MARK, responseRedactionOf(route, 201)), '***')
  t.equal(maskJson('text', responseRedactionOf(route, 404)), 'text')
})

t.test('nothing is shown for a route whose schemas are not loaded', async (t) => {
  const route = { schema: undefined }

  t.equal(redactionOf(route), HIDDEN)
  t.equal(responseRedactionOf(route, 200), HIDDEN)
})

t.test('the schemas of a refused request are loaded before it is shown', async (t) => {
  const { app, v3 } = await startV3(t)
  await v3('POST', '/v3/organizations/none/sessions', {
    prompt: 'p',
    session_secrets: [{ key: 'K', value: MARK }],
  })

  const { requests } = (await app.inject('/_fake/requests')).json()

  t.match(requests, [
    {
      status: 403,
      response_body: { detail: 'Unauthorized' },
    },
  ])
})

t.test('the description of a verification masks what the named operation marks', async (t) => {
  const { send } = await startFake(t)
  const expectedOf = async (path: string, body: unknown) =>
    (await send('POST', '/_fake/requests/verify', { method: 'POST', path, body })).json().expected
  const hunter = { hunter2: 'K', key: 'K' }

  t.match(await expectedOf('/v1/secrets', hunter), 'body {"***":"***","key":"K"}')
  for (const path of ['/v3/organizations/{org_id}/secrets', `/v3/organizations/${DEFAULT_ORG_ID}/secrets`]) {
    t.match(await expectedOf(path, hunter), 'body {"***":"***","key":"K"}')
  }
  t.match(await expectedOf('/v3/organizations/{org_id}/nothing', hunter), 'body {"hunter2":"K","key":"K"}')
})

t.test(
  'an object in place of a list, and members that a schema does not know, are shown unless confidential',
  async (t) => {
    const request = Type.Object({
      items: Type.Array(
        Type.Object({ name: Type.String(), inner: Type.Object({ key: Secret(Type.String()) }) }),
      ),
    })
    const shownRequest = maskJson(
      { items: { name: 'n', password: MARK } },
      redactionOf({ schema: { body: request } }),
    )
    const response = Type.Object({ token: Secret(Type.String()) })
    const shownResponse = maskJson(
      { token: MARK, other: 'shown' },
      responseRedactionOf({ schema: { response: { 200: response } } }, 200),
    )
    const shownList = maskJson(
      [{ other: 'shown' }],
      responseRedactionOf({ schema: { response: { 200: response } } }, 200),
    )

    t.notMatch(JSON.stringify([shownRequest, shownResponse]), MARK)
    t.match(JSON.stringify([shownRequest, shownResponse, shownList]), /"n".*"shown".*"shown"/)
  },
)
