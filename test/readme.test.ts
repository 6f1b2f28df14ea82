import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { flagTable } from '../scripts/readme-flags.ts'
import { DEFAULT_CONFIG } from '../src/config.ts'
import { startServer } from '../src/server.ts'

const root = new URL('../', import.meta.url)
const readme = readFileSync(new URL('README.md', root), 'utf8')
const run = promisify(execFile)

/** The fenced blocks, with what stands behind their fences. */
const blocks = [...readme.matchAll(/^```(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
  ([, language = '', role = '', text = '']) => ({ language, role, text: text.trim() }),
)

t.test('every curl line gives what stands below it', async (t) => {
  const server = await startServer({ ...DEFAULT_CONFIG, port: 0, logLevel: 'silent' })
  t.teardown(() => server.close())
  const commands = blocks.flatMap(({ language, role, text }, index) =>
    language === 'sh' && role === '' ? [{ text, output: blocks[index + 1] }] : [],
  )
  t.ok(commands.length >= 5)

  let id = ''
  for (const { text, output } of commands) {
    const command = text.replaceAll('http://127.0.0.1:8080', server.url).replaceAll(/secret-[0f]{32}/g, id)
    const { stdout } = await run('sh', ['-c', command])
    t.equal(output?.role, 'output')
    t.equal(stdout.replaceAll(/secret-[0-9a-f]{32}/g, `secret-${'0f'.repeat(16)}`), output?.text, text)
    id = /secret-[0-9a-f]{32}/.exec(stdout)?.[0] ?? id
  }
})

t.test('the snippet for a test runs as it stands', async (t) => {
  const snippet = blocks.find(({ language }) => language === 'js')?.text ?? ''
  const source = snippet
    .replace("'fake-devin'", JSON.stringify(new URL('src/index.ts', root).href))
    // Node 22 knows the dispose symbols, but not the declaration.
    .replace('await using devin = ', 'const devin = ')

  const { stdout } = await run(process.execPath, [
    '--input-type=module',
    '--eval',
    `${source}\nawait devin.close()`,
  ])

  t.equal(stdout, '200\n')
})

t.test('the seed is one', async (t) => {
  const dir = t.testdir({ 'seed.yaml': blocks.find(({ role }) => role === 'seed')?.text ?? '' })
  const server = await startServer({
    ...DEFAULT_CONFIG,
    port: 0,
    logLevel: 'silent',
    seedFile: `${dir}/seed.yaml`,
  })
  t.teardown(() => server.close())

  const answer = await fetch(`${server.url}/v1/secrets`, {
    headers: { authorization: 'Bearer apk_user_alice' },
  })

  t.match(await answer.json(), [{ key: 'NPM_TOKEN' }, { key: 'LOGIN', type: 'cookie' }])
})

t.test('the table of flags is that of the program', async (t) => {
  t.ok(readme.includes(flagTable()), 'paste what flagTable() gives')
})

t.test('the commands that are not run name what there is', async (t) => {
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  const unrun = blocks.filter(({ role }) => role === 'no-run').map(({ text }) => text)
  t.equal(unrun.length, 2)
  for (const [, name = ''] of unrun.join('\n').matchAll(/npm (start|test)/g)) t.ok(scripts[name], name)
  t.ok(existsSync(new URL('Dockerfile', root)))
})

t.test('every relative link of every page leads somewhere', async (t) => {
  const pages = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.md') && !/node_modules|\.tap/.test(path),
  )
  for (const page of pages) {
    const at = new URL(page, root)
    for (const [, target = ''] of readFileSync(at, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      t.ok(existsSync(new URL(target, at)), `${page}: ${target}`)
    }
  }
})
