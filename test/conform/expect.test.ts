import t from 'tap'
import { type Answer, waitOf } from '../../src/conform/api.ts'
import { Cleanup } from '../../src/conform/cleanup.ts'
import { type Body, hasMembers, isAsWritten, isExactly, isSorted } from '../../src/conform/expect.ts'
import { flawOf } from '../../src/conform/shapes.ts'
import type { FidelityRow } from '../../src/fidelity/index.ts'

function answer(status: number, json: unknown, path = '/v1/secrets', method = 'GET'): Answer {
  const headers = { 'content-type': 'application/json' }
  return { method, path, status, headers, text: JSON.stringify(json), json, claims: new Set() }
}

const ID = 'a'.repeat(32)

/** Returns what an expectation throws. */
function contradictionOf(expectation: () => void): unknown {
  try {
    expectation()
  } catch (error) {
    return error
  }
  return undefined
}

t.test('an exact answer is compared as JSON, with placeholders for variable parts', async (t) => {
  const expected = '200 {"id":"secret-<32 hex>","list":[1,null]}'
  isExactly(answer(200, { list: [1, null], id: `secret-${ID}` }), expected)

  for (const json of [
    { id: `secret-${ID}` },
    { id: `secret-${ID}x`, list: [1, null] },
    { id: 5, list: [1, null] },
    { id: `secret-${ID}`, list: { 0: 1, 1: null } },
    { id: `secret-${ID}`, list: null },
    { id: `secret-${ID}`, list: [1, null, 2] },
  ])
    t.match(
      contradictionOf(() => isExactly(answer(200, json), expected)),
      { expected },
      JSON.stringify(json),
    )
  isExactly(answer(200, 'https://api.example/attachments'), '200 "http://<host>/attachments"')
})

t.test('a row without an exact answer cannot be quoted', async (t) => {
  const row = { value: 'oldest first' } as FidelityRow

  await t.rejects(isAsWritten(answer(200, []), row), { name: 'TypeError', message: /oldest first/ })
})

t.test('an operation without a schema cannot be compared with one', async (t) => {
  await t.rejects(flawOf(answer(200, [], '/v1/other')), { message: 'there is no schema for GET /v1/other' })
})

t.test('the description of a flaw omits names that a customer may have chosen', async (t) => {
  const session = { session_id: 'a', status: 'new', created_at: '1', updated_at: 5, tags: ['a', 1] }
  const flaw = await flawOf(answer(200, { sessions: [session] }, '/v1/sessions'))

  t.match(flaw, '/sessions/0/updated_at must be string; /sessions/0/tags/1 must be string')
  const automation = {
    name: 'a',
    enabled: true,
    triggers: [],
    actions: [],
    run_as: { type: 'organization' },
    metadata: { acme: 5, 'Acme Inc': 5 },
  }
  const masked = await flawOf(answer(200, automation, '/v3/organizations/org-1/automations', 'POST'))
  t.match(masked, '/metadata/*** must be string')
  t.notMatch(masked, /acme/i)
})

t.test('a missing member, another text and another type are told apart', async (t) => {
  const { claims, ...rest } = answer(200, {})
  const one = { claims, ...rest }
  t.match(
    contradictionOf(() => hasMembers(one, {}, { a: 'Alice' })),
    { expected: '`a`: text', got: 'no `a`' },
  )
  t.match(
    contradictionOf(() => hasMembers(one, { a: 'Bob' }, { a: 'Alice' })),
    { got: '`a`: another text' },
  )
  t.match(
    contradictionOf(() => hasMembers(one, { a: 5 }, { a: 'new' })),
    { expected: '`a`: "new"', got: '`a`: number' },
  )
  t.same([...claims], ['member a'])
})

t.test('the order of a list is judged only by items with different times, or by own items', async (t) => {
  const list = answer(200, [])
  const old = { id: 'a', time: 1 }
  const recent = { id: 'b', time: 2 }
  const simultaneous = { id: 'b', time: 1 }
  const flawOfOrder = (items: Body[], own: readonly unknown[] = []) =>
    contradictionOf(() => isSorted(list, items, { by: 'time', isNewestFirst: true, own: ['id', ...own] }))

  t.equal(flawOfOrder([recent, old]), undefined)
  t.match(flawOfOrder([old, recent]), { expected: 'newest first' })
  t.match(flawOfOrder([old, simultaneous]), {
    name: 'Untestable',
    message: 'the list has no two items with different times',
  })
  t.match(flawOfOrder([old, simultaneous], ['a', 'b']), { expected: 'newest first' })
  t.equal(flawOfOrder([simultaneous, old], ['a', 'b']), undefined)
})

t.test(
  'the wait after 429 is that of Retry-After, at most two minutes, or a second without a number',
  async (t) => {
    t.same(['0', '7', '900', 'soon', '-1', undefined].map(waitOf), [0, 7, 120, 1, 1, 1])
  },
)

t.test('created records are deleted, newest first, unless they are already gone', async (t) => {
  const cleanup = new Cleanup()
  cleanup.note(answer(200, { id: 'secret-1' }, '/v1/secrets', 'POST'))
  cleanup.note(answer(200, { session_id: 'devin-1' }, '/v1/sessions', 'POST'))
  cleanup.note(answer(200, {}, `/v1/knowledge/note-${'0'.repeat(32)}`, 'PUT'))
  cleanup.note(answer(200, { id: 'secret-2' }, '/v1/secrets', 'POST'))
  cleanup.note(answer(404, {}, '/v1/secrets/secret-2', 'DELETE'))
  cleanup.note(answer(409, { id: 'secret-3' }, '/v1/secrets', 'POST'))
  cleanup.note(answer(200, {}, '/v1/elsewhere', 'POST'))
  const paths: string[] = []
  const left = await cleanup.run(async (path) => {
    paths.push(path)
    return answer(400, {}, path, 'DELETE')
  })

  t.same(paths, [`/v1/knowledge/note-${'0'.repeat(32)}`, '/v1/sessions/devin-1', '/v1/secrets/secret-1'])
  t.same(left, [`DELETE ${paths[0]}: 400 {}`, 'DELETE /v1/secrets/secret-1: 400 {}'])
  cleanup.note(answer(200, {}, '/v1/secrets', 'POST'))
  t.match(await cleanup.run(async (path) => answer(404, {}, path, 'DELETE')), [
    'POST /v1/secrets: 200 {}, without an id to remove it by',
  ])
  await t.rejects(
    cleanup.run(async () => {
      throw new TypeError('a bug')
    }),
    { name: 'TypeError' },
  )
})
