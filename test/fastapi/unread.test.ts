import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import t from 'tap'
import { UnreadAnswers } from '../../src/fastapi/unread.ts'

const MEBIBYTE = 1_048_576

/** A response that only says whether it was given up. */
function aResponse() {
  const response = Object.assign(new EventEmitter(), {
    destroyed: false,
    destroy() {
      response.destroyed = true
      response.emit('close')
    },
  })
  return response
}

const add = (unread: UnreadAnswers, length: number) => {
  const response = aResponse()
  unread.add(response as unknown as ServerResponse, length)
  return response
}

t.test('of answers that nobody takes the oldest are given up once there are too many', async (t) => {
  const unread = new UnreadAnswers(3 * MEBIBYTE)
  const responses = Array.from({ length: 5 }, () => add(unread, MEBIBYTE))

  t.same(
    responses.map(({ destroyed }) => destroyed),
    [true, true, false, false, false],
  )
})

t.test('an answer that is out makes room', async (t) => {
  const unread = new UnreadAnswers(2 * MEBIBYTE)
  const first = add(unread, MEBIBYTE)
  add(unread, MEBIBYTE).emit('close')
  add(unread, MEBIBYTE)

  t.equal(first.destroyed, false)
})

t.test('short answers do not count, and one that is longer than all there is room for is sent', async (t) => {
  const unread = new UnreadAnswers(MEBIBYTE)
  const short = Array.from({ length: 100 }, () => add(unread, 100_000))
  const long = add(unread, 5 * MEBIBYTE)

  t.notOk([...short, long].some(({ destroyed }) => destroyed))
})
