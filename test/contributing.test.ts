// Follows the steps of CONTRIBUTING.md ("Add an endpoint") in a copy of the project.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { connectFakeDevin } from '../src/client/connect.ts'
import { childEnvironment, WITHOUT_LOADERS } from './child-environment.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const section = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').split('## Add an endpoint')[1] as string
const run = promisify(execFile)

/** What is copied: the application, and what its tests start it with. */
const COPIED = [
  ...['src', 'scripts', 'docs', 'package.json'],
  ...['fake', 'engine', 'postgres', 'initdb', 'postmaster', 'child-environment'].map(
    (name) => `test/${name}.ts`,
  ),
]

/** Returns the fenced blocks of a language in the section, each with the file that its first line names. */
function blocks(language: string, prefix: string): { path: string; text: string }[] {
  const fences = section.matchAll(new RegExp(`^\`\`\`${language}\n${prefix} (\\S+)\n(.*?)^\`\`\`$`, 'gms'))
  return [...fences].map(([, path = '', text = '']) => ({ path, text }))
}

/** Applies the changes of a diff without line numbers, separated by blank lines. Each must match exactly once. */
function apply(source: string, diff: string): string {
  return diff
    .trimEnd()
    .split('\n\n')
    .reduce((text, change) => {
      const lines = (signs: string) =>
        change
          .split('\n')
          .flatMap((line) => (signs.includes(line[0] ?? '') ? [`${line.slice(1)}\n`] : []))
          .join('')
      const parts = text.split(lines(' -'))
      if (parts.length !== 2) throw new Error(`found ${parts.length - 1} times: ${lines(' -')}`)
      return parts.join(lines(' +'))
    }, source)
}

/** Returns a copy of the project in which all steps were followed. */
function followedSteps(t: Test): string {
  const folder = t.testdir({})
  for (const path of COPIED) cpSync(join(root, path), join(folder, path), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  for (const { path, text } of blocks('ts', '//')) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  for (const { path, text } of blocks('diff', '---')) {
    writeFileSync(join(folder, path), apply(readFileSync(join(folder, path), 'utf8'), text))
  }
  const include = ['src', 'test/routes']
  const tsconfig = { extends: join(root, 'tsconfig.json'), include, exclude: ['src/page'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  return folder
}

/** Starts the server of a folder and returns its URL. */
async function serve(t: Test, folder: string, ...flags: string[]): Promise<string> {
  const child = spawn(
    process.execPath,
    [join(folder, 'src/cli/index.ts'), '--port=0', '--log-level=error', ...flags],
    {
      env: childEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  t.teardown(async () => {
    if (child.kill()) await once(child, 'exit')
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return line.split(' ').at(-1) as string
}

t.test('a resource added as CONTRIBUTING says compiles, passes its test and is in the ledger', async (t) => {
  const folder = followedSteps(t)
  const node = (...args: string[]) => run(process.execPath, args, { cwd: folder, env: childEnvironment() })

  const [shell, ...command] = [
    ...WITHOUT_LOADERS,
    process.execPath,
    'node_modules/typescript-7/bin/tsc',
  ] as const
  const flags = ['--noEmit', '--project', 'tsconfig.json']
  await t.resolves(run(shell, [...command, ...flags], { cwd: folder, env: childEnvironment() }))
  t.match((await node('test/routes/v1/widgets.test.ts')).stdout, /^1\.\.2$/m)
  await node('scripts/docs.ts')
  t.match(readFileSync(join(folder, 'docs/fidelity.md'), 'utf8'), '## `GET /v1/widgets/{widget_id}`')
})

t.test(
  'a resource added as CONTRIBUTING says is served, seeded, documented and part of snapshots',
  async (t) => {
    const folder = followedSteps(t)
    const seed = join(folder, 'seed.json')
    writeFileSync(
      seed,
      JSON.stringify({ organizations: [{ widgets: [{ id: 'widget-1', name: 'seeded' }] }] }),
    )
    const url = await serve(t, folder, '--seed', seed)
    const headers = { authorization: 'Bearer apk_user_x', 'content-type': 'application/json' }
    const get = (path: string) => fetch(`${url}${path}`, { headers })
    const post = (name: string) =>
      fetch(`${url}/v1/widgets`, { method: 'POST', headers, body: JSON.stringify({ name }) })
    const { snapshots } = connectFakeDevin(url)

    t.match(await (await get('/v1/widgets/widget-1')).json(), { id: 'widget-1', name: 'seeded' })
    await snapshots.take('before')
    const created = (await (await post('created')).json()) as { id: string }
    t.equal((await post('seeded')).status, 409)
    t.match(await snapshots.diff('before'), {
      organizations: [{ records: { widgets: { added: [{ id: created.id, name: 'created' }] } } }],
    })
    await snapshots.restore('before')
    t.equal((await get(`/v1/widgets/${created.id}`)).status, 404)
    t.match(await (await get('/openapi.json')).json(), {
      paths: { '/v1/widgets/{widget_id}': { get: {} } },
    })
    t.match(await (await get('/_fake/state')).json(), { organizations: [{ widgets: [{ name: 'seeded' }] }] })
  },
)
