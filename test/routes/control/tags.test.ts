import t from 'tap'
import { tagOf } from '../../../src/routes/control/tags.ts'
import { startFake } from '../../fake.ts'
import { operationsOf } from '../../openapi/contract.ts'

t.test('every operation of the control plane is in a group of its document', async (t) => {
  const { app } = await startFake(t)
  const document = (await app.inject('/_fake/openapi.json')).json()
  const names = document.tags.map(({ name }: { name: string }) => name)

  const used = new Set<string>()
  for (const [operation, { tags = [] }] of operationsOf(document)) {
    t.equal(tags.length, 1, operation)
    used.add(tags[0] as string)
  }
  t.same([...used].sort(), names.sort())
})

t.test('operations are grouped by what they are about', async (t) => {
  t.same(
    ['/_fake/sessions/{session_id}', '/_fake/reset', '/_fake/keys/revoke', '/_fake/health', '/'].map(tagOf),
    ['Sessions', 'State', 'Organizations', 'Server', 'Server'],
  )
})
