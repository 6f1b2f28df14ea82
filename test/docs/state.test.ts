import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { readConfig } from '../../src/config.ts'
import { startServer } from '../../src/server.ts'
import { blocksOf } from '../markdown.ts'

const blocks = blocksOf(readFileSync(new URL('../../docs/state.md', import.meta.url), 'utf8'))
const run = promisify(execFile)

t.test('every command of docs/state.md gives what stands below it', async (t) => {
  const folder = t.testdir({ 'seed.yaml': blocks.find(({ role }) => role === 'seed.yaml')?.text ?? '' })
  const line = blocks.find(({ role }) => role === 'start')?.text ?? ''
  const config = readConfig({ argv: line.replace('npx fake-devin ', '').split(' '), env: {} })
  const seedFile = join(folder, config.seedFile ?? '')
  const server = await startServer({ ...config, port: 0, logLevel: 'silent', seedFile })
  t.teardown(() => server.close())
  const commands = blocks.flatMap(({ language, role, text }, index) =>
    language === 'sh' && role === '' ? [{ text, below: blocks[index + 1] }] : [],
  )
  t.equal(commands.length, 5)

  for (const { text, below } of commands) {
    const { stdout } = await run('sh', ['-c', text.replaceAll('http://127.0.0.1:8080', server.url)], {
      cwd: folder,
    })
    t.equal(below?.role, 'output')
    t.equal(stdout.trimEnd(), below?.text, text)
  }
})
