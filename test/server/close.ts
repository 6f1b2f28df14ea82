import type { Test } from 'tap'
import { nextTurn } from '../../src/fastapi/turns.ts'
import type { Server } from '../../src/server/start.ts'
import { ManualTimers } from '../events/timers.ts'

/** Closes a server that waits for a request, and checks that its timers together take less than a second. */
export async function closeInTime(t: Test, server: Server): Promise<void> {
  const timers = new ManualTimers()
  let isClosed = false
  const closed = server.close({ schedule: timers.schedule }).then(() => {
    isClosed = true
  })
  let ms = 0
  for (; !isClosed; await nextTurn()) {
    ms += Math.max(0, ...timers.times)
    timers.pass()
  }
  await closed
  t.ok(ms >= 500 && ms < 1000, `${ms}`)
}
