import fc from 'fast-check'
import t from 'tap'
import { ServerSentParser } from '../../../src/page/model/server-sent.ts'

const STREAM = 'retry: 100\nid: e.1\ndata: {"kind":"resync"}\n\nid: e.2\n\ndata: {"kind":"clock"}\n\n'
const EVENTS = [
  { id: 'e.1', data: '{"kind":"resync"}' },
  { id: 'e.2', data: undefined },
  { id: 'e.2', data: '{"kind":"clock"}' },
]

t.test('events keep the last id that was sent', (t) => {
  t.same(new ServerSentParser().push(STREAM), EVENTS)
  t.end()
})

t.test('a stream may be cut anywhere', (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: STREAM.length })), (cuts) => {
      const parser = new ServerSentParser()
      const places = [0, ...cuts.sort((a, b) => a - b), STREAM.length]
      const pieces = places.slice(1).map((end, index) => STREAM.slice(places[index], end))
      t.same(
        pieces.flatMap((piece) => parser.push(piece)),
        EVENTS,
      )
    }),
  )
  t.end()
})
