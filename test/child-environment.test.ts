import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import t from 'tap'
import { childEnvironment } from './child-environment.ts'

/** Variables that a person or a CI system may set, and that change how Node, curl, Python, git or npm behave. */
const HOSTILE = {
  FORCE_COLOR: '3',
  CLICOLOR_FORCE: '1',
  COLORTERM: 'truecolor',
  TERM: 'xterm-256color',
  LANG: 'tr_TR.UTF-8',
  LC_ALL: 'de_DE.UTF-8',
  TZ: 'Pacific/Apia',
  HTTP_PROXY: 'http://127.0.0.1:9',
  http_proxy: 'http://127.0.0.1:9',
  ALL_PROXY: 'socks5://127.0.0.1:9',
  https_proxy: 'http://127.0.0.1:9',
  no_proxy: 'example.test',
  NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem',
  NODE_USE_ENV_PROXY: '1',
  NODE_OPTIONS: '--no-warnings',
  NODE_ENV: 'production',
  npm_config_loglevel: 'silly',
  GIT_DIR: '/nowhere',
  FAKE_DEVIN_PORT: '1',
  FAKE_DEVIN_URL: 'http://127.0.0.1:9',
  HOST: 'nowhere.test',
  PORT: '2',
}

t.test("a child process does not see the caller's settings for its terminal and its tools", async (t) => {
  const saved = { ...process.env }
  t.teardown(() => {
    for (const name of Object.keys(HOSTILE)) delete process.env[name]
    Object.assign(process.env, saved)
  })
  Object.assign(process.env, HOSTILE)
  delete process.env.HOME

  const program = 'process.stdout.write(JSON.stringify(process.env))'
  const { stdout } = spawnSync(process.execPath, ['--eval', program], {
    env: childEnvironment({ GIVEN: 'yes' }),
    encoding: 'utf8',
  })

  const seen = JSON.parse(stdout)
  t.match(seen, { GIVEN: 'yes', NO_COLOR: '1', LANG: 'C.UTF-8', TZ: 'UTC', HOME: tmpdir() })
  for (const name of Object.keys(HOSTILE)) {
    if (name === 'LANG' || name === 'TZ') continue
    // tap adds its own options to NODE_OPTIONS.
    if (name === 'NODE_OPTIONS') t.notMatch(seen[name], HOSTILE.NODE_OPTIONS)
    else t.notOk(name in seen, name)
  }
})

t.test('every test that starts a process uses this environment', async (t) => {
  const folder = new URL('./', import.meta.url)
  const starters = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => {
    if (!/\.(?:ts|mjs)$/.test(path) || path === 'child-environment.test.ts') return false
    // Runs outside of the project, and gives its containers no variables but their own.
    if (path === 'runners/docker-engine.mjs') return false
    return readFileSync(new URL(path, folder), 'utf8').includes('node:child_process')
  })

  t.ok(starters.length > 5)
  for (const path of starters) {
    const text = readFileSync(new URL(path, folder), 'utf8')
    const { length: calls } =
      text.match(/(?<!\.)\b(?:spawn|spawnSync|execFile|execFileSync|fork)\((?!\))/g) ?? []
    const { length: given } = text.match(/\b(?:env:|const env =) (?:child|uncovered)Environment\(/g) ?? []
    t.ok(given >= calls && given > 0, `${path}: ${calls} calls, ${given} environments`)
    t.notMatch(text, /\benv: process\.env\b|\.\.\.process\.env\b/, path)
  }
})
