import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { installedPostgres, postgresBin } from '../../scripts/setup/postgres.mjs'

/** Where Debian has the versions. */
const DEBIAN = 'usr/lib/postgresql'

/** Where it is forbidden to start a server for the whole machine. */
const SETTINGS = 'etc/postgresql-common/createcluster.d'

/** Writes a program to a folder of a machine. */
function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
  chmodSync(join(root, path), 0o755)
}

/** Returns a machine with these programs and these versions of PostgreSQL, by their folders. Its PATH is the folder `bin`. */
function machine(t: Test, versions: Record<string, string>, programs: Record<string, string> = {}) {
  const root = t.testdir({ bin: {} })
  for (const [folder, version] of Object.entries(versions)) {
    write(root, `${folder}/initdb`, '#!/bin/sh\n')
    write(root, `${folder}/postgres`, `#!/bin/sh\necho 'postgres (PostgreSQL) ${version}'\n`)
  }
  for (const [name, text] of Object.entries(programs)) write(root, `bin/${name}`, `#!/bin/sh\n${text}`)
  return { root, env: { PATH: join(root, 'bin') }, at: (path: string) => join(root, path) }
}

/** A machine with Debian's package manager, which records its calls and the services that are forbidden meanwhile. */
function debian(t: Test, install: string, versions: Record<string, string> = {}) {
  return machine(t, versions, {
    'apt-get': `cd "\${0%/*}/.."\necho "$*" >>calls\n[ "$1" = install ] || exit 1\nread -r line <${SETTINGS}/fake-devin.conf\necho "$line" >>calls\n${install}`,
    sudo: 'shift\nexec "$@"\n',
    mkdir: 'exec /bin/mkdir "$@"\n',
    rm: 'exec /bin/rm "$@"\n',
  })
}

const INSTALL = `
/bin/mkdir -p ${DEBIAN}/17/bin
echo '#!/bin/sh' >${DEBIAN}/17/bin/initdb
echo '#!/bin/sh\necho "postgres (PostgreSQL) 17.2 (Debian 17.2-1)"' >${DEBIAN}/17/bin/postgres
/bin/chmod +x ${DEBIAN}/17/bin/*
`

const skip = process.platform === 'win32' ? 'the programs of these tests are shell scripts' : false

t.test('PostgreSQL is that of POSTGRES_BIN, or else of PATH, or else the newest', { skip }, async (t) => {
  const { root, env, at } = machine(t, {
    own: '14.0',
    bin: '15.1 (Homebrew)',
    [`${DEBIAN}/16/bin`]: '16.3',
  })

  t.equal(postgresBin({ ...env, POSTGRES_BIN: at('own') }, root), at('own'))
  t.equal(postgresBin({ ...env, POSTGRES_BIN: '' }, root), at('bin'))
  t.equal(postgresBin({}, root), at(`${DEBIAN}/16/bin`))
  t.equal(await installedPostgres(env, root), at('bin'))
})

t.test(
  'versions are compared as numbers, and old or incomplete installations are skipped',
  { skip },
  async (t) => {
    const { root, env, at } = machine(t, {
      bin: '13.9',
      [`${DEBIAN}/9.6/bin`]: '9.6.24',
      [`${DEBIAN}/15/bin`]: '15.1',
      [`${DEBIAN}/100/bin`]: '100beta1',
    })
    write(root, `${DEBIAN}/101/bin/postgres`, `#!/bin/sh\necho 'postgres (PostgreSQL) 101.1'\n`)
    write(root, `${DEBIAN}/102/bin/initdb`, '#!/bin/sh\n')

    t.equal(postgresBin(env, root), at(`${DEBIAN}/100/bin`))
  },
)

t.test('PostgreSQL is found in the folders of Homebrew, macOS, Red Hat and Windows', { skip }, async (t) => {
  for (const folder of [
    'opt/homebrew/opt/postgresql@18/bin',
    'usr/local/opt/postgresql@14/bin',
    'home/linuxbrew/.linuxbrew/opt/postgresql@16/bin',
    'usr/pgsql-17/bin',
    'Applications/Postgres.app/Contents/Versions/17/bin',
    'Program Files/PostgreSQL/17/bin',
  ]) {
    const { root, env, at } = machine(t, { [folder]: '18.0' })
    t.equal(postgresBin({ ...env, ProgramFiles: at('Program Files') }, root), at(folder))
  }
})

t.test(
  'a POSTGRES_BIN without PostgreSQL is an error, even if there is another installation',
  { skip },
  async (t) => {
    const { root, env, at } = machine(t, { bin: '15.1', old: '13.9', none: 'of any number' })
    for (const folder of ['missing', 'old', 'none']) {
      const given = { ...env, POSTGRES_BIN: at(folder) }
      const message = new RegExp(
        `^POSTGRES_BIN is ${at(folder)}, which has no PostgreSQL 14 or later\\. The tests`,
      )
      t.throws(() => postgresBin(given, root), { message })
      await t.rejects(installedPostgres(given, root), { message })
    }
  },
)

const onDebian = { skip: process.platform === 'linux' ? false : 'other systems have no apt-get' }

t.test('PostgreSQL is installed by apt-get, without a system-wide server', onDebian, async (t) => {
  const { root, env, at } = debian(t, INSTALL, { [`${DEBIAN}/13/bin`]: '13.9' })

  t.equal(await installedPostgres(env, root), at(`${DEBIAN}/17/bin`))
  t.equal(
    readFileSync(at('calls'), 'utf8'),
    'update\ninstall -y --no-install-recommends postgresql\ncreate_main_cluster = false\n',
  )
  t.same(readdirSync(at(SETTINGS)), [])
})

t.test('a failed installation is reported with its reason and with what to do', onDebian, async (t) => {
  const { root, env, at } = debian(t, 'echo "E: Unable to locate package postgresql" >&2\nexit 100\n')

  await t.rejects(installedPostgres(env, root), {
    message:
      /^PostgreSQL cannot be installed:\nE: Unable to locate package postgresql\nThe tests .* set POSTGRES_BIN/,
  })
  t.same(readdirSync(at(SETTINGS)), [])
})

t.test('without PostgreSQL and apt-get, the error says what to install', { skip }, async (t) => {
  const { root, env, at } = machine(t, {})

  for (const failure of [installedPostgres(env, root), (async () => postgresBin(env, root))()]) {
    await t.rejects(failure, {
      message: /^No PostgreSQL 14 or later was found\. .* set POSTGRES_BIN to the folder of its programs\.$/,
    })
  }
  t.notOk(existsSync(at('etc')))
})
