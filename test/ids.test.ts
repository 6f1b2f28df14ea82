import t from 'tap'
import { randomIds } from '../src/ids.ts'

t.test('an id is 32 hexadecimal digits that were not given before', async (t) => {
  const ids = randomIds()

  const given = Array.from({ length: 1000 }, () => ids.hex())

  t.ok(given.every((id) => /^[0-9a-f]{32}$/.test(id)))
  t.equal(new Set(given).size, 1000)
})
