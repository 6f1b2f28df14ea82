import { readFileSync } from 'node:fs'
import t from 'tap'
import { blocksOf } from '../markdown.ts'
import { checkCommands } from './commands.ts'

const blocks = blocksOf(readFileSync(new URL('../../docs/state.md', import.meta.url), 'utf8'))

t.test('every command of docs/state.md gives what stands below it', async (t) => {
  const folder = t.testdir({ 'seed.yaml': blocks.find(({ role }) => role === 'seed.yaml')?.text ?? '' })

  t.equal(await checkCommands(t, blocks, { folder }), 5)
})
