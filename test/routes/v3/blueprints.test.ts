import type { LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { randomIds } from '../../../src/base/ids.ts'
import { BLUEPRINT_BYTES_MAX, BLUEPRINT_FILES_MAX } from '../../../src/organization/blueprints.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { frozenClock } from '../../fake.ts'
import { checkAgainstContract, startV3, V3_KEY, type V3Fake } from '../../v3.ts'

const BLUEPRINTS = `/v3beta1/organizations/${DEFAULT_ORG_ID}/snapshot-setup/blueprints`

/** Creates a blueprint, and returns its path. */
async function create({ v3 }: V3Fake, fields: object = {}): Promise<string> {
  const { blueprint_id: id } = (await v3('POST', BLUEPRINTS, fields)).json()
  return `${BLUEPRINTS}/${id}`
}

/** Uploads a file. */
async function upload(
  t: Test,
  { call }: V3Fake,
  path: string,
  name: string,
): Promise<LightMyRequestResponse> {
  const target = `${path}/files?name=${encodeURIComponent(name)}`
  const response = await call('POST', target, {
    payload: '--b\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\nhello\r\n--b--\r\n',
    headers: { authorization: `Bearer ${V3_KEY}`, 'content-type': 'multipart/form-data; boundary=b' },
  })
  checkAgainstContract(t, 'POST', target, response)
  return response
}

t.test('a blueprint is created, read and deleted', async (t) => {
  const { v3, call } = await startV3(t)
  t.same((await v3('GET', BLUEPRINTS)).json(), { data: [] })

  const created = await v3('POST', BLUEPRINTS, { repo_name: 'owner/repo' })
  t.equal(created.statusCode, 201)
  const { blueprint_id: id } = created.json()
  t.match(id, /^blueprint-[0-9a-f]{32}$/)
  t.same(created.json(), {
    blueprint_id: id,
    type: 'repo',
    repo_name: 'owner/repo',
    created_at: 1_767_323_045,
    updated_at: 1_767_323_045,
  })
  t.same((await v3('GET', `${BLUEPRINTS}/${id}`)).json(), created.json())
  t.same((await v3('GET', BLUEPRINTS)).json(), { data: [created.json()] })

  const deleted = await v3('DELETE', `${BLUEPRINTS}/${id}`)
  t.same([deleted.statusCode, deleted.body], [204, ''])
  t.same((await v3('GET', BLUEPRINTS)).json(), { data: [] })
  t.match((await call('GET', '/v1/audit-logs')).json(), {
    audit_logs: [{ action: 'delete_blueprint' }, { action: 'create_blueprint' }],
  })
})

t.test('every operation of a blueprint answers 404 for an unknown one', async (t) => {
  const fake = await startV3(t)
  const path = await create(fake)
  await fake.v3('DELETE', path)
  const elsewhere = (await create(fake)).replace(DEFAULT_ORG_ID, 'org-other')

  for (const gone of [path, elsewhere]) {
    for (const answer of [
      await fake.v3('GET', gone),
      await fake.v3('DELETE', gone),
      await fake.v3('GET', `${gone}/contents`),
      await fake.v3('GET', `${gone}/files`),
      await fake.v3('DELETE', `${gone}/files/file-x`),
      await upload(t, fake, gone, 'a'),
    ]) {
      t.same([answer.statusCode, answer.json().detail], [404, 'Blueprint not found'])
    }
  }
})

t.test('POST …/blueprints answers 409 for a second blueprint', async (t) => {
  const fake = await startV3(t)
  const status = async (body: object) => {
    const answer = await fake.v3('POST', BLUEPRINTS, body)
    return [answer.statusCode, answer.json().detail ?? answer.json().type]
  }

  t.same(await status({ repo_name: 'a/b' }), [201, 'repo'])
  t.same(await status({ repo_name: 'a/b' }), [409, 'A blueprint for the repository exists already'])
  t.same(await status({ repo_name: 'a/c' }), [201, 'repo'])
  t.same(await status({ repo_name: null }), [201, 'org'])
  t.same(await status({}), [409, 'A blueprint for the organization exists already'])
  t.same(await status({ repo_name: '' }), [201, 'repo'])
  t.same(await status({ contents: 1 }), [422, 'Validation error'])
  await fake.v3('DELETE', `${BLUEPRINTS}/${(await fake.organization.blueprints.list())[0]?.id}`)
  t.same(await status({ repo_name: 'a/b' }), [201, 'repo'], 'that of a deleted one is free')
})

t.test('POST …/blueprints answers 507 if the store is full', async (t) => {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const { v3 } = await startV3(t, { organizations })

  organizations.quota.record(512 * 2 ** 20)
  t.equal((await v3('POST', BLUEPRINTS, {})).statusCode, 507)
})

t.test('GET …/blueprints selects that of a repository', async (t) => {
  const fake = await startV3(t)
  await create(fake, { repo_name: 'a/b' })
  await create(fake, { repo_name: 'a/c' })
  const count = async (query: string) => (await fake.v3('GET', BLUEPRINTS + query)).json().data.length

  t.equal(await count(''), 2)
  t.equal(await count('?repo_name=a%2Fb'), 1)
  t.equal(await count('?repo_name=x'), 0)
  await create(fake, { repo_name: 'a?b' })
  t.equal(await count('?repo_name=a?b'), 1)
})

t.test('GET …/blueprints/{blueprint_id}/contents answers with a URL that works for 10 minutes', async (t) => {
  const fake = await startV3(t)
  const path = await create(fake, { contents: 'initialize: "ä"\n' })

  const answer = (await fake.v3('GET', `${path}/contents`)).json()
  t.equal(answer.expires_at, 1_767_323_045 + 600)
  const get = () => fake.app.inject({ method: 'GET', url: answer.url })
  const downloaded = await get()
  t.same([downloaded.statusCode, downloaded.body], [200, 'initialize: "ä"\n'])
  t.match(downloaded.headers, {
    'content-type': 'application/yaml; charset=utf-8',
    'content-disposition': "attachment; filename*=UTF-8''blueprint.yaml",
  })
  fake.advance(600)
  t.equal((await get()).statusCode, 200)
  fake.advance(0.001)
  t.equal((await get()).statusCode, 403)

  const empty = await create(fake, { repo_name: 'a/b', contents: null })
  const { url } = (await fake.v3('GET', `${empty}/contents`)).json()
  t.equal((await fake.app.inject({ method: 'GET', url })).body, '')
  await fake.v3('DELETE', empty)
  t.equal((await fake.app.inject({ method: 'GET', url })).statusCode, 404)
})

t.test('files of a blueprint are uploaded, listed and deleted', async (t) => {
  const fake = await startV3(t)
  const path = await create(fake)
  const list = async () => (await fake.v3('GET', `${path}/files`)).json()
  t.same(await list(), { data: [] })

  fake.advance(1)
  const uploaded = await upload(t, fake, path, 'settings v2.xml')
  t.equal(uploaded.statusCode, 201)
  const { file_id } = uploaded.json()
  t.match(file_id, /^file-[0-9a-f]{32}$/)
  t.same(uploaded.json(), {
    file_id,
    blueprint_id: path.slice(BLUEPRINTS.length + 1),
    name: 'settings v2.xml',
    env_var_name: 'FILE_SETTINGS_V2_XML',
    size_bytes: 5,
    created_at: 1_767_323_046,
    updated_at: 1_767_323_046,
  })
  t.same(await list(), { data: [uploaded.json()] })
  t.equal((await fake.v3('GET', path)).json().updated_at, 1_767_323_046)

  const other = (await upload(t, fake, path, 'other')).json()
  const deleted = await fake.v3('DELETE', `${path}/files/${file_id}`)
  t.same([deleted.statusCode, deleted.body], [204, ''])
  t.same(await list(), { data: [other] })
  const again = await fake.v3('DELETE', `${path}/files/${file_id}`)
  t.same([again.statusCode, again.json().detail], [404, 'Blueprint file not found'])
  t.match((await fake.organization.auditLog.list()).slice(-2), [
    { action: 'upload_blueprint_file' },
    { action: 'delete_blueprint_file', subjectId: file_id },
  ])
})

t.test('POST …/blueprints/{blueprint_id}/files answers 409 for a taken environment variable', async (t) => {
  const fake = await startV3(t)
  const path = await create(fake)
  await upload(t, fake, path, 'a-b')

  const taken = await upload(t, fake, path, 'A_b')
  t.same([taken.statusCode, taken.json().detail], [409, 'Another file has the environment variable FILE_A_B'])
  t.equal((await upload(t, fake, await create(fake, { repo_name: 'a/b' }), 'a-b')).statusCode, 201)
})

t.test('POST …/blueprints/{blueprint_id}/files limits names and the number of files', async (t) => {
  const fake = await startV3(t)
  const path = await create(fake)
  const status = async (name: string) => (await upload(t, fake, path, name)).statusCode

  t.equal(await status(''), 400)
  t.equal(await status('..'), 400)
  t.equal(await status('x'.repeat(256)), 400)
  t.equal(await status('x'.repeat(255)), 201)
  for (let index = 1; index < BLUEPRINT_FILES_MAX; index++) await status(`f${index}`)
  t.equal(await status('one more'), 400)
  t.equal((await fake.v3('GET', `${path}/files`)).json().data.length, BLUEPRINT_FILES_MAX)
})

t.test('POST …/blueprints/{blueprint_id}/files limits the size of all files together', async (t) => {
  const fake = await startV3(t)
  const path = await create(fake)
  const fill = (size: number) =>
    fake.organization.blueprints.update(path.slice(BLUEPRINTS.length + 1), (before) => ({
      ...before,
      files: [{ id: 'file-1', name: 'big', bytes: new Uint8Array(size), createdAt: 0 }],
    }))

  await fill(BLUEPRINT_BYTES_MAX - 4)
  t.equal((await upload(t, fake, path, 'a')).statusCode, 400)
  await fill(BLUEPRINT_BYTES_MAX - 5)
  t.equal((await upload(t, fake, path, 'a')).statusCode, 201)
})

t.test('blueprints need ManageRepoBlueprints, and that of the organization ManageOrgSnapshots', async (t) => {
  const statusesFor = async (...permissions: string[]) => {
    const { v3 } = await startV3(t, { keys: new KeyRegistry({ keys: [{ key: V3_KEY, permissions }] }) })
    const answers = [
      await v3('GET', BLUEPRINTS),
      await v3('POST', BLUEPRINTS, { repo_name: 'a/b' }),
      await v3('POST', BLUEPRINTS, {}),
    ]
    return answers.map(({ statusCode }) => statusCode)
  }

  t.same(await statusesFor('ManageRepoBlueprints'), [200, 201, 403])
  t.same(await statusesFor('ManageRepoBlueprints', 'ManageOrgSnapshots'), [200, 201, 201])
  t.same(await statusesFor('ManageOrgSnapshots'), [403, 403, 403])
})

t.test('blueprints and their files round-trip through state documents', async (t) => {
  const fake = await startV3(t)
  const blueprints = [
    {
      repo_name: 'a/b',
      contents: 'x: 1',
      created_at: '2026-01-01T00:00:00Z',
      files: [{ name: 'a', base64: 'aGk=' }, { name: 'b' }],
    },
    {},
  ]
  const put = (body: unknown) => fake.send('PUT', '/_fake/state', { organizations: [{ blueprints: body }] })

  t.equal((await put(blueprints)).statusCode, 204)
  const { data } = (await fake.v3('GET', BLUEPRINTS)).json()
  t.match(data, [
    { repo_name: 'a/b', created_at: 1_767_225_600, updated_at: 1_767_225_600 },
    { blueprint_id: /^blueprint-/, repo_name: null, type: 'org' },
  ])
  t.match((await fake.v3('GET', `${BLUEPRINTS}/${data[0].blueprint_id}/files`)).json(), {
    data: [
      { name: 'a', size_bytes: 2, created_at: 1_767_225_600 },
      { name: 'b', size_bytes: 0 },
    ],
  })
  const state = (await fake.call('GET', '/_fake/state')).json()
  await fake.send('PUT', '/_fake/state', state)
  t.same((await fake.call('GET', '/_fake/state')).json(), state)
})

t.test('state documents with clashing blueprints or files are refused', async (t) => {
  const { send } = await startV3(t)
  for (const [blueprints, reason] of [
    [[{}, {}], 'the same repo_name as that of'],
    [[{ files: [{ name: 'a' }, { name: 'A' }] }], 'the same name as that of'],
    [
      [
        {
          files: [
            { id: 'x', name: 'a' },
            { id: 'x', name: 'b' },
          ],
        },
      ],
      'the same id as that of',
    ],
    [[{ files: [{ name: 'a', base64: '!' }] }], 'not base64'],
  ] as const) {
    const refused = await send('PUT', '/_fake/state', { organizations: [{ blueprints }] })
    t.equal(refused.statusCode, 422)
    t.match(refused.body, reason)
  }
})
