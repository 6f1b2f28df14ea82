// The files of a PostgreSQL server, for test/postgres.ts.
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from './child-environment.ts'
import { type Cluster, run, type User } from './postmaster.ts'

/** The folder of the cached cluster, of which others are copies. */
const CACHE = fileURLToPath(new URL('../.cache', import.meta.url))

/**
 * Writes the files of an empty cluster, which is the same on every machine, and resolves with the password of the user `postgres`. They are a
 * copy of what `initdb` once made for this version of PostgreSQL, because it takes ten times as long as a copy. Throws an Error with the
 * reason if that fails.
 */
export async function initialise(cluster: Cluster, cache = CACHE): Promise<string> {
  const made = join(cache, clusterName(cluster.bin))
  // Created again if another process has removed it meanwhile.
  if (!existsSync(made)) await makeCluster(cluster, made)
  const data = join(cluster.folder, 'data')
  cpSync(join(made, 'data'), data, { recursive: true, mode: constants.COPYFILE_FICLONE })
  // The copy of a folder has the default permissions, which PostgreSQL refuses.
  chmodSync(data, 0o700)
  if (cluster.user !== undefined) chownAll(data, cluster.user)
  return readFileSync(join(made, 'password'), 'utf8')
}

/** Returns the name of the cluster that is copied. Those of other versions have others. */
function clusterName(bin: string): string {
  const { stdout } = spawnSync(join(bin, 'postgres'), ['--version'], { env: childEnvironment() })
  return `postgres-${createHash('sha256').update(`${bin} ${stdout}`).digest('hex').slice(0, 16)}`
}

/** Makes a cluster with `initdb` and keeps it with its password in a folder that only this user can read. If another process is faster, keeps its cluster. */
async function makeCluster(cluster: Cluster, made: string): Promise<void> {
  const { folder, user } = cluster
  const passwordFile = join(folder, 'password')
  const data = join(folder, 'made')
  writeFileSync(passwordFile, randomBytes(16).toString('hex'), { mode: 0o600 })
  if (user !== undefined) chownSync(passwordFile, user.uid, user.gid)
  const { output, ended } = run(cluster, 'initdb', [
    `--pgdata=${data}`,
    `--pwfile=${passwordFile}`,
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ])
  if ((await ended) !== 0) throw new Error(`initdb failed:\n${output()}`)
  mkdirSync(dirname(made), { recursive: true })
  const own = mkdtempSync(`${made}.`)
  cpSync(passwordFile, join(own, 'password'))
  cpSync(data, join(own, 'data'), { recursive: true })
  rmSync(passwordFile)
  rmSync(data, { recursive: true })
  try {
    renameSync(own, made)
  } catch (error) {
    rmSync(own, { recursive: true })
    if (!existsSync(made)) throw error
  }
}

/** Gives a folder and all that it contains to a user. */
function chownAll(folder: string, { uid, gid }: User): void {
  chownSync(folder, uid, gid)
  for (const path of readdirSync(folder, { recursive: true })) chownSync(join(folder, `${path}`), uid, gid)
}
