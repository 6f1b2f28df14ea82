// Tests src/simulation/event-ids.ts.
import t from 'tap'
import { eventId } from '../../src/simulation/event-ids.ts'

const AT = 1_767_323_045_678_000
const HEX = '0123456789abcdef0123456789abcdef'

t.test('an id is a UUIDv7 without dashes', async (t) => {
  const id = eventId({ at: AT, sent: 0 }, HEX)

  t.equal(id, `event-${(AT / 1_000).toString(16).padStart(12, '0')}700080000${HEX.slice(-11)}`)
  t.match(
    eventId({ at: AT, sent: 10_000, said: 11_000 }, HEX),
    /^event-[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/,
  )
  t.match(eventId({ at: -1, sent: 0 }, HEX), /^event-0{12}7/, 'also of a message before 1970')
})

t.test('ids ascend with the time, then with the messages of users, then with those of Devin', async (t) => {
  const places = [
    { at: AT - 1_000, sent: 9, said: 9 },
    { at: AT, sent: 0 },
    { at: AT, sent: 0, said: 1 },
    { at: AT, sent: 0, said: 16 },
    ...[1, 2, 3, 4, 5, 9_999, 10_000].map((sent) => ({ at: AT, sent })),
    { at: AT, sent: 10_000, said: 65_535 },
    { at: AT + 1_000, sent: 0 },
  ]
  // The digits of chance do not matter.
  const ids = places.map((place, index) => eventId(place, index % 2 === 0 ? 'f'.repeat(32) : '0'.repeat(32)))

  t.same(ids.toSorted(), ids)
  t.equal(new Set(ids).size, ids.length)
})
