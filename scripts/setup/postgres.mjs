// Finds PostgreSQL for the tests that need a database server, and installs it where that is possible without asking.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { installPackage, isExecutable, onPath } from './programs.mjs'

/** The oldest version that the tests can use. */
const OLDEST = 14

/** The programs that make a database server and run it. */
const PROGRAMS = ['initdb', 'postgres'].map((name) => (process.platform === 'win32' ? `${name}.exe` : name))

/** Where systems keep a folder for each version: Debian, Red Hat, Homebrew, and the application for macOS. */
const PLACES = [
  { folder: 'usr/lib/postgresql', version: /^\d/ },
  { folder: 'usr', version: /^pgsql-/ },
  { folder: 'opt/homebrew/opt', version: /^postgresql(?:@|$)/ },
  { folder: 'usr/local/opt', version: /^postgresql(?:@|$)/ },
  { folder: 'home/linuxbrew/.linuxbrew/opt', version: /^postgresql(?:@|$)/ },
  { folder: 'Applications/Postgres.app/Contents/Versions', version: /^\d/ },
]

/** Debian's package starts a server for all users of the machine, unless a file in this folder says otherwise. */
const CLUSTER_SETTINGS = 'etc/postgresql-common/createcluster.d'

/** What to do without PostgreSQL. */
const ADVICE = `The tests with a database need PostgreSQL ${OLDEST} or later: install it, for example with \`apt-get install postgresql\`, or set POSTGRES_BIN to the folder of its programs.`

/**
 * Returns the folder of the programs `initdb` and `postgres`. `root` is the folder below which systems have their usual places.
 * Throws an Error that says what to do if there are none.
 */
export function postgresBin(env = process.env, root = '/') {
  const { POSTGRES_BIN: given } = env
  if (given) {
    if (isUsable(given, env)) return given
    throw new Error(`POSTGRES_BIN is ${given}, which has no PostgreSQL ${OLDEST} or later. ${ADVICE}`)
  }
  const found = candidates(env, root).find((folder) => isUsable(folder, env))
  if (found === undefined) throw new Error(`No PostgreSQL ${OLDEST} or later was found. ${ADVICE}`)
  return found
}

/** Like {@link postgresBin}, but installs PostgreSQL first if there is none. */
export async function installedPostgres(env = process.env, root = '/') {
  if (env.POSTGRES_BIN || candidates(env, root).some((folder) => isUsable(folder, env)))
    return postgresBin(env, root)
  const folder = join(root, CLUSTER_SETTINGS)
  const forbid = 'mkdir -p "$0" && echo "create_main_cluster = false" >"$0/fake-devin.conf"'
  await installPackage(
    'postgresql',
    {
      title: 'PostgreSQL',
      purpose: 'the tests with a database',
      advice: ADVICE,
      before: [['/bin/sh', '-c', forbid, folder]],
      after: [['/bin/sh', '-c', 'rm -f "$0/fake-devin.conf"', folder]],
    },
    env,
  )
  return postgresBin(env, root)
}

/** Returns the folders to look at: those of PATH, and then the usual places, the newest version first. */
function candidates(env, root) {
  const places = PLACES.map((place) => ({ ...place, folder: join(root, place.folder) }))
  if (env.ProgramFiles) places.push({ folder: join(env.ProgramFiles, 'PostgreSQL'), version: /^\d/ })
  return [...onPath(PROGRAMS[0], env).map((path) => dirname(path)), ...places.flatMap(versionsIn)]
}

function versionsIn({ folder, version }) {
  const names = namesIn(folder).filter((name) => version.test(name))
  names.sort((a, b) => numberIn(b) - numberIn(a))
  return names.map((name) => join(folder, name, 'bin'))
}

function namesIn(folder) {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Returns the version in the name of a folder. Without one, the folder is of an older kind. */
function numberIn(name) {
  return Number.parseFloat(/\d[\d.]*/.exec(name)?.[0] ?? '0')
}

function isUsable(folder, env) {
  const [initdb, postgres] = PROGRAMS.map((name) => join(folder, name))
  if (!isExecutable(initdb) || !isExecutable(postgres)) return false
  const { stdout } = spawnSync(postgres, ['--version'], { env: { ...env, LC_ALL: 'C' }, encoding: 'utf8' })
  const [, major] = /\(PostgreSQL\) (\d+)/.exec(stdout ?? '') ?? []
  return Number(major) >= OLDEST
}
