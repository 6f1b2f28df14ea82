import t from 'tap'
import {
  DEFAULT_CONFIG,
  FLAGS,
  type Flag,
  isFlagOf,
  LOG_LEVELS,
  readConfig,
} from '../../src/settings/config.ts'
import { ownStartError, StartError, UsageError } from '../../src/settings/start-error.ts'

const DEFAULTS = {
  port: 8080,
  host: '127.0.0.1',
  logLevel: 'info',
  strictKeys: false,
  keysFile: undefined,
  seedFile: undefined,
  scenariosFile: undefined,
  tls: false,
  tlsPort: 8443,
  tlsCertFile: undefined,
  tlsKeyFile: undefined,
  tlsCaOutFile: undefined,
  forwardedAllowIps: '127.0.0.1,::1',
  ipAccessListOnLoopback: false,
  speed: 1,
  clock: undefined,
  seedIds: undefined,
  answers: undefined,
  appUrl: 'https://app.devin.ai',
  controlToken: undefined,
  maxJsonBytes: 10_485_760,
  maxUploadBytes: 104_857_600,
  maxRecords: 100_000,
  maxStoredBytes: 536_870_912,
  maxConnections: 10_000,
  journalEntries: 1_000,
  journalBytes: 16_777_216,
}

const read = (argv: string[] = [], env: NodeJS.ProcessEnv = {}) => readConfig({ argv, env })

function fault(argv: string[], env: NodeJS.ProcessEnv = {}): string {
  try {
    read(argv, env)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return 'nothing was wrong'
}

t.test(
  'without flags and variables, all settings have their defaults and the command is serve',
  async (t) => {
    t.match(read(), { ...DEFAULTS, command: 'serve', url: undefined })
    t.match(DEFAULT_CONFIG, DEFAULTS)
  },
)

t.test('a flag and its variable set the same value', async (t) => {
  const rows: [flag: string, variable: string, text: string, setting: string, value: unknown][] = [
    ['port', 'FAKE_DEVIN_PORT', '0', 'port', 0],
    ['port', 'PORT', '65535', 'port', 65_535],
    ['host', 'FAKE_DEVIN_HOST', 'my-machine.local', 'host', 'my-machine.local'],
    ['host', 'HOST', '0.0.0.0', 'host', '0.0.0.0'],
    ['host', 'HOST', '::1', 'host', '::1'],
    ['host', 'HOST', 'localhost', 'host', 'localhost'],
    ...LOG_LEVELS.map((level): (typeof rows)[0] => [
      'log-level',
      'FAKE_DEVIN_LOG_LEVEL',
      level,
      'logLevel',
      level,
    ]),
    ['strict-keys', 'FAKE_DEVIN_STRICT_KEYS', 'true', 'strictKeys', true],
    ['strict-keys', 'FAKE_DEVIN_STRICT_KEYS', '1', 'strictKeys', true],
    ['strict-keys', 'FAKE_DEVIN_STRICT_KEYS', 'false', 'strictKeys', false],
    ['strict-keys', 'FAKE_DEVIN_STRICT_KEYS', '0', 'strictKeys', false],
    ['keys', 'FAKE_DEVIN_KEYS', 'keys.txt', 'keysFile', 'keys.txt'],
    ['seed', 'FAKE_DEVIN_SEED', 'seed.yaml', 'seedFile', 'seed.yaml'],
    ['scenarios', 'FAKE_DEVIN_SCENARIOS', 'rules.yaml', 'scenariosFile', 'rules.yaml'],
    ['tls', 'FAKE_DEVIN_TLS', 'true', 'tls', true],
    ['tls-port', 'FAKE_DEVIN_TLS_PORT', '443', 'tlsPort', 443],
    ['tls-cert', 'FAKE_DEVIN_TLS_CERT', 'cert.pem', 'tlsCertFile', 'cert.pem'],
    ['tls-key', 'FAKE_DEVIN_TLS_KEY', 'key.pem', 'tlsKeyFile', 'key.pem'],
    ['tls-ca-out', 'FAKE_DEVIN_TLS_CA_OUT', 'ca.pem', 'tlsCaOutFile', 'ca.pem'],
    ...['*', '10.0.0.1', '10.0.0.0/8, fd00::/8', ' ::1 ,127.0.0.1'].map((list): (typeof rows)[0] => [
      'forwarded-allow-ips',
      'FAKE_DEVIN_FORWARDED_ALLOW_IPS',
      list,
      'forwardedAllowIps',
      list,
    ]),
    ['forwarded-allow-ips', 'FAKE_DEVIN_FORWARDED_ALLOW_IPS', 'none', 'forwardedAllowIps', ''],
    ['forwarded-allow-ips', 'FORWARDED_ALLOW_IPS', '172.16.0.0/12', 'forwardedAllowIps', '172.16.0.0/12'],
    [
      'ip-access-list-on-loopback',
      'FAKE_DEVIN_IP_ACCESS_LIST_ON_LOOPBACK',
      'true',
      'ipAccessListOnLoopback',
      true,
    ],
    ['speed', 'FAKE_DEVIN_SPEED', '60', 'speed', 60],
    ['speed', 'FAKE_DEVIN_SPEED', '0.5', 'speed', 0.5],
    ['speed', 'FAKE_DEVIN_SPEED', '1000000', 'speed', 1_000_000],
    ['speed', 'FAKE_DEVIN_SPEED', 'instant', 'speed', 'instant'],
    ['clock', 'FAKE_DEVIN_CLOCK', '1970-01-01T00:00:01Z', 'clock', 1_000_000],
    ['seed-ids', 'FAKE_DEVIN_SEED_IDS', '0', 'seedIds', 0],
    ['seed-ids', 'FAKE_DEVIN_SEED_IDS', '9007199254740991', 'seedIds', Number.MAX_SAFE_INTEGER],
    ...[
      ['http://localhost:8080/_fake/#', 'http://localhost:8080/_fake/#'],
      ['http://localhost:8080/_fake/#/', 'http://localhost:8080/_fake/#'],
      ['HTTPS://devin.example.com//', 'HTTPS://devin.example.com'],
    ].map(([text = '', value]): (typeof rows)[0] => ['app-url', 'FAKE_DEVIN_APP_URL', text, 'appUrl', value]),
    ...['memory', './store.sqlite', './http://a', 'postgres://u:p@host/db', 'POSTGRESQL://host/db'].map(
      (text): (typeof rows)[0] => ['store', 'FAKE_DEVIN_STORE', text, 'store', text],
    ),
    ['control-token', 'FAKE_DEVIN_CONTROL_TOKEN', 't0k3n', 'controlToken', 't0k3n'],
    ['max-json-bytes', 'FAKE_DEVIN_MAX_JSON_BYTES', '1', 'maxJsonBytes', 1],
    ['max-json-bytes', 'FAKE_DEVIN_MAX_JSON_BYTES', '2kb', 'maxJsonBytes', 2000],
    ['max-json-bytes', 'FAKE_DEVIN_MAX_JSON_BYTES', '3KiB', 'maxJsonBytes', 3072],
    ['max-upload-bytes', 'FAKE_DEVIN_MAX_UPLOAD_BYTES', '5MB', 'maxUploadBytes', 5_000_000],
    ['max-upload-bytes', 'FAKE_DEVIN_MAX_UPLOAD_BYTES', '1GiB', 'maxUploadBytes', 1_073_741_824],
    ['max-records', 'FAKE_DEVIN_MAX_RECORDS', '10', 'maxRecords', 10],
    ['max-stored-bytes', 'FAKE_DEVIN_MAX_STORED_BYTES', '2GB', 'maxStoredBytes', 2_000_000_000],
    ['max-connections', 'FAKE_DEVIN_MAX_CONNECTIONS', '100', 'maxConnections', 100],
    ['journal-entries', 'FAKE_DEVIN_JOURNAL_ENTRIES', '0', 'journalEntries', 0],
    ['journal-bytes', 'FAKE_DEVIN_JOURNAL_BYTES', '0', 'journalBytes', 0],
    ['journal-bytes', 'FAKE_DEVIN_JOURNAL_BYTES', '2MiB', 'journalBytes', 2_097_152],
  ]
  for (const [flag, variable, text, setting, value] of rows) {
    t.match(read([`--${flag}=${text}`]), { [setting]: value }, `--${flag}=${text}`)
    t.match(read([], { [variable]: text }), { [setting]: value }, `${variable}=${text}`)
  }
})

t.test('every flag of serve has a variable of the same name', async (t) => {
  const own = Object.values<Flag>(FLAGS).filter((flag) => isFlagOf(flag, 'serve'))
  for (const { name, variables } of own) {
    if (['help', 'version'].includes(name)) continue
    t.equal(variables[0]?.name, `FAKE_DEVIN_${name.toUpperCase().replaceAll('-', '_')}`)
  }
})

t.test(
  'a value can be a separate argument, a switch needs none, and the last of repeated flags wins',
  async (t) => {
    const config = read(['--port', '1', '--strict-keys', '--port', '2'])

    t.match(config, { port: 2, strictKeys: true })
  },
)

t.test('a flag takes precedence over a variable, and FAKE_DEVIN_PORT over PORT', async (t) => {
  const env = { FAKE_DEVIN_PORT: '2', PORT: '3', FAKE_DEVIN_STRICT_KEYS: 'true' }

  t.match(read(['--port', '1', '--strict-keys=false'], env), { port: 1, strictKeys: false })
  t.match(read([], env), { port: 2, strictKeys: true })
})

t.test('an empty variable is ignored', async (t) => {
  t.match(read([], { FAKE_DEVIN_PORT: '', PORT: '3', FAKE_DEVIN_SEED: '' }), { port: 3, seedFile: undefined })
})

t.test('the port variable that Kubernetes sets for a service named fake-devin is ignored', async (t) => {
  t.match(read([], { FAKE_DEVIN_PORT: 'tcp://10.96.0.7:8080' }), { port: 8080 })
})

t.test('a HOST that a shell or conda sets to a name is ignored', async (t) => {
  t.match(read([], { HOST: 'x86_64-conda-linux-gnu' }), { host: '127.0.0.1' })
})

t.test('an invalid flag, variable or command gives an error of one line that names it', async (t) => {
  const rows: [message: string, argv: string[], env?: NodeJS.ProcessEnv][] = [
    ['--port takes a port from 0 to 65535, not "80a"', ['--port', '80a']],
    ['--port takes a port from 0 to 65535, not "65536"', ['--port', '65536']],
    ['--port takes a port from 0 to 65535, not "-1"', ['--port=-1']],
    ['--port takes a port from 0 to 65535, not ""', ['--port=']],
    ['--port takes a port from 0 to 65535', ['--port']],
    ['PORT takes a port from 0 to 65535, not "x"', [], { PORT: 'x' }],
    ['--tls-port takes a port from 0 to 65535, not "https"', ['--tls-port', 'https']],
    ['--host takes an address, not "a b"', ['--host', 'a b']],
    ['--strict-keys takes true or false, not "yes"', ['--strict-keys=yes']],
    ['FAKE_DEVIN_STRICT_KEYS takes true or false, not "on"', [], { FAKE_DEVIN_STRICT_KEYS: 'on' }],
    ['--keys takes the path of a file', ['--keys', '--strict-keys']],
    ['--keys takes the path of a file', ['--keys', '--port', '8080']],
    ['--seed takes the path of a file, not ""', ['--seed=']],
    [`--log-level takes one of ${LOG_LEVELS.join(', ')}, not "loud"`, ['--log-level', 'loud']],
    ...['0', '1.5', '1 MB', '10tb', '1e3', '9999999999999'].map((size): (typeof rows)[0] => [
      `--max-json-bytes takes a number of bytes, such as 500000, 64KiB or 10MB, not "${size}"`,
      ['--max-json-bytes', size],
    ]),
    [
      '--max-json-bytes takes a number of bytes, such as 500000, 64KiB or 10MB, not "900000000000GB"',
      ['--max-json-bytes=900000000000GB'],
    ],
    ...['0', '-1', 'fast', '1000001', '1e3', '1.'].map((speed): (typeof rows)[0] => [
      `--speed takes a number above 0 (at most 1000000), or instant, not "${speed}"`,
      [`--speed=${speed}`],
    ]),
    ...['noon', '1969-12-31', '2255-01-01T00:00:01Z'].map((time): (typeof rows)[0] => [
      `--clock takes an ISO 8601 time from 1970 to 2255, such as 2026-01-02T03:04:05Z, not "${time}"`,
      ['--clock', time],
    ]),
    ...['-1', '1.5', 'x', '9007199254740992'].map((seed): (typeof rows)[0] => [
      `--seed-ids takes a whole number from 0 to 9007199254740991, not "${seed}"`,
      [`--seed-ids=${seed}`],
    ]),
    ...[
      'localhost:8080',
      'ftp://localhost',
      'http://',
      'http://a b',
      'http://a:99999',
      'http://a/?b',
      '/#',
    ].map((text): (typeof rows)[0] => [
      `--app-url takes an address that begins with http:// or https://, such as http://localhost:8080/_fake/#, not "${text}"`,
      ['--app-url', text],
    ]),
    ...['http://a:s3cr3t@b', 'http://a@b', 'http://:s3cr3t@b'].map((text): (typeof rows)[0] => [
      '--app-url takes an address that begins with http:// or https://, such as http://localhost:8080/_fake/#, not one with a password',
      ['--app-url', text],
    ]),
    ...[
      'mysql://u:s3cr3t@host/db',
      'postgres://[::1/db',
      'postgres:/host/db',
      'sqlite:devin.db',
      'file:devin.db',
      ':memory:',
      '',
    ].map((text): (typeof rows)[0] => [
      '--store takes memory, the path of a file, or the URL of a PostgreSQL database (postgres://user:password@host/name)',
      [`--store=${text}`],
    ]),
    ['--control-token takes a text without spaces', ['--control-token', 'a b']],
    [
      '--url takes the address of a server, such as http://localhost:8080, not "ftp://localhost": the URL must begin with http:// or https://',
      ['health', '--url', 'ftp://localhost'],
    ],
    [
      '--url takes the address of a server, such as http://localhost:8080, not "localhost:99999": the URL must have a port from 0 to 65535',
      ['health', '--url', 'localhost:99999'],
    ],
    [
      '--url takes the address of a server, such as http://localhost:8080, not one with a password: the URL must not contain a user or a password',
      ['reset', '--url', 'http://a:s3cr3t@b'],
    ],
    [
      '--url takes the address of a server, such as http://localhost:8080, not one with a password: the URL must not contain a user or a password',
      ['reset', '--url', 'a:s3cr3t@b'],
    ],
    ['serve does not accept --url', ['--url', 'http://localhost']],
    ['health does not accept --org', ['health', '--org', 'org-1']],
    ['unknown flag --orq, did you mean --org?', ['reset', '--orq', 'org-1']],
    ['--org takes the id of an organization, not a key', ['reset', '--org', 'apk_user_mine']],
    ['advance takes a number of seconds, such as 90', ['advance']],
    ['advance takes a number of seconds, such as 90, not "soon"', ['advance', 'soon']],
    ['advance takes a number of seconds, such as 90, not "-15"', ['advance', '-15']],
    ['advance takes a number of seconds, such as 90, not "-0.5"', ['advance', '-0.5', '--org', 'org-1']],
    ['--journal-entries takes a whole number, 0 or more, not "-1"', ['--journal-entries', '-1']],
    ['unknown flag -5, see --help', ['-5']],
    ['unexpected argument "5"', ['advance', '90', '5']],
    ['unexpected argument "now"', ['reset', 'now']],
    ['restore takes the name of a snapshot, not ".."', ['restore', '..']],
    [
      '--method takes one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, not "GOT"',
      ['requests', '--method', 'GOT'],
    ],
    ['--path takes a path, a template or a glob, not "v1/*"', ['requests', '--path', 'v1/*']],
    [
      '--status takes a status, such as 404, or a class of them, such as 4xx, not "4x4"',
      ['requests', '--status', '4x4'],
    ],
    ...['503', '[]', 'null', '{'].map((text): [string, string[]] => [
      `--json takes an object in JSON, such as '{"status": 503}', not ${JSON.stringify(text)}`,
      ['fault', '--json', text],
    ]),
    ['fault takes the name of a preset, such as rate-limit, not "503"', ['fault', '503']],
    ['--since takes the id of a request, or an ISO 8601 time, not ""', ['requests', '--since=']],
    [
      'FAKE_DEVIN_URL takes the address of a server, such as http://localhost:8080, not "http://": the URL must name a host',
      ['reset'],
      { FAKE_DEVIN_URL: 'http://' },
    ],
    ['unknown flag --prot, did you mean --port?', ['--prot', '1']],
    ['unknown flag --keyz, did you mean --keys?', ['--keyz', 'x']],
    ['unknown flag --strict-key, did you mean --strict-keys?', ['--strict-key']],
    ['unknown flag --max-json-byte, did you mean --max-json-bytes?', ['--max-json-byte=1']],
    ['unknown flag --frobnicate, see --help', ['--frobnicate']],
    ['unknown flag -x, see --help', ['-x']],
    ['unknown flag --watch, see --help', ['--watch']],
    ['unknown flag --metod, did you mean --method?', ['requests', '--metod', 'GET']],
    ['unknown flag --metod, see --help', ['--metod', 'GET']],
    ['--port takes a port from 0 to 65535, not "x"', ['-p', 'x']],
    ['unknown command "halth", did you mean health?', ['halth']],
    ['unknown command "restroe", did you mean restore?', ['restroe', 'a']],
    ['unknown command "verison", did you mean version?', ['verison']],
    ['unknown command "request", did you mean requests?', ['help', 'request']],
    ['unknown flag --__proto__, see --help', ['--__proto__', '1']],
    [
      'unknown command "start", the commands are serve, health, reset, advance, fault, requests, snapshot, restore, diff, conform, store, help, version',
      ['start'],
    ],
    ['unexpected argument "now"', ['serve', 'now']],
  ]
  for (const [message, argv, env] of rows) t.equal(fault(argv, env), message)
})

t.test('a key in the wrong place is not repeated in the error', async (t) => {
  t.equal(fault(['--keys', 'apk_user_mine']), '--keys takes the path of a file, not a key')
  t.equal(fault(['--seed=cog_mine']), '--seed takes the path of a file, not a key')
  t.equal(
    fault(['apk_mine']),
    'unknown command a key, the commands are serve, health, reset, advance, fault, requests, snapshot, restore, diff, conform, store, help, version',
  )
})

t.test('a UsageError has exit code 2', async (t) => {
  t.equal(new UsageError('x').exitCode, 2)
})

t.test('--help and --version take precedence over everything else, even if it is invalid', async (t) => {
  t.match(read(['--port', 'x', '-h']), { command: 'help' })
  t.match(read(['--version', 'nonsense'], { PORT: 'x' }), { command: 'version' })
  t.match(read(['-v']), { command: 'version' })
  t.match(read(['-V']), { command: 'version' })
})

t.test('help and version are also commands, and -p is the port', async (t) => {
  t.match(read(['help']), { command: 'help', topic: 'serve' })
  t.match(read(['help', 'advance']), { command: 'help', topic: 'advance' })
  t.match(read(['version'], { PORT: 'x' }), { command: 'version' })
  t.match(read(['-p', '1']), { port: 1 })
  t.match(read(['health', '-p1']), { command: 'health', port: 1 })
})

t.test('a command can come before or after its flags, or after --', async (t) => {
  t.match(read(['health', '--port', '1', '--url', 'http://a']), {
    command: 'health',
    port: 1,
    url: 'http://a',
  })
  t.match(read(['--port', '1', 'health']), { command: 'health', port: 1 })
  t.match(read(['--', 'serve']), { command: 'serve' })
})

t.test('a command reads only its own flags and variables', async (t) => {
  const env = {
    FAKE_DEVIN_SPEED: 'x',
    FAKE_DEVIN_URL: 'https://a',
    FAKE_DEVIN_PORT: '1',
    FAKE_DEVIN_CONTROL_TOKEN: 't',
  }

  t.match(read(['reset'], env), { command: 'reset', url: 'https://a', port: 1, speed: 1, controlToken: 't' })
  t.match(read(['health'], env), { url: undefined, port: 1, controlToken: undefined })
  t.match(read(['health', '--url', 'https://b'], env), { url: 'https://b' })
  t.match(read([], { FAKE_DEVIN_URL: 'x' }), { url: undefined })
})

t.test('conform takes its keys and its organization from the variables of clients', async (t) => {
  const env = { DEVIN_API_KEY: 'cog_a', DEVIN_ORG_ID: 'org-1' }
  const own = { FAKE_DEVIN_CONFORM_KEY: 'one', FAKE_DEVIN_CONFORM_V3_KEY: 'other' }

  t.match(read(['conform'], env), { v1Key: undefined, v3Key: 'cog_a', orgId: 'org-1' })
  t.match(read(['conform'], { DEVIN_API_KEY: 'apk_a' }), { v1Key: 'apk_a', v3Key: undefined })
  t.match(read(['conform'], { ...env, ...own }), { v1Key: 'one', v3Key: 'other' })
  t.match(read(['reset'], env), { v3Key: undefined, orgId: undefined })
})

t.test('the argument of a command can be mixed with flags in any order', async (t) => {
  for (const argv of [
    ['advance', '1.5', '--org', 'org-1'],
    ['--org', 'org-1', 'advance', '1.5'],
    ['advance', '--org=org-1', '1.5'],
  ]) {
    t.match(read(argv), { command: 'advance', argument: '1.5', orgId: 'org-1' })
  }
  t.match(read(['requests', '--json', '--method', 'get', '--status', '4xx', '--limit', '3']), {
    asJson: true,
    method: 'GET',
    status: '4xx',
    limit: 3,
    argument: undefined,
  })
  t.match(read(['fault', '--json', '{"status": 503}', '--times', '2']), {
    spec: { status: 503 },
    times: 2,
    asJson: false,
    argument: undefined,
  })
  t.match(read(['snapshot', '--list']), { list: true, argument: undefined })
  t.match(read(['advance', '90', '--help']), { command: 'help', topic: 'advance' })
})

t.test('a key in place of a flag is not repeated in the error', async (t) => {
  t.equal(fault(['--apk_user_s3cr3t']), 'unknown flag (a key), see --help')
})

t.test(
  'an invalid list of proxies is rejected, and a list in FORWARDED_ALLOW_IPS that only uvicorn or gunicorn supports is ignored',
  async (t) => {
    for (const list of [
      'localhost',
      '10.0.0.1/33',
      '10.0.0.1/8/8',
      '10.0.0.1/',
      '10.0.0.1/x',
      '127.0.0.1,*',
    ]) {
      const message = fault(['--forwarded-allow-ips', list])
      t.match(
        message,
        /^--forwarded-allow-ips takes IP addresses and networks separated by commas, \* or none, not /,
      )
    }
    const { forwardedAllowIps } = read([], { FORWARDED_ALLOW_IPS: 'unix:/run/proxy.sock' })
    t.equal(forwardedAllowIps, '127.0.0.1,::1')
  },
)

t.test(
  'a start error from another copy of the module is converted to the class of the same name',
  async (t) => {
    const foreign = (name: string) => Object.assign(new Error('why'), { name })

    t.ok(ownStartError(foreign('UsageError')) instanceof UsageError)
    t.match(ownStartError(foreign('StartError')), new StartError('why'))
    t.notOk(ownStartError(foreign('StartError')) instanceof UsageError)
  },
)

t.test('any other error is returned unchanged', async (t) => {
  for (const error of [new StartError('a'), new UsageError('b'), new Error('c'), undefined]) {
    t.equal(ownStartError(error), error)
  }
})
