import fc from 'fast-check'
import t from 'tap'
import { eventId, FRAME_BYTES_MAX, frameOf, numberIn } from '../../src/events/frame.ts'
import type { LiveEvent } from '../../src/schemas/control/events.ts'

/** Returns the event in a frame. */
const eventIn = (frame: string): LiveEvent => JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? '')

const request = (more: object): LiveEvent => ({
  kind: 'request',
  org_id: 'org-1',
  id: 7,
  time: '2026-01-02T03:04:05.678901Z',
  method: 'GET',
  path: '/v1/secrets',
  status: null,
  duration_ms: 1.5,
  ...more,
})

t.test('a frame has the id of its event and its data in one line', (t) => {
  const event = request({ status: 200, fault: 'fault-1' })

  t.equal(frameOf('e-1', event), `id: e-1\ndata: ${JSON.stringify(event)}\n\n`)
  t.end()
})

t.test('keys in an event are masked, also in a path that encodes them', (t) => {
  for (const path of ['/v1/secrets/cog_abcdef', '/v1/%63og_abcdef', '/v3/apk_user_abcdef/x']) {
    t.notMatch(frameOf('e-1', request({ path })), /abcdef/, path)
  }
  t.end()
})

t.test('an event takes at most 4 KiB, whatever its texts are', (t) => {
  const unit = fc.constantFrom('a', '\n', '\u0000', '\ud800', '😀', '"', '語', '%')
  const text = fc.string({ unit, maxLength: 6_000, size: 'max' })
  const events = fc.record({
    kind: fc.constant('record' as const),
    org_id: text,
    collection: text,
    id: text,
    action: fc.constant('created' as const),
  })
  fc.assert(
    fc.property(events, (event) => {
      const frame = frameOf('e'.repeat(32), event)
      t.ok(Buffer.byteLength(frame) <= FRAME_BYTES_MAX)
      t.same(frame.split('\n').length, 4)
      t.same(Object.keys(eventIn(frame)), Object.keys(event))
    }),
    { numRuns: 200 },
  )
  t.end()
})

t.test('a long text is cut and marked, and more so if several are long', (t) => {
  t.same(
    eventIn(frameOf('e-1', request({ path: 'x'.repeat(1_001) }))),
    request({ path: `${'x'.repeat(1_000)}…` }),
  )
  t.same(
    eventIn(frameOf('e-1', request({ path: '語'.repeat(2_000), method: '語'.repeat(2_000) }))),
    request({ path: `${'語'.repeat(100)}…`, method: `${'語'.repeat(100)}…` }),
  )
  t.end()
})

t.test('the number in an id is read only for ids of the same epoch', (t) => {
  t.equal(numberIn(eventId('abc', 12), 'abc'), 12)
  for (const id of ['', '12', 'abd-12', 'abc-', 'abc-1x', 'abc-1234567890123456', 'abc-1\n']) {
    t.equal(numberIn(id, 'abc'), undefined, id)
  }
  t.end()
})
