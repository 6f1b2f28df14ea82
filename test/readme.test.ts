// Tests the README and the examples.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { commandTable, flagTable } from '../scripts/readme-flags.ts'
import { randomIds } from '../src/base/ids.ts'
import { startFakeDevin } from '../src/index.ts'
import { Organizations } from '../src/organization/organizations.ts'
import { OPERATIONS } from '../src/schemas/v3/contract.ts'
import { FLAGS, readConfig } from '../src/settings/config.ts'
import { builtIns } from '../src/simulation/scenarios.ts'
import { memoryStore } from '../src/store/memory.ts'
import { childEnvironment } from './child-environment.ts'
import { recordedCases } from './corpus/replay.ts'
import { checkCommands } from './docs/commands.ts'
import { folderOfFiles, run } from './docs/files.ts'
import { NOW, startFake } from './fake.ts'
import { type Block, blocksOf, codeSpansOf } from './markdown.ts'
import { registeredRoutes } from './registered-routes.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const blocks = blocksOf(readme)

/**
 * Returns the kind of a block by the words after its fence. `sh` blocks run in one shell against the server of the last `sh start`,
 * and print the next block if that is an `output`. `sh no-run` blocks are not run. A block with a file name is available to the
 * commands and snippets as that file; a `.mjs` file is run.
 */
function kindOf({ language, role, text }: Block): string {
  if (language === 'sh' && role === '') return /\b(?:npm|npx|docker)\b/.test(text) ? 'unknown' : 'sh'
  if (language === 'sh' && (role === 'start' || role === 'no-run')) return `sh ${role}`
  if (role === 'output') return 'output'
  if (/^[\w.-]+\.test\.mjs$/.test(role)) return 'script'
  return /^[\w.-]+\.(?:yaml|json|txt)$/.test(role) ? 'file' : 'unknown'
}

const ofKind = (kind: string) => blocks.filter((block) => kindOf(block) === kind)

/** Returns output with ids numbered in order and times replaced, so that two runs can be compared. */
function normalized(output: string): string {
  const ids: string[] = []
  return output
    .trimEnd()
    .replaceAll(/(?<=(?:secret-|devin-|\/sessions\/))[0-9a-f]{32}/g, (id) => {
      if (!ids.includes(id)) ids.push(id)
      return `<id ${ids.indexOf(id) + 1}>`
    })
    .replaceAll(/(?<="created_at":)\d+/g, '<time>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/g, '<time>')
}

t.test('curl is available for the commands of the README', async (t) => {
  t.match(await run('curl', ['--version']), /^curl \d/)
})

t.test('every code block of the README has a known language and role', async (t) => {
  const kinds = ['sh', 'sh start', 'sh no-run', 'output', 'file', 'script']
  for (const block of blocks)
    t.ok(kinds.includes(kindOf(block)), `${block.language} ${block.role}\n${block.text}`)
  for (const [index, block] of blocks.entries()) {
    const before = blocks[index - 1]
    if (block.role === 'output') t.equal(before && kindOf(before), 'sh', `the command of ${block.text}`)
  }
  t.ok(ofKind('output').length >= 10)
})

t.test('the commands of the README print the output below them', async (t) => {
  const count = await checkCommands(t, blocks, {
    folder: folderOfFiles(t, [...ofKind('file'), ...ofKind('script')]),
    cwd: root,
    normalized,
  })

  t.equal(count, ofKind('sh').length)
})

t.test('the snippets for tests run unmodified', async (t) => {
  const devin = await startFakeDevin()
  t.teardown(() => devin.close())
  const cwd = folderOfFiles(t, [...ofKind('file'), ...ofKind('script')])
  const options = { cwd, variables: { FAKE_DEVIN_URL: devin.url } }
  const scripts = ofKind('script')
  t.ok(scripts.length >= 1)
  for (const { role } of scripts) t.match(await run(process.execPath, [role], options), /^. pass 1$/m, role)
})

t.test('every command that is not run is listed, and its scripts, flags and files exist', async (t) => {
  const lines = ofKind('sh no-run').flatMap(({ text }) => text.split('\n'))
  t.same(
    lines.map((line) => line.split(' ').slice(0, 2).join(' ')),
    ['npm test', 'npm ci', 'npm pack', 'npm install', 'docker build', 'docker run', 'docker run'],
  )

  const { name, version, scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const script of ['start', 'test', 'prepack']) t.type(scripts[script], 'string')
  t.match(
    lines.find((line) => line.startsWith('npm install')),
    `/${name}-${version}.tgz`,
  )
  t.match(readFileSync(join(root, 'Dockerfile'), 'utf8'), new RegExp(`^EXPOSE ${FLAGS.port.default}\\b`, 'm'))
  for (const line of lines.filter((line) => line.startsWith('docker run'))) {
    const [, options = '', flags = ''] = /^docker run (.*?) fake-devin\b(.*)$/.exec(line) ?? []
    const variables = [...options.matchAll(/-e (\w+)=(\S+)/g)].map(([, name = '', value]) => [name, value])
    const argv = flags.split(' ').filter(Boolean)
    t.doesNotThrow(() => readConfig({ argv, env: Object.fromEntries(variables) }), line)
    for (const [name] of variables) t.ok(isVariable(`${name}`), line)
    for (const [, file = ''] of options.matchAll(/-v "\$PWD\/([^:]+):/g)) {
      t.ok(
        ofKind('file').some(({ role }) => role === file),
        line,
      )
    }
  }
})

function isVariable(name: string): boolean {
  return Object.values(FLAGS).some(({ variables }) => variables.some((variable) => variable.name === name))
}

t.test('the table of flags lists exactly the flags of the program', async (t) => {
  t.ok(readme.includes(flagTable()), `the table of the README has to be\n${flagTable()}`)
})

t.test('the table of commands lists exactly the commands of the program', async (t) => {
  t.ok(readme.includes(commandTable()), `the table of the README has to be\n${commandTable()}`)
})

t.test('the flags, variables and scenarios in the prose exist', async (t) => {
  const names = Object.values(FLAGS).map(({ name }) => name)
  const spans = codeSpansOf(readme)
  for (const span of spans) {
    for (const [, name = ''] of span.matchAll(/(?:^|\s)--([a-z][a-z\d-]*)/g)) t.ok(names.includes(name), span)
    if (/^FAKE_DEVIN_[A-Z_]+$/.test(span)) t.ok(isVariable(span), span)
  }
  for (const [marker, name = ''] of readme.matchAll(/\[fake:([^\]]+)\]/g)) t.ok(name in builtIns, marker)
  for (const name of Object.keys(builtIns)) t.ok(spans.includes(name), `the scenario ${name} is named`)
})

t.test('the routes in the prose are served', async (t) => {
  const routes = [...(await registeredRoutes()), ...OPERATIONS]
  const paths = routes.map((route) => route.replace(/^\S+ /, ''))
  for (const span of codeSpansOf(readme)) {
    const [, method, path = ''] = /^(?:([A-Z]+) )?(\/[\w/.{}-]+)$/.exec(span) ?? []
    if (['', '/v1', '/v3'].includes(path)) continue
    if (method !== undefined) t.ok(routes.includes(span), span)
    else
      t.ok(
        paths.some((other) => (path.endsWith('/') ? other.startsWith(path) : other === path)),
        span,
      )
  }
})

t.test('the README states the number of operations of v3', async (t) => {
  t.match(readme, `all ${OPERATIONS.length} operations`)
})

t.test('the README states how many recorded answers are compared, and how', async (t) => {
  const [v1, v3] = [recordedCases(), recordedCases('v3')]
  const all = [...v1, ...v3]
  const count = (...matches: string[]) =>
    all.filter(({ match }) => matches.includes(match)).length.toLocaleString('en')
  const prose = readme.replaceAll(/\s+/g, ' ')

  t.match(prose, `${all.length.toLocaleString('en')} answers of that application`)
  t.match(prose, `${v1.length.toLocaleString('en')} of v1 and ${v3.length.toLocaleString('en')} of v3`)
  t.match(prose, `${count('full')} are equal including their bodies, ${count('status')} have the same status`)
  t.match(prose, `${count('handler', 'past')} requests pass the validation`)
})

const directory = new URL('../examples/', import.meta.url)

/**
 * Runs an example against its own server. The clock of the server advances by ten seconds with every GET, so the speed of the machine
 * does not matter. Resolves with the exit code and the output.
 */
async function runExample(t: Test, name: string, env: Record<string, string> = {}) {
  let now = NOW
  const organizations = new Organizations({ store: memoryStore(), clock: { now: () => now }, ids: randomIds })
  const fake = await startFake(t, { organizations })
  fake.app.server.prependListener('request', ({ method }) => {
    if (method === 'GET') now += 10_000_000
  })
  const DEVIN_API_URL = await fake.listen()
  return new Promise<{ code: number; output: string }>((resolve) => {
    const options = { env: childEnvironment({ DEVIN_API_URL, ...env }) }
    const child = execFile(
      process.execPath,
      [new URL(name, directory).pathname],
      options,
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : (child.exitCode ?? -1), output: stdout + stderr }),
    )
  })
}

const examples = readdirSync(directory).filter((name) => name.endsWith('.mjs'))

t.test('there is an example for each resource', async (t) => {
  t.same(examples.sort(), [
    'attachments.mjs',
    'knowledge.mjs',
    'legacy.mjs',
    'playbooks.mjs',
    'secrets.mjs',
    'sessions.mjs',
    'v3-automations.mjs',
    'v3-builds.mjs',
    'v3-enterprise-reports.mjs',
    'v3-enterprise.mjs',
    'v3-git.mjs',
    'v3-knowledge.mjs',
    'v3-members.mjs',
    'v3-playbooks.mjs',
    'v3-reports.mjs',
    'v3-schedules.mjs',
    'v3-secrets.mjs',
    'v3-sessions.mjs',
  ])
})

for (const name of examples) {
  t.test(`examples/${name} succeeds`, async (t) => {
    const { code, output } = await runExample(t, name)

    t.equal(code, 0, output)
    t.match(output, /200/)
  })

  t.test(`examples/${name} fails on an unexpected answer`, async (t) => {
    const { code, output } = await runExample(t, name, {
      DEVIN_API_KEY: name.startsWith('v3-') ? 'apk_user_no_v3_key' : 'cog_no_v1_key',
    })

    t.not(code, 0, output)
  })
}
