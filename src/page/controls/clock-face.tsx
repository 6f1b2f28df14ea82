import { useEffect, useReducer } from 'preact/hooks'
import { type ReadClock, timeAt } from '../model/times.ts'
import { formatClock, texts } from '../texts/index.ts'

/** How often the shown time changes, in milliseconds. A fast clock is seen to be fast. */
const TICK_MS = 100

/** The time of a clock, big and running. */
export function ClockFace({ clock }: { readonly clock: ReadClock }) {
  const [, tick] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    if (clock.frozen) return
    const timer = setInterval(() => tick(undefined), TICK_MS)
    return () => clearInterval(timer)
  }, [clock.frozen])
  const time = new Date(timeAt(clock, performance.now()))
  const utc = `${time.toISOString().slice(0, 19)}Z`
  const { lang } = document.documentElement
  return (
    <div class={`clock-face ${clock.frozen ? 'frozen' : ''}`}>
      <h2 class="hidden">{texts.value.controls.clock.now}</h2>
      <time dateTime={utc} class="clock-time">
        {formatClock(time.getTime())}
      </time>
      <span class="muted">{time.toLocaleDateString(lang, { dateStyle: 'full' })}</span>
      <code class="muted">{utc}</code>
    </div>
  )
}
