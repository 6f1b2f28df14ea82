import { signal } from '@preact/signals'
import { nowOf } from '../clocks.ts'
import { formatAge, formatTime } from '../texts/index.ts'

/** Changes once a second, so that times go on. */
const tick = signal(0)

setInterval(() => {
  tick.value++
}, 1_000)

/** Returns the time of an organization, in milliseconds since the epoch. Renders the component again every second. */
export function useNow(orgId: string | null | undefined): number {
  tick.value
  return nowOf(orgId)
}

/** How long ago a time was, by the clock of an organization. The title has the time itself. */
export function Ago({ time, orgId }: { readonly time: string; readonly orgId: string | null | undefined }) {
  return (
    <time dateTime={time} title={formatTime(time)}>
      {formatAge(Date.parse(time), useNow(orgId))}
    </time>
  )
}
