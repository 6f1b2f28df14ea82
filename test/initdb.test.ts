import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { initialise } from './initdb.ts'
import { type Cluster, newCluster } from './postmaster.ts'

function testCluster(t: Test): Cluster {
  const cluster = newCluster({ durable: false })
  t.teardown(() => cluster.remove())
  return cluster
}

t.test('clusters are copies of one that is created once, even by several processes at once', async (t) => {
  const cache = t.testdir({})
  const passwords = await Promise.all([1, 2].map(() => initialise(testCluster(t), cache)))
  const [made = '', ...others] = readdirSync(cache)

  t.same(others, [])
  t.match(passwords[0], /^[0-9a-f]{32}$/)
  t.equal(passwords[1], passwords[0])
  const { mtimeMs } = statSync(join(cache, made, 'data/PG_VERSION'))
  t.equal(await initialise(testCluster(t), cache), passwords[0])
  t.equal(statSync(join(cache, made, 'data/PG_VERSION')).mtimeMs, mtimeMs)
})

t.test('only the user of the tests reads the cluster with its password', async (t) => {
  const cache = t.testdir({})
  await initialise(testCluster(t), cache)
  const [made = ''] = readdirSync(cache)

  t.equal(statSync(join(cache, made)).mode & 0o077, 0)
})

t.test('a cluster that cannot be made says why, and leaves nothing in the cache', async (t) => {
  const cache = t.testdir({})
  const cluster = testCluster(t)

  await t.rejects(initialise({ ...cluster, bin: join(cache, 'nothing') }, cache), /^initdb failed:\n.*ENOENT/)
  t.same(readdirSync(cache), [])
})
