import t from 'tap'
import { startFakeDevin } from '../../src/index.ts'
import { both, call } from './both.ts'

const UNKNOWN = 'DELETE /v1/secrets/secret-none'

both('answers are chosen, read and reset', async (t, devin) => {
  t.match(await devin.answers.get(), { 'v1-unknown-secret': '404', 'v3-422': 'problem' })

  t.match(await devin.answers.set({ 'v1-unknown-secret': '403' }), { 'v1-unknown-secret': '403' })
  t.equal((await call(devin, UNKNOWN)).status, 403)
  t.match(await devin.answers.get(), { 'v1-unknown-secret': '403', 'v3-422': 'problem' })

  await devin.answers.reset()
  t.equal((await call(devin, UNKNOWN)).status, 404)
})

both('answers of an organization are its own', async (t, devin) => {
  const [one, other] = await Promise.all([devin.organizations.create(), devin.organizations.create()])

  await one.answers.set({ 'v1-unknown-secret': '403' })
  await devin.answers.set({ 'v1-unknown-secret': '403' }, { org_id: devin.orgId })

  t.equal((await call(one, UNKNOWN)).status, 403)
  t.equal((await call(other, UNKNOWN)).status, 404)
  t.equal((await call(devin, UNKNOWN)).status, 403)
  t.match(await devin.answers.get({ org_id: one.orgId }), { 'v1-unknown-secret': '403' })
  await one.answers.reset()
  await devin.answers.reset({ org_id: devin.orgId })
  t.equal((await call(one, UNKNOWN)).status, 404)
  t.equal((await call(devin, UNKNOWN)).status, 404)
})

both('a misspelt answer is refused with the nearest name', async (t, devin) => {
  const misspelt = { 'v1-unknown-secrets': '403' } as object

  await t.rejects(devin.answers.set(misspelt), {
    name: 'FakeDevinError',
    status: 422,
    message: /did you mean v1-unknown-secret\?/,
  })
})

both(
  'the answers that a fake is started with are those that a reset returns to',
  async (t, devin) => {
    t.match(await devin.answers.get(), { 'v1-unknown-secret': '403', 'v1-bad-key': '401' })
    t.equal((await call(devin, UNKNOWN)).status, 403)
    t.equal((await call(devin, UNKNOWN, undefined, 'apk_user_wrong')).status, 401)
    await devin.answers.set({ 'v1-unknown-secret': '404' })
    t.equal((await call(devin, UNKNOWN)).status, 404)

    await devin.reset()

    t.equal((await call(devin, UNKNOWN)).status, 403)
    t.notOk('answers' in (await devin.state.get()), 'the options are no part of the state')
  },
  { answers: { 'v1-unknown-secret': '403', 'v1-bad-key': '401' } },
)

t.test('a misspelt answer in the options is refused with the nearest name', async (t) => {
  const answers = { 'v1-unknown-secrets': '403' } as object

  await t.rejects(startFakeDevin({ answers }), {
    name: 'UsageError',
    message: /did you mean v1-unknown-secret\?$/,
  })
})

t.test('a seed chooses answers, and a reset restores them', async (t) => {
  const devin = await startFakeDevin({
    seed: {
      answers: { 'v1-bad-key': '401' },
      organizations: [{ answers: { 'v1-unknown-secret': '403' } }],
    },
  })
  t.teardown(() => devin.close())
  const chosen = async () => [
    (await call(devin, UNKNOWN)).status,
    (await call(devin, UNKNOWN, undefined, 'apk_user_wrong')).status,
  ]
  t.same(await chosen(), [403, 401])
  await devin.answers.reset()
  t.same(await chosen(), [404, 403])

  await devin.reset({ org_id: devin.orgId })
  t.same(await chosen(), [403, 403])
  await devin.reset()
  t.same(await chosen(), [403, 401])
})

t.test(
  'choices survive a restart with a store, and new options apply to questions without a choice',
  async (t) => {
    const store = `${t.testdir({})}/devin.sqlite`
    const first = await startFakeDevin({ store, answers: { 'v1-message': '204', 'v3-total': 'null' } })
    await first.answers.set({ 'v1-unknown-secret': '403', 'v1-message': '200' })
    await first.answers.set({ 'v1-playbook-list': 'object' }, { org_id: first.orgId })
    await first.close()

    const second = await startFakeDevin({
      store,
      answers: { 'v1-message': '204', 'v1-create-secret': '201' },
    })
    t.teardown(() => second.close())

    t.match(await second.answers.get(), {
      'v1-unknown-secret': '403',
      'v1-message': '200',
      'v1-create-secret': '201',
      'v3-total': 'count',
      'v1-playbook-list': 'array',
    })
    t.match(await second.answers.get({ org_id: second.orgId }), { 'v1-playbook-list': 'object' })
    await second.reset()
    t.match(await second.answers.get(), { 'v1-unknown-secret': '404', 'v1-message': '204' })
  },
)
