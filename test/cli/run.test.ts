// Tests run.ts and health.ts.

import { join } from 'node:path'
import t from 'tap'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { docs } from '../../src/base/version.ts'
import { health } from '../../src/cli/health.ts'
import { run } from '../../src/cli/run.ts'
import { makeCertificate } from '../../src/server/tls/certificate.ts'
import { CLIENT_COMMANDS } from '../../src/settings/command-flags.ts'
import { COMMAND_NAMES, COMMANDS } from '../../src/settings/commands.ts'
import { FLAGS, type Flag, isFlagOf } from '../../src/settings/config.ts'
import { testDatabase } from '../postgres.ts'
import { answering } from './answering.ts'
import { runHere } from './run-here.ts'

t.test(
  '--help describes every flag with its variables and default, every command, and a disclaimer',
  async (t) => {
    const { code, stdout, stderr } = await runHere(['--help'])

    t.equal(code, 0)
    t.equal(stderr, '')
    for (const { name, variables, text } of Object.values<Flag>(FLAGS).filter((flag) =>
      isFlagOf(flag, 'serve'),
    )) {
      t.match(stdout, `--${name}`)
      t.match(stdout, text)
      for (const variable of variables) t.match(stdout, variable.name)
    }
    for (const { text } of Object.values(COMMANDS)) t.match(stdout, text)
    t.match(stdout, 'Default: 8080. FAKE_DEVIN_PORT, PORT\n')
    t.match(stdout, 'Default: 100MiB.')
    t.match(stdout, 'Usage\n  fake-devin [flags]\n  fake-devin COMMAND [flags]\n')
    t.match(
      stdout,
      'Not affiliated with Cognition. Never contacts the real service, unless conform is pointed at it.',
    )
    t.match(stdout, `\n\nDocumentation\n  ${docs}\n`)
  },
)

t.test('--help after a command describes only the flags of that command', async (t) => {
  for (const command of COMMAND_NAMES.filter((name) => name !== 'serve')) {
    const { code, stdout } = await runHere([command, '--help'])

    t.equal(code, 0)
    t.match(stdout, COMMANDS[command].text)
    const named = [...stdout.matchAll(/^ {2}(?:-\w, )?--([a-z\d-]+)/gm)].map(([, name]) => name)
    const own = Object.values<Flag>(FLAGS).filter((flag) => isFlagOf(flag, command))
    t.same(
      named,
      own.map(({ name }) => name),
      command,
    )
  }
  t.match((await runHere(['advance', '-h'])).stdout, /^fake-devin advance SECONDS \[flags\]: /)
  t.match((await runHere(['nonsense', '-h'])).stdout, 'Commands')
})

t.test('--help describes the shared flags as each command means them', async (t) => {
  const helpOf = async (...argv: string[]) => (await runHere([...argv, '--help'])).stdout

  t.match(await helpOf(), 'Port to listen on')
  t.match(await helpOf(), 'Require "Authorization: Bearer TOKEN"')
  for (const command of CLIENT_COMMANDS) {
    const text = await helpOf(command)
    t.match(text, '--port N\n      Port of the server.\n      Default: 8080. FAKE_DEVIN_PORT, PORT\n')
    t.notMatch(text, /to listen on|Require|for conform/)
  }
  t.match(await helpOf('reset'), 'Token of the server')
  t.match(await helpOf('reset'), 'Act only on this organization. Default: all.')
  t.match(await helpOf('conform'), 'Organization of v3. Default: that of the v3 key.')
  for (const [command, text] of [
    ['fault', /List the faults instead of adding one\.[\s\S]*Remove all faults instead of adding one\./],
    ['snapshot', /List the snapshots instead of taking one\./],
    ['requests', /Remove all requests instead of printing them\./],
  ] as const) {
    t.match(await helpOf(command), text)
  }
  t.match(await helpOf(), /--store STORE\n.*memory.*\n +Default: memory\./)
  t.match(await helpOf('store', 'check'), /--store STORE\n.*which is required.*\n +FAKE_DEVIN_STORE\n/)
})

t.test('--version prints the version', async (t) => {
  t.match(await runHere(['-v']), { code: 0, stdout: /^\d+\.\d+\.\d+\n$/ })
})

t.test('every error in a file gets its own line', async (t) => {
  const keysFile = join(t.testdir({ 'keys.txt': 'one\ntwo\n' }), 'keys.txt')

  t.same(await runHere(['--keys', keysFile]), {
    code: 1,
    stdout: '',
    stderr: ['line 1', 'line 2']
      .map(
        (line) =>
          `fake-devin: ${keysFile}: ${line}: not a key (apk_user_…, apk_…, cog_… or devin-session-token$…)\n`,
      )
      .join(''),
  })
})

t.test('an unexpected error is not reduced to one line', async (t) => {
  const broken = {
    write: () => {
      throw new TypeError('broken')
    },
  }
  const quiet = { write: () => undefined }

  const running = run(['--version'], {}, { stdout: broken, stderr: quiet, stopped: Promise.resolve() })

  await t.rejects(running, { name: 'TypeError', message: 'broken' })
})

t.test('on a terminal the program shows its URL, a key to try and curl commands', async (t) => {
  const { code, stdout } = await runHere(['--port', '0', '--log-level', 'silent'], { isTTY: true })

  t.equal(code, 0)
  const [, url] = /^fake-devin listening on (http:\S+)\n/.exec(stdout) ?? []
  t.match(stdout, 'Any key works, for example cog_demo for v3, and apk_user_demo for v1.')
  const organization = `${url}/v3/organizations/${DEFAULT_ORG_ID}`
  t.match(stdout, `curl ${organization}/secrets -H 'Authorization: Bearer cog_demo'\n`)
  t.match(stdout, `curl ${url}/v1/secrets -H 'Authorization: Bearer apk_user_demo'\n`)
})

t.test('the server warns about misspelt variables', async (t) => {
  const env = {
    FAKE_DEVIN_SEDE: 'seed.yaml',
    FAKE_DEVIN_SPEED: '60',
    FAKE_DEVIN_PORT_8080_TCP_ADDR: '10.96.0.7',
    FAKE_DEVIN_COMMAND: 'fake-devin',
    FAKEDEVIN_SEED: 'x',
  }
  const argv = ['--port', '0', '--log-level', 'silent']

  t.match(await runHere(argv, { env }), {
    code: 0,
    stderr: /^fake-devin: FAKE_DEVIN_SEDE is not a known variable, did you mean FAKE_DEVIN_SEED\?\n$/,
  })
})

t.test('a flag that npm has consumed is reported', async (t) => {
  const env = { npm_config_strict_keys: 'true', npm_config_port: '9090', npm_config_registry: 'http://a' }
  const named = (flag: string) =>
    `fake-devin: npm has interpreted --${flag} as its own flag: put -- before it, as in npm start -- --${flag}\n`

  const started = await runHere(['--port', '0', '--log-level', 'silent'], { env })
  const refused = await runHere(['9090'], { env })

  t.equal(started.stderr, named('port') + named('strict-keys'))
  t.match(refused.stderr, /--port as its own flag.*\n.*\nfake-devin: unknown command "9090"/)
})

t.test('on a terminal the program shows the address of its page', async (t) => {
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    const argv = ['--port', '0', '--host', host, '--control-token', 't', '--log-level', 'silent']
    const { stdout } = await runHere(argv, { isTTY: true })

    const [, port] = /^fake-devin listening on http:\/\/127\.0\.0\.1:(\d+)\n/.exec(stdout) ?? []
    const name = host === '0.0.0.0' ? 'localhost' : host
    t.match(stdout, `\n  Page:      http://${name}:${port}/_fake/, to open in a browser\n`)
  }
})

t.test('on a terminal the program shows the HTTPS URL and the CA to trust', async (t) => {
  const tls = ['--port', '0', '--log-level', 'silent', '--tls', '--tls-port', '0']
  const { cert, key } = await makeCertificate('127.0.0.1')
  const folder = t.testdir({ 'cert.pem': cert, 'key.pem': key })
  const files = ['--tls-cert', join(folder, 'cert.pem'), '--tls-key', join(folder, 'key.pem')]

  const made = await runHere(tls, { isTTY: true })
  const given = await runHere([...tls, ...files], { isTTY: true })

  const [, url, tlsUrl] =
    /^fake-devin listening on (http:\S+)\nfake-devin listening on (\S+)\n/.exec(made.stdout) ?? []
  t.match(tlsUrl, /^https:/)
  t.match(made.stdout, `  HTTPS is at ${tlsUrl}, for clients that trust the CA of ${url}/_fake/ca.pem.\n`)
  t.match(given.stdout, /^ {2}HTTPS is at https:\/\/127\.0\.0\.1:\d+\.$/m)
})

t.test('HTTPS flags that exclude each other are a usage error', async (t) => {
  t.same(await runHere(['--port', '0', '--tls-cert', 'cert.pem']), {
    code: 2,
    stdout: '',
    stderr: 'fake-devin: --tls-cert requires --tls\n',
  })
})

t.test('on a terminal the keys of files are not shown', async (t) => {
  const folder = t.testdir({ 'keys.txt': 'apk_user_mine', 'seed.json': '{"organizations": []}' })
  const [keysFile, seedFile] = [join(folder, 'keys.txt'), join(folder, 'seed.json')]
  const argv = [
    '--port',
    '0',
    '--log-level',
    'silent',
    '--strict-keys',
    '--keys',
    keysFile,
    '--seed',
    seedFile,
  ]

  const { stdout } = await runHere(argv, { isTTY: true })

  t.match(
    stdout,
    `The keys of ${keysFile} and ${seedFile} work: export one of v1 (apk_…) as DEVIN_V1_API_KEY.`,
  )
  t.match(stdout, '/v1/secrets -H "Authorization: Bearer $DEVIN_V1_API_KEY"\n')
  t.match(stdout, 'Keys:      only those of files\n')
  t.notMatch(stdout, /apk_user_|\/v3\//, 'there is no v3 key')
})

t.test(
  'on a terminal the program shows commands for the generations whose keys are registered',
  async (t) => {
    const folder = t.testdir({
      'keys.txt': 'cog_mine org-mine',
      'both.txt': 'apk_user_mine\ncog_mine org-mine',
    })
    const start = async (file: string) =>
      (
        await runHere(['-p', '0', '--log-level', 'silent', '--strict-keys', '--keys', join(folder, file)], {
          isTTY: true,
        })
      ).stdout

    const v3 = await start('keys.txt')
    t.match(v3, 'work: export one of v3 (cog_…) as DEVIN_API_KEY.')
    t.match(v3, '/v3/organizations/org-mine/secrets -H "Authorization: Bearer $DEVIN_API_KEY"\n')
    t.notMatch(v3, /\/v1\/|cog_mine/)
    const both = await start('both.txt')
    t.match(both, 'as DEVIN_API_KEY, and one of v1 (apk_…) as DEVIN_V1_API_KEY.')
    t.match(both, '/v1/secrets -H "Authorization: Bearer $DEVIN_V1_API_KEY"\n')
  },
)

t.test(
  'on a terminal the program shows its settings, and commands for a session and the control plane',
  async (t) => {
    const files = t.testdir({ 'seed.json': '{"organizations": []}', 'rules.json': '[]' })
    const [seed, rules] = [join(files, 'seed.json'), join(files, 'rules.json')]
    const start = (...argv: string[]) =>
      runHere(['-p', '0', '--log-level', 'silent', ...argv], { isTTY: true })

    const { stdout } = await start()
    for (const line of [
      'Seed:      none',
      'Scenarios: built-in',
      'Speed:     1 s per second',
      'Store:     in memory',
      'Keys:      any well-formed one',
      'Control:   /_fake/, no token needed',
    ]) {
      t.match(stdout, line)
    }
    t.match(stdout, /curl http:\S+\/v3\/organizations\/org-\w+\/sessions -H .*\n.*Fix the login page/)
    t.match(stdout, /curl http:\S+\/_fake\/requests\n/)
    const flags = [
      '--seed',
      seed,
      '--scenarios',
      rules,
      '--clock',
      '2026-01-02T03:04:05Z',
      '--control-token',
      't0ken',
    ]
    const other = (await start(...flags)).stdout
    for (const line of [
      `Seed:      ${seed}`,
      `Scenarios: ${rules}`,
      'frozen at 2026-01-02T03:04:05',
      'needs the control token',
    ]) {
      t.match(other, line)
    }
    t.match(other, '/_fake/requests -H "Authorization: Bearer $FAKE_DEVIN_CONTROL_TOKEN"\n')
    t.notMatch(other, 't0ken')
    t.match((await start('--speed', 'instant')).stdout, 'Speed:     instant')
  },
)

t.test('on a terminal the program shows where its state is kept, without a password', async (t) => {
  const files = t.testdir({ 'seed.json': '{"organizations": []}', 'rules.json': '[]' })
  const [seed, rules, file] = ['seed.json', 'rules.json', 'a.sqlite'].map((name) => join(files, name))
  const url = new URL(await testDatabase(t))
  url.password ||= 's3cr3t'
  const start = async (...argv: string[]) =>
    (await runHere(['-p', '0', '--log-level', 'silent', ...argv], { isTTY: true })).stdout

  const inFile = await start('--store', `${file}`, '--seed', `${seed}`, '--scenarios', `${rules}`)
  const inDatabase = await start('--store', url.href)

  for (const line of [
    `Seed:      ${seed}, if the store was new\n`,
    `Scenarios: ${rules}, if the store was new\n`,
    'Speed:     1 s per second, if the store was new\n',
    `Store:     ${file}, kept when the server stops\n`,
  ]) {
    t.match(inFile, line)
  }
  t.match(inDatabase, `Store:     postgres://${url.username}@${url.host}${url.pathname}, kept`)
  t.match(inDatabase, /Seed: {6}none\n {2}Scenarios: built-in\n/)
  t.notMatch(inDatabase, url.password)
})

t.test('a server that others can reach warns if its control plane needs no token', async (t) => {
  const start = (...argv: string[]) => runHere(['-p', '0', '--log-level', 'silent', ...argv])

  t.match(await start('--host', '0.0.0.0'), {
    code: 0,
    stderr: /^fake-devin: .* set --control-token or .*\n$/,
  })
  t.equal((await start('--host', '0.0.0.0', '--control-token', 't')).stderr, '')
  t.equal((await start('--host', 'localhost')).stderr, '')
})

async function check(url: string, limit?: AbortSignal) {
  const output: string[] = []
  const io = { write: (text: string) => output.push(text) }
  const where = { url, host: '127.0.0.1', port: 1 }
  const code = await health(where, { stdout: io, stderr: io }, limit)
  return { code, text: output.join('') }
}

t.test('fake-devin health calls /_fake/health below the path of the URL', async (t) => {
  const url = await answering(t, (request, response) =>
    response.writeHead(request.url === '/below/_fake/health' ? 200 : 500).end(),
  )

  t.same(await check(`${url}/below`), { code: 0, text: 'ok\n' })
})

t.test('fake-devin health fails on any other status and reports it', async (t) => {
  const url = await answering(t, (_request, response) => response.writeHead(503).end())

  t.same(await check(url), { code: 1, text: `fake-devin: ${url}/_fake/health: answers 503\n` })
})

t.test('fake-devin health fails when no answer arrives in time', async (t) => {
  const limit = new AbortController()
  const url = await answering(t, () => limit.abort())

  t.same(await check(url, limit.signal), {
    code: 1,
    text: `fake-devin: ${url}/_fake/health: no answer within 2000 ms\n`,
  })
})

t.test('fake-devin health uses HTTPS for an https URL', async (t) => {
  const url = await answering(t, (_request, response) => response.writeHead(200).end())

  t.match(await check(url.replace('http:', 'https:')), { code: 1, text: /: no answer \(.+\)\n$/ })
})

t.test('fake-devin health calls the local server and ignores FAKE_DEVIN_URL', async (t) => {
  const url = await answering(t, (_request, response) => response.writeHead(200).end())
  const { port } = new URL(url)
  const env = { FAKE_DEVIN_URL: 'http://127.0.0.1:1' }

  for (const FAKE_DEVIN_HOST of ['127.0.0.1', '0.0.0.0']) {
    t.same(await runHere(['health'], { env: { ...env, FAKE_DEVIN_HOST, FAKE_DEVIN_PORT: port } }), {
      code: 0,
      stdout: 'ok\n',
      stderr: '',
    })
  }
  t.match(await runHere(['health', '--url', env.FAKE_DEVIN_URL], { env: { FAKE_DEVIN_PORT: port } }), {
    code: 1,
  })
})
