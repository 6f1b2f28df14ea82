import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import t, { type Test } from 'tap'
import { startFakeDevin } from '../../src/index.ts'
import { damagesOf } from '../../src/persistence/check.ts'
import { call, secret } from '../client/both.ts'
import { newLocation } from '../engine.ts'

/** Resolves with the location of a store with a secret, in the baseline and in a snapshot, too. */
async function aStore(t: Test, engine: string): Promise<string> {
  const location = await newLocation(t, engine)
  const seed = {
    organizations: [{ org_id: 'org-seed', secrets: [{ id: 'secret-1', key: 'A', value: 's3cr3t' }] }],
  }
  const devin = await startFakeDevin({ store: location, seed })
  await call(devin, 'POST /v1/secrets', secret('TOKEN'))
  await devin.snapshots.take('full')
  await devin.close()
  return location
}

/** Runs a statement on a store, as somebody who edits it. */
async function edit(location: string, statement: string): Promise<void> {
  if (!location.startsWith('postgres')) {
    const database = new DatabaseSync(location)
    database.exec(statement)
    return database.close()
  }
  const client = new pg.Client(location)
  await client.connect()
  await client.query(statement)
  await client.end()
}

for (const engine of ['sqlite', 'postgres']) {
  t.test(`a store as servers write it has no damages (${engine})`, async (t) => {
    t.same(await damagesOf(await aStore(t, engine)), [])
  })

  t.test(
    `each record that was damaged is found, also in snapshots and the baseline (${engine})`,
    async (t) => {
      const location = await aStore(t, engine)
      await edit(
        location,
        `UPDATE fake_devin_entries SET data = replace(data, '"sensitive":true', '"sensitive":"s3cr3t"')`,
      )

      const issue =
        'secret-1 in secrets of org-seed: sensitive: Input should be a valid boolean, unable to interpret input'
      const damages = await damagesOf(location)
      t.equal(damages.filter((damage) => damage === issue).length, 1)
      t.ok(damages.includes(`the baseline: ${issue}`))
      t.ok(damages.includes(`the snapshot full: ${issue}`))
      t.notMatch(damages, /s3cr3t/)
    },
  )
}

t.test('each row that cannot be read is found', async (t) => {
  const location = await aStore(t, 'sqlite')
  await edit(
    location,
    `UPDATE fake_devin_entries SET data = '{' WHERE kind = 'secrets' AND id = 'secret-1';
    UPDATE fake_devin_entries SET data = 'null' WHERE kind IN ('server', 'snapshots')`,
  )

  t.same(await damagesOf(location), [
    'a row of server has another form',
    'a row of secrets is not JSON',
    'a row of snapshots has another form',
  ])
})

t.test('a record below the id of another one is a damaged row', async (t) => {
  const location = await aStore(t, 'sqlite')
  await edit(location, `UPDATE fake_devin_entries SET id = 'secret-2' WHERE id = 'secret-1'`)

  t.same(await damagesOf(location), ['a row of secrets has another form'])
})

t.test('nothing is changed, not even in a damaged store', async (t) => {
  const location = await aStore(t, 'sqlite')
  await edit(location, `UPDATE fake_devin_entries SET data = '{' WHERE id = 'secret-1'`)
  const before = readFileSync(location)

  await damagesOf(location)
  t.ok(readFileSync(location).equals(before))
})

t.test('an error that is not about a row is passed on', async (t) => {
  await t.rejects(damagesOf('/nowhere/devin.sqlite'), /the folder .* does not exist/)
})
