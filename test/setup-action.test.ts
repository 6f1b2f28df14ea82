// Tests the action in setup/ as GitHub's runner would run it, with the files that the runner reads variables and outputs from.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { DEMO_KEY, DEMO_V3_KEY } from '../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../src/auth/principal.ts'
import { connectFakeDevin } from '../src/index.ts'
import { clientVariables } from '../src/suites/client-variables.ts'
import { run } from './docs/files.ts'

interface Action {
  readonly name: string
  readonly description: string
  readonly inputs: Record<string, { readonly description: string; readonly default: string }>
  readonly outputs: Record<string, { readonly description: string; readonly value: string }>
  readonly runs: {
    readonly using: string
    readonly steps: readonly { id: string; shell: string; run: string; env: Record<string, string> }[]
  }
}

const folder = fileURLToPath(new URL('../setup', import.meta.url))
const action: Action = parse(readFileSync(join(folder, 'action.yml'), 'utf8'))
const program = new URL('../src/cli/index.ts', import.meta.url)
const [step] = action.runs.steps as [Action['runs']['steps'][0]]
const skip = process.platform === 'win32' ? 'the stand-in for npx is a shell script' : false

/** Returns the values in a file of the runner. */
function valuesIn(file: string): Record<string, string> {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  return Object.fromEntries(lines.map((line) => /^([\w-]+)=(.*)$/.exec(line)?.slice(1) as [string, string]))
}

/** Runs the step with these inputs. Resolves with the variables and outputs that it has set, and what it has printed. Ends the fake with the test. */
async function use(t: Test, inputs: Record<string, string>, variables: NodeJS.ProcessEnv = {}) {
  const temporary = t.testdir({
    setup: { 'start.mjs': readFileSync(join(folder, 'start.mjs'), 'utf8') },
    scripts: {},
    files: {},
    bin: {},
    'keys.txt': 'cog_ci org-1\n',
  })
  const [GITHUB_ENV, GITHUB_OUTPUT] = ['env', 'output'].map((name) => join(temporary, 'files', name)) as [
    string,
    string,
  ]
  const values = Object.entries(action.inputs).map(([name, input]) => [name, inputs[name] ?? input.default])
  const given: Record<string, string> = Object.fromEntries(values)
  const env = Object.entries(step.env).map(([name, value]) => [
    name,
    value.replaceAll(/\$\{\{ inputs\.(\w+) \}\}/g, (_, input) => given[input] ?? 'no such input'),
  ])
  // What the step runs, without what these install: the sources of the action, and a version of npm.
  writeFileSync(join(temporary, 'scripts/start.mjs'), `await import(${JSON.stringify(program.href)})\n`)
  const npx = join(temporary, 'bin/npx')
  const command = `'${process.execPath}' --disable-warning=ExperimentalWarning '${fileURLToPath(program)}'`
  writeFileSync(npx, `#!/bin/sh\necho "$*" >"${temporary}/files/npx"\nshift 2\nexec ${command} "$@"\n`)
  chmodSync(npx, 0o755)
  const options = {
    variables: {
      ...variables,
      ...Object.fromEntries(env),
      PATH: [join(temporary, 'bin'), dirname(process.execPath), process.env.PATH].join(':'),
      GITHUB_ACTION_PATH: join(temporary, 'setup'),
      GITHUB_ENV,
      GITHUB_OUTPUT,
      RUNNER_TEMP: temporary,
      FAKE_DEVIN_KEYS: join(temporary, 'keys.txt'),
    },
  }
  const shell = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run]
  const printed = await run(step.shell, shell, options)
  const outputs = valuesIn(GITHUB_OUTPUT)
  // The runner ends it at the end of the job.
  t.teardown(() => process.kill(-Number(outputs.pid), 'SIGKILL'))
  const ran = existsSync(`${temporary}/files/npx`)
    ? readFileSync(`${temporary}/files/npx`, 'utf8').trimEnd()
    : ''
  return { variables: valuesIn(GITHUB_ENV), outputs, printed, ran }
}

t.test('action.yml describes its inputs and outputs, and passes each of them on', async (t) => {
  t.match(action, { name: 'Set up fake-devin', description: /^Starts a fake/, runs: { using: 'composite' } })
  t.equal(action.runs.steps.length, 1)
  t.same(
    Object.values(step.env),
    Object.keys(action.inputs).map((name) => `\${{ inputs.${name} }}`),
  )
  for (const { description } of Object.values({ ...action.inputs, ...action.outputs }))
    t.match(description, /\.$/)
  for (const [name, { value }] of Object.entries(action.outputs))
    t.equal(value, `\${{ steps.${step.id}.outputs.${name} }}`)
  t.ok(existsSync(join(folder, '../scripts/start.mjs')), 'what the step runs by default')
  // Values of inputs in the text of a script could be run.
  t.notMatch(step.run, /\$\{\{/)
})

t.test('the step starts the sources of the action, and the next steps find the fake', { skip }, async (t) => {
  const { variables, outputs, printed, ran } = await use(
    t,
    { port: '0', flags: '--speed\n  instant --log-level warn' },
    { FAKE_DEVIN_CLOCK: '2026-01-02T03:04:05Z' },
  )

  const { url = '', log = '' } = outputs
  t.match(printed, `fake-devin answers on ${url}`)
  t.equal(ran, '')
  t.same(
    variables,
    clientVariables({ url, v3Key: DEMO_V3_KEY, key: DEMO_KEY, orgId: DEFAULT_ORG_ID }),
    'the same as those of the global set-up',
  )
  t.match(await connectFakeDevin(url).clock.get(), { now: '2026-01-02T03:04:05.000000Z', frozen: true })
  const headers = { authorization: `Bearer ${variables.DEVIN_API_KEY}` }
  const answer = await fetch(`${url}/v3/organizations/${variables.DEVIN_ORG_ID}/sessions`, { headers })
  t.equal(answer.status, 200)
  t.match(readFileSync(log, 'utf8'), `listening on ${url}`)
  t.same(Object.keys(outputs).sort(), Object.keys(action.outputs).sort())
})

t.test(
  'the step runs a version of npm, and keys of files are not replaced by the demo key',
  { skip },
  async (t) => {
    const { variables, outputs, printed, ran } = await use(t, {
      version: '0.1.0',
      port: '0',
      flags: '--strict-keys',
    })

    t.equal(ran, '--yes fake-devin@0.1.0 --port 0 --strict-keys')
    t.match(printed, /^::notice title=fake-devin::With --strict-keys/)
    t.notOk('DEVIN_API_KEY' in variables || 'DEVIN_ORG_ID' in variables)
    const headers = { authorization: 'Bearer cog_ci' }
    t.equal((await fetch(`${outputs.url}/v3/self`, { headers })).status, 200)
  },
)

t.test('a fake that does not start fails the step with its log', { skip }, async (t) => {
  await t.rejects(use(t, { version: 'latest', flags: '--sped 60' }), {
    message:
      /fake-devin: unknown flag --sped, did you mean --\w+\?\n::error title=fake-devin::The fake does not start: ended with 2\n$/,
  })
})
