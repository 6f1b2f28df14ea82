// Tests src/state/encode.ts and mask-texts.ts, and the round trips of state documents and snapshots.
import fc from 'fast-check'
import t from 'tap'
import { maskTexts } from '../../src/state/mask-texts.ts'
import { startFake } from '../fake.ts'
import { commandSequence, createOrganizations, runCommands } from './command-sequences.ts'
import { allResponses, aServer, assertSame, json, putState, stateOf } from './server.ts'

t.test('keys in texts are masked at every level, and other values are unchanged', async (t) => {
  t.strictSame(maskTexts({ a: ['apk_user_x', 1, null, true], apk_b: { name: '%61pk_user_y' } }), {
    a: ['apk_user_***', 1, null, true],
    'apk_***': { name: 'apk_user_***' },
  })
})

t.test('the JSON of a secret is masked entirely, except in members that may hold any JSON', async (t) => {
  const text = '{"value": "v"}'
  t.strictSame(
    maskTexts({ prompt: text, scenario: { say: text }, structured_output_schema: { const: text } }),
    {
      prompt: '***',
      scenario: { say: text },
      structured_output_schema: { const: text },
    },
  )
})

t.test('members that a mask would break are unchanged', async (t) => {
  const exact = { id: 'apk_a', org_id: 'apk_a', match: '/apk_a/', base64: 'YXBrX3VzZXJf', macro: '!apk_a' }
  t.strictSame(maskTexts(exact), exact)
})

t.test('a state with masked keys can be restored, and with reveal=true it is exact', async (t) => {
  const { send, call } = await startFake(t)
  const key = 'apk_user_s3cr3t'
  const session = { prompt: `use ${key}`, title: key, tags: [key, `%61${key.slice(1)}`] }
  t.equal((await send('POST', '/v1/sessions', session)).statusCode, 200)
  t.equal((await send('POST', '/v1/sessions', { prompt: '{"key": "K", "value": "s3cr3t"}' })).statusCode, 200)
  const read = async (query: string) => (await call('GET', `/_fake/state${query}`)).body
  const [masked, exact] = [await read(''), await read('?reveal=true')]

  t.notMatch(masked, /s3cr3t/)
  t.match(masked, /use apk_user_\*\*\*/)
  t.match(exact, /use apk_user_s3cr3t/)
  t.equal((await send('PUT', '/_fake/state', JSON.parse(masked))).statusCode, 204)
  t.match(await read('?reveal=true'), /use apk_user_\*\*\*/)
  t.equal((await send('PUT', '/_fake/state', JSON.parse(exact))).statusCode, 204)
  t.match(await read('?reveal=true'), /use apk_user_s3cr3t/)
})

t.test('a state has what the rules of scenarios match, and their names', async (t) => {
  const app = await aServer(t)
  const rules = [
    { match: { prompt: 'flaky', tag: '/^a/' }, scenario: 'never' },
    { name: 'mine', scenario: { steps: [{ message: 'hello' }] } },
  ]
  for (const rule of rules) await app.inject({ method: 'POST', url: '/_fake/scenarios', ...json(rule) })
  const rulesOf = (state: string) =>
    JSON.parse(state).scenarios.map(({ id, org_id, ...rest }: Record<string, unknown>) => rest)

  const state = await stateOf(app)
  t.same(rulesOf(state), rules)

  const other = await aServer(t)
  t.same(await putState(other, state), [204, ''])
  t.same(rulesOf(await stateOf(other)), rules)
})

t.test('the state of an organization that does not exist is that of a new one', async (t) => {
  const app = await aServer(t)

  const { organizations } = JSON.parse(await stateOf(app, '?org_id=org-new'))

  t.match(organizations, [{ org_id: 'org-new', secrets: [] }])
  t.equal(organizations.length, 1)
})

t.test('a state restored on a new server is identical, and so are all responses', async (t) => {
  await fc.assert(
    fc.asyncProperty(commandSequence, fc.boolean(), async (sequence, strict) => {
      const server = await aServer(t, { strict })
      const keys = await createOrganizations(server)
      await runCommands(server, keys, sequence)
      const state = await stateOf(server)

      const other = await aServer(t, { strict })
      const put = await putState(other, state)

      if (put[0] !== 204) throw new Error(put.join(' '))
      assertSame(await stateOf(other), state)
      assertSame(await allResponses(other, keys, state), await allResponses(server, keys, state))
      // The states stay equal after these requests.
      assertSame(await stateOf(other), await stateOf(server))
      await Promise.all([server.close(), other.close()])
    }),
    { numRuns: 25 },
  )
})

t.test('a snapshot restores the exact state after any further commands', async (t) => {
  await fc.assert(
    fc.asyncProperty(commandSequence, commandSequence, async (before, between) => {
      const server = await aServer(t)
      const keys = await createOrganizations(server)
      await runCommands(server, keys, before)
      const state = await stateOf(server)
      await server.inject({ method: 'POST', url: '/_fake/snapshots', payload: { name: 'x' } })
      await runCommands(server, keys, between)

      await server.inject({ method: 'POST', url: '/_fake/snapshots/x/restore' })

      assertSame(await stateOf(server), state)
      const other = await aServer(t)
      await putState(other, state)
      assertSame(await allResponses(server, keys, state), await allResponses(other, keys, state))
      await Promise.all([server.close(), other.close()])
    }),
    { numRuns: 12 },
  )
})

t.test('a state without secret values restores everything else', async (t) => {
  await fc.assert(
    fc.asyncProperty(commandSequence, async (sequence) => {
      const server = await aServer(t)
      await runCommands(server, await createOrganizations(server), sequence)
      const shown = await stateOf(server, '')
      // A text may be `value`, too.
      if (shown.includes('"value":')) throw new Error('a value is shown')
      const revealed = JSON.parse(await stateOf(server))

      await putState(server, shown)

      for (const { secrets } of revealed.organizations) for (const secret of secrets) secret.value = ''
      assertSame(JSON.stringify(JSON.parse(await stateOf(server))), JSON.stringify(revealed))
      await server.close()
    }),
    { numRuns: 5 },
  )
})
