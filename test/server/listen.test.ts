import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { startServer } from '../../src/server/start.ts'
import { DEFAULT_CONFIG } from '../../src/settings/config.ts'
import { childEnvironment } from '../child-environment.ts'

const workers = fileURLToPath(new URL('workers.ts', import.meta.url))

/** The modules of its own that Node has loaded. */
const { moduleLoadList } = process as unknown as { moduleLoadList: string[] }

/** Returns whether a server that listens on a host has loaded `node:cluster`. */
async function loadsCluster(host: string): Promise<boolean> {
  const server = await startServer({ ...DEFAULT_CONFIG, host, port: 0, logLevel: 'silent' })
  const isLoaded = moduleLoadList.includes('NativeModule cluster')
  await server.close()
  return isLoaded
}

t.test('a server that listens on an IP address does not load node:cluster', async (t) => {
  t.notOk(await loadsCluster('127.0.0.1'))
  t.notOk(await loadsCluster('0.0.0.0'))
})

t.test('a server that listens on a host name loads node:cluster', async (t) => {
  t.ok(await loadsCluster('localhost'))
})

t.test('the workers of a cluster share a port', async (t) => {
  const args = ['--disable-warning=ExperimentalWarning', workers]

  const { stdout } = await promisify(execFile)(process.execPath, args, { env: childEnvironment() })

  const [one, other] = JSON.parse(stdout)
  t.match(one, /^\d+$/)
  t.equal(one, other)
})
