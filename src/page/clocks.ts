import { signal } from '@preact/signals'
import type { Clock } from '../schemas/control/clock.ts'
import { control } from './control.ts'
import { listen } from './live.ts'
import { type ReadClock, timeAt } from './model/times.ts'

/** The clocks that were asked for, by organization; `''` is the server's. Null while there is no answer. */
const clocks = signal<Readonly<Record<string, ReadClock | null>>>({})

/** Returns the clock of an organization; undefined until it has been read. Without one, that of the server. */
export function clockOf(orgId: string | null | undefined): ReadClock | undefined {
  const key = orgId ?? ''
  const clock = clocks.value[key]
  // Not while a component renders.
  if (clock === undefined) queueMicrotask(() => void readOnce(key))
  return clock ?? undefined
}

/** Returns the present time of an organization, in milliseconds since the epoch. */
export function nowOf(orgId: string | null | undefined): number {
  const clock = clockOf(orgId)
  return clock === undefined ? Date.now() : timeAt(clock, performance.now())
}

async function readOnce(key: string): Promise<void> {
  if (clocks.value[key] !== undefined) return
  clocks.value = { ...clocks.value, [key]: null }
  await read(key)
}

/** Without an answer, the next event that concerns clocks causes another read: the stream is lost then, too. */
async function read(key: string): Promise<void> {
  try {
    const { now, frozen, speed } = await control<Clock>('/clock', { query: { org_id: key || undefined } })
    const clock = { now: Date.parse(now), readAt: performance.now(), frozen, speed }
    clocks.value = { ...clocks.value, [key]: clock }
  } catch {}
}

listen(({ kind }) => {
  if (kind !== 'clock' && kind !== 'reset' && kind !== 'resync') return
  for (const key of Object.keys(clocks.value)) void read(key)
})
