import t from 'tap'
import { ANSWER_NAMES, QUESTIONS } from '../../../src/answers/questions.ts'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { type Fake, OTHER_ORG_KEY, startFake } from '../../fake.ts'

const OTHER_ORG = `org-${'b2'.repeat(16)}`
const UNKNOWN = '/v1/secrets/secret-none'

const answersOf = async ({ call }: Fake, query = '') =>
  (await call('GET', `/_fake/answers${query}`)).json().answers
const choose = async (fake: Fake, answers: object, scope = {}) =>
  (await fake.send('PUT', '/_fake/answers', { ...scope, answers })).statusCode

/** Resolves with the answers to the deletion of an unknown secret: of the default organization, and of another one. */
const deletions = async ({ call }: Fake) => [
  (await call('DELETE', UNKNOWN)).statusCode,
  (await call('DELETE', UNKNOWN, { headers: { authorization: `Bearer ${OTHER_ORG_KEY}` } })).statusCode,
]

t.test('GET /_fake/answers returns the answers to all questions, the defaults at first', async (t) => {
  const fake = await startFake(t)

  const defaults = Object.fromEntries(ANSWER_NAMES.map((name) => [name, QUESTIONS[name][0]]))
  t.same(await answersOf(fake), defaults)
  t.same(await answersOf(fake, `?org_id=${DEFAULT_ORG_ID}`), defaults)
  t.same(await answersOf(fake, '?org_id=org-unknown'), defaults)
})

t.test('PUT /_fake/answers changes the given answers for all organizations, also for new ones', async (t) => {
  const fake = await startFake(t)
  t.same(await deletions(fake), [404, 404])

  t.equal(await choose(fake, { 'v1-unknown-secret': '403', 'v1-message': '204' }), 200)
  t.equal(await choose(fake, { 'v1-message': '200' }), 200)

  t.same(await deletions(fake), [403, 403])
  t.match(await answersOf(fake, '?org_id=org-new'), { 'v1-unknown-secret': '403', 'v1-message': '200' })
})

t.test('PUT /_fake/answers with org_id concerns one organization only', async (t) => {
  const fake = await startFake(t)

  t.equal(await choose(fake, { 'v1-unknown-secret': '403' }, { org_id: OTHER_ORG }), 200)

  t.same(await deletions(fake), [404, 403])
  t.match(await answersOf(fake), { 'v1-unknown-secret': '404' })
  t.match(await answersOf(fake, `?org_id=${OTHER_ORG}`), { 'v1-unknown-secret': '403' })
})

t.test(
  'PUT /_fake/answers without org_id also changes organizations with answers of their own',
  async (t) => {
    const fake = await startFake(t)
    await choose(fake, { 'v1-unknown-secret': '403', 'v1-message': '204' }, { org_id: OTHER_ORG })

    await choose(fake, { 'v1-unknown-secret': '404' })

    t.same(await deletions(fake), [404, 404])
    t.match(await answersOf(fake, `?org_id=${OTHER_ORG}`), { 'v1-message': '204' })
  },
)

t.test('PUT /_fake/answers rejects unknown names with a suggestion, and unknown options', async (t) => {
  const fake = await startFake(t)
  const refused = async (body: object) => {
    const { statusCode, json } = await fake.send('PUT', '/_fake/answers', body)
    return [statusCode, ...json().detail.map(({ msg }: { msg: string }) => msg)]
  }

  t.same(await refused({ answers: { 'v1-unknown-secrets': '403' } }), [
    422,
    'Extra inputs are not permitted; did you mean v1-unknown-secret?',
  ])
  t.same(await refused({ answers: { 'v1-unknown-secret': '410' } }), [422, "Input should be '404' or '403'"])
  t.same(await refused({ answers: {}, orgid: 'org-1' }), [
    422,
    'Extra inputs are not permitted; did you mean org_id?',
  ])
  t.same(await refused({}), [422, 'Field required'])
  t.same(await deletions(fake), [404, 404])
})

t.test(
  'PUT /_fake/answers with org_id refuses answers that are needed before the organization is known',
  async (t) => {
    const fake = await startFake(t)

    const refused = await fake.send('PUT', '/_fake/answers', {
      org_id: OTHER_ORG,
      answers: { 'v1-bad-key': '401', 'v1-unknown-secret': '403' },
    })

    t.match(
      [refused.statusCode, refused.json().detail],
      [
        422,
        [
          {
            loc: ['body', 'answers', 'v1-bad-key'],
            msg: /^Value error, .* choose it without org_id$/,
            input: null,
          },
        ],
      ],
    )
    t.same(await deletions(fake), [404, 404])
  },
)

t.test(
  'DELETE /_fake/answers returns to the answers at the start, of all organizations or of one',
  async (t) => {
    const fake = await startFake(t)
    await choose(fake, { 'v1-unknown-secret': '403' })
    await choose(fake, { 'v1-unknown-secret': '404', 'v1-message': '204' }, { org_id: OTHER_ORG })
    t.same(await deletions(fake), [403, 404])

    const { statusCode } = await fake.send('DELETE', '/_fake/answers', { org_id: OTHER_ORG })
    t.equal(statusCode, 204)
    t.same(await deletions(fake), [403, 403])
    t.match(await answersOf(fake, `?org_id=${OTHER_ORG}`), { 'v1-message': '200' })
    t.equal((await fake.call('DELETE', '/_fake/answers?org_id=org-unknown')).statusCode, 204)
    t.same(await deletions(fake), [403, 403])

    await choose(fake, { 'v1-message': '204' }, { org_id: OTHER_ORG })
    t.equal((await fake.call('DELETE', '/_fake/answers')).statusCode, 204)
    t.same(await deletions(fake), [404, 404])
    t.match(await answersOf(fake, `?org_id=${OTHER_ORG}`), { 'v1-message': '200' })
  },
)

t.test('POST /_fake/reset removes the choices of all organizations or of one', async (t) => {
  const fake = await startFake(t)
  await choose(fake, { 'v1-message': '204' })
  await choose(fake, { 'v1-unknown-secret': '403' }, { org_id: OTHER_ORG })
  await choose(fake, { 'v1-unknown-secret': '403' }, { org_id: DEFAULT_ORG_ID })

  await fake.send('POST', '/_fake/reset', { org_id: OTHER_ORG })
  t.same(await deletions(fake), [403, 404])
  t.match(await answersOf(fake, `?org_id=${OTHER_ORG}`), { 'v1-message': '204' })

  await fake.call('POST', '/_fake/reset')
  t.same(await deletions(fake), [404, 404])
  t.match(await answersOf(fake), { 'v1-message': '200' })
})

t.test('a snapshot restores the choices', async (t) => {
  const fake = await startFake(t)
  await choose(fake, { 'v1-bad-key': '401' })
  await choose(fake, { 'v1-unknown-secret': '403' }, { org_id: OTHER_ORG })
  await fake.send('POST', '/_fake/snapshots', { name: 'chosen' })
  await fake.call('DELETE', '/_fake/answers')

  t.equal((await fake.send('POST', '/_fake/snapshots/chosen/restore', {})).statusCode, 204)

  t.same(await deletions(fake), [404, 403])
  t.match(await answersOf(fake), { 'v1-bad-key': '401' })
})

t.test('GET /_fake/state shows the choices, and PUT /_fake/state sets them', async (t) => {
  const fake = await startFake(t)
  const state = async () => (await fake.call('GET', '/_fake/state')).json()
  t.notOk('answers' in (await state()), 'nothing is chosen at first')
  await choose(fake, { 'v1-bad-key': '401' })
  await choose(fake, { 'v1-unknown-secret': '403' }, { org_id: OTHER_ORG })

  const document = await state()
  t.match(document, { answers: { 'v1-bad-key': '401' } })
  const { answers } = document.organizations.find(({ org_id }: { org_id: string }) => org_id === OTHER_ORG)
  t.same(answers, { 'v1-unknown-secret': '403' })

  await fake.call('DELETE', '/_fake/answers')
  t.equal((await fake.send('PUT', '/_fake/state', document)).statusCode, 204)
  t.same(await state(), document)
  t.same(await deletions(fake), [404, 403])

  const { answers: _, ...withoutServer } = document
  const one = { ...withoutServer, organizations: [{ org_id: OTHER_ORG, answers: {} }] }
  t.equal((await fake.send('PUT', '/_fake/state', one)).statusCode, 204)
  t.match(await answersOf(fake), { 'v1-bad-key': '401' }, 'what the document lacks stays')
  t.same(await deletions(fake), [404, 404])

  const none = { answers: {}, organizations: [] }
  t.equal((await fake.send('PUT', '/_fake/state', none)).statusCode, 204)
  t.match(await answersOf(fake), { 'v1-bad-key': '403' })
})

t.test(
  'PUT /_fake/state refuses unknown answers, and an organization’s own to a question of the server',
  async (t) => {
    const fake = await startFake(t)
    const refused = async (document: object) => {
      const { statusCode, json } = await fake.send('PUT', '/_fake/state', document)
      return [
        statusCode,
        ...json().detail.map(({ loc, msg }: { loc: string[]; msg: string }) => [loc.join('.'), msg]),
      ]
    }

    t.same(await refused({ answers: { 'v1-bad-keys': '401' }, organizations: [] }), [
      422,
      ['body.answers.v1-bad-keys', 'Extra inputs are not permitted; did you mean v1-bad-key?'],
    ])
    t.same(await refused({ organizations: [{ answers: { 'v1-message': '201', 'v1-bad-key': '401' } }] }), [
      422,
      ['body.organizations.0.answers.v1-message', "Input should be '200' or '204'"],
      ['body.organizations.0.answers.v1-bad-key', 'Extra inputs are not permitted'],
    ])
  },
)

t.test('GET /_fake/openapi.json describes the questions and their options', async (t) => {
  const { call } = await startFake(t)

  const { paths, components } = (await call('GET', '/_fake/openapi.json')).json()

  t.same(Object.keys(paths['/_fake/answers']), ['get', 'put', 'delete'])
  t.same(paths['/_fake/answers'].get.tags, ['Answers'])
  const { properties } = components.schemas.Answers.properties.answers
  for (const name of ANSWER_NAMES) t.same(properties[name].enum, QUESTIONS[name], name)
})

t.test('GET /_fake/fidelity has the questions with the evidence for each option', async (t) => {
  const { call } = await startFake(t)

  const { questions } = (await call('GET', '/_fake/fidelity')).json()

  t.same(
    questions.map(({ name, options }: { name: string; options: { option: string }[] }) => [
      name,
      options.map(({ option }) => option),
    ]),
    ANSWER_NAMES.map((name) => [name, [...QUESTIONS[name]]]),
  )
})
