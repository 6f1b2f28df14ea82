import { readFileSync } from 'node:fs'
import t from 'tap'
import { presets } from '../../src/faults/presets.ts'
import { FaultSpec, FaultView } from '../../src/schemas/control/fault.ts'
import { blocksOf, codeSpansOf, proseOf } from '../markdown.ts'
import { checkCommands } from './commands.ts'

const page = readFileSync(new URL('../../docs/faults.md', import.meta.url), 'utf8')
const blocks = blocksOf(page)

t.test('the commands of docs/faults.md, in their order, print what stands below them', async (t) => {
  const count = await checkCommands(t, blocks, { folder: t.testdir({}) })

  const outputs = blocks.filter(({ role }) => role === 'output')
  t.equal(count, outputs.length, 'each command shows what it prints')
})

t.test('docs/faults.md names every member of a fault', async (t) => {
  const spans = codeSpansOf(page)

  for (const name of Object.keys({ ...FaultSpec.properties, ...FaultView.properties })) {
    if (name !== 'id') t.ok(spans.includes(name), name)
  }
})

t.test('docs/faults.md says what each preset stands for', async (t) => {
  const rows = [...proseOf(page).matchAll(/^\| `([\w-]+)` \| `(\{.+?\})` \|/gm)]

  t.same(Object.fromEntries(rows.map(([, name, json = '']) => [name, JSON.parse(json)])), presets)
})
