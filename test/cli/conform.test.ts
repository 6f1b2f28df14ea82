import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startFakeDevin } from '../../src/index.ts'
import { answering } from './answering.ts'
import { startProgram } from './program.ts'
import { runHere } from './run-here.ts'

const never = new Promise(() => undefined)

/** Runs `fake-devin conform` in this process. */
const conform = (args: string[], env: Record<string, string> = {}, stopped: Promise<unknown> = never) =>
  runHere(['conform', ...args], { env, stopped })

async function startDevin(t: Test) {
  const devin = await startFakeDevin()
  t.teardown(() => devin.close())
  return devin
}

t.test('a server that conforms: exit code 0, and no key in the output', async (t) => {
  const devin = await startDevin(t)
  const folder = t.testdir({})
  const [report, ledger] = [join(folder, 'report.xml'), join(folder, 'ledger.json')]
  const { code, stdout, stderr } = await conform(
    [
      '--url',
      devin.url,
      '--key',
      'apk_user_private',
      '--format',
      'junit',
      '--report',
      report,
      '--update-ledger',
      ledger,
    ],
    { DEVIN_API_KEY: 'cog_private' },
  )

  t.equal(stderr, '')
  t.equal(code, 0)
  t.match(stdout, /\n\d{3} confirmed, 0 contradicted, \d+ not testable\n/)
  t.match(readFileSync(report, 'utf8'), /^<\?xml.*\n<testsuites tests="\d+" failures="0"/)
  t.match(JSON.parse(readFileSync(ledger, 'utf8')), { format: 1, server: devin.url, rows: Array })
  for (const text of [stdout, readFileSync(report, 'utf8'), readFileSync(ledger, 'utf8')])
    t.notMatch(text, /_private/)
})

t.test('a server that differs: exit code 1, and its echo of a key is masked', async (t) => {
  const url = await answering(t, ({ headers }, response) => {
    response.setHeader('content-type', 'application/json')
    const key = headers.authorization?.replace('Bearer ', '') ?? 'none'
    response.end(JSON.stringify({ org_id: 'org-1', [key]: 1, detail: key }))
  })
  const { code, stdout } = await conform([
    '--url',
    url,
    '--key',
    'k3y_v1',
    '--v3-key',
    'cog_v3',
    '--format',
    'json',
  ])

  t.equal(code, 1)
  t.match(JSON.parse(stdout), { rows: [{ outcome: 'contradicted' }] })
  t.notMatch(stdout, /k3y_v1|cog_v3/)
})

t.test('flags that do not work together: exit code 2', async (t) => {
  t.match(await conform([]), { code: 2, stderr: /conform requires --key, --v3-key or DEVIN_API_KEY/ })
  t.match(await conform(['--key', 'a', '--sessions']), { code: 2, stderr: /require --writes/ })
  t.match(await conform(['--key', 'a', '--enterprise']), { code: 2, stderr: /require --writes/ })
  t.match(await conform(['--key', 'a b']), { code: 2, stderr: /--key takes a key without spaces\n/ })
  for (const seconds of ['0', '3601', '10000', '1.5']) {
    t.match(await conform(['--key', 'a', '--timeout', seconds]), {
      code: 2,
      stderr: `--timeout takes a whole number of seconds from 1 to 3600, not "${seconds}"\n`,
    })
  }
  t.match(await conform(['--key', 'a', '--format', 'xml']), { code: 2, stderr: /one of text, json, junit/ })
})

t.test('a server that is unreachable, hangs, or serves pages: exit code 1 and a clear message', async (t) => {
  const gone = await answering(t, () => undefined)
  t.match(await conform(['--url', gone, '--key', 'a', '--timeout', '1']), {
    code: 1,
    stdout: '',
    stderr: 'fake-devin: the server does not answer: no answer within 1 s\n',
  })
  const page = await answering(t, (_, response) => void response.end('<h1>Hello</h1>'))
  t.match(await conform(['--url', page, '--key', 'a']), {
    code: 1,
    stdout: '',
    stderr: /is the URL that of the API\?/,
  })
  const devin = await startFakeDevin()
  await devin.close()
  t.match(await conform(['--port', new URL(devin.url).port], { DEVIN_API_KEY: 'apk_a' }), {
    code: 1,
    stderr: 'fake-devin: the server does not answer: nothing listens there (ECONNREFUSED)\n',
  })
})

t.test('a file that cannot be written: exit code 1', async (t) => {
  const devin = await startDevin(t)
  const report = join(t.testdir({}), 'no', 'report.txt')
  const { code, stderr } = await conform(['--url', devin.url, '--key', 'apk_a', '--report', report])

  t.match({ code, stderr }, { code: 1, stderr: /^fake-devin: cannot write .*report\.txt: ENOENT\n$/ })
})

t.test('Ctrl-C ends a run, which removes what it has made', async (t) => {
  const devin = await startDevin(t)
  const program = startProgram(t, [
    'conform',
    '--url',
    devin.url,
    '--key',
    'apk_a',
    '--v3-key',
    'cog_a',
    '--writes',
  ])
  for await (const event of devin.events({ kinds: ['request'] })) {
    if (JSON.stringify(event).includes('"POST"')) break
  }
  program.kill('SIGINT')
  const { code, stderr } = await program.ended

  t.equal(code, 1)
  t.match(stderr, 'fake-devin: the run was stopped before its end\n')
  const { organizations = [] } = await devin.state.get()
  t.same(
    organizations.flatMap(({ secrets = [] }) => secrets),
    [],
  )
})
