import t from 'tap'
import { randomIds, randomUuid, seededIds } from '../../src/base/ids.ts'

t.test('an id is 32 hexadecimal digits that were not given before', async (t) => {
  const ids = randomIds()

  const given = Array.from({ length: 1000 }, () => ids.hex())

  t.ok(given.every((id) => /^[0-9a-f]{32}$/.test(id)))
  t.equal(new Set(given).size, 1000)
})

t.test('random ids do not count', async (t) => {
  const ids = randomIds()
  ids.hex()

  t.equal(ids.issued, 0)
})

const series = (seed: number, owner: string) => {
  const ids = seededIds(seed, owner)
  return Array.from({ length: 20 }, () => ids.hex())
}

t.test('seeded ids look like the others and are not repeated', async (t) => {
  const given = series(7, 'org-a')

  t.ok(given.every((id) => /^[0-9a-f]{32}$/.test(id)))
  t.equal(new Set(given).size, 20)
})

t.test('seeded ids are the same in every run', async (t) => {
  t.same(series(7, 'org-a'), series(7, 'org-a'))
  t.equal(seededIds(7, 'org-a').hex(), 'f8c3aed86c27cc5756675d0374386df5')
})

t.test('another seed or another owner has other ids', async (t) => {
  const all = [series(7, 'org-a'), series(8, 'org-a'), series(7, 'org-b'), series(7, '')].flat()

  t.equal(new Set(all).size, 80)
})

t.test('seeded ids are taken up again where they were left', async (t) => {
  const ids = seededIds(7, 'org-a')
  for (let count = 0; count < 5; count++) ids.hex()

  t.equal(ids.issued, 5)
  const others = seededIds(7, 'org-a')
  others.issued = 5
  t.equal(others.hex(), ids.hex())
})

t.test('an id that was set aside is one like the others, the same at every look', async (t) => {
  for (const ids of [randomIds(), seededIds(7, 'org-a')]) {
    const numbers = [ids.nextNumber(), ids.nextNumber()]
    const made = numbers.map((number) => ids.idFor(number))

    t.ok(made.every((id) => /^[0-9a-f]{32}$/.test(id)))
    t.equal(new Set([...made, ids.hex()]).size, 3)
    t.same(
      numbers.map((number) => ids.idFor(number)),
      made,
    )
  }
  t.not(randomIds().idFor(0), randomIds().idFor(0))
})

t.test('a seeded id that was set aside is the one that would have been given', async (t) => {
  const [one, other] = [seededIds(7, 'org-a'), seededIds(7, 'org-a')]

  t.equal(one.idFor(one.nextNumber()), other.hex())
  t.equal(one.hex(), other.hex())
})

t.test('a UUID is one of version 4, and as random or seeded as its ids', async (t) => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

  t.match(randomUuid(randomIds()), uuid)
  t.match(randomUuid(seededIds(1, '')), uuid)
  t.equal(randomUuid(seededIds(1, '')), randomUuid(seededIds(1, '')))
  t.not(randomUuid(randomIds()), randomUuid(randomIds()))
})
