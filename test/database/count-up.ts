// Counts up in a database: each commit adds a row, replaces the counter, and is printed when it is acknowledged. Runs until it is killed.
import { writeSync } from 'node:fs'
import { openDatabase } from '../../src/database/open.ts'
import { row, write } from './rows.ts'

const database = await openDatabase(process.argv[2] as string)
let count = 0
await database.begin()
await database.load(['counter'], ({ data }) => {
  count = Number(data)
})
await database.rollback()
for (;;) {
  const next = count + 1
  const puts = [row('counter', { kind: 'counter', data: String(next) }), row(`${next}`, { position: next })]
  await write(database, { puts })
  writeSync(1, `${next}\n`)
  count = next
}
