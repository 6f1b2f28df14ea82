import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import t from 'tap'
import { childEnvironment } from './child-environment.ts'

/** What a person or a CI system may have set, and what changes how Node, curl, Python, git or npm behave. */
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
  NODE_OPTIONS: '--no-warnings',
  NODE_ENV: 'production',
  npm_config_loglevel: 'silly',
  GIT_DIR: '/nowhere',
  FAKE_DEVIN_PORT: '1',
  PORT: '2',
}

t.test(
  'a child process sees nothing of what the caller has set for its terminal and its tools',
  async (t) => {
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
      // tap adds its own to NODE_OPTIONS.
      if (name === 'NODE_OPTIONS') t.notMatch(seen[name], HOSTILE.NODE_OPTIONS)
      else t.notOk(name in seen, name)
    }
  },
)

t.test('every test that starts a process gives it that environment', async (t) => {
  const folder = new URL('./', import.meta.url)
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts')) continue
    const text = readFileSync(new URL(path, folder), 'utf8')
    if (!text.includes("from 'node:child_process'")) continue
    t.match(text, /import \{ childEnvironment \}/, path)
    const calls = [...text.matchAll(/\b(?:spawn|spawnSync|execFile|execFileSync|fork)\((?!\))/g)]
    for (const { index } of calls) {
      const call = text.slice(index, text.indexOf('\n\n', index))
      t.match(call, /\benv\b|\boptions\b/, `${path}: ${call.split('\n')[0]}`)
    }
  }
})
