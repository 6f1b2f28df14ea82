import { Loaded } from '../components/states.tsx'
import { control } from '../control.ts'
import { useLive } from '../live-data.ts'
import { hashOf } from '../model/addresses.ts'
import { isOwnClock, type StateClock } from '../model/controls-clock.ts'
import { shownOrg } from '../place.ts'
import { formatNumber, formatTime, texts } from '../texts/index.ts'

/** A clock in a state document. */
type ClockDocument = Omit<StateClock, 'now'> & { readonly now: string }

interface ClocksDocument {
  readonly clock: ClockDocument
  readonly organizations: readonly {
    readonly org_id: string
    readonly name: string
    readonly clock: ClockDocument
  }[]
}

/** The most organizations that are listed. */
const LISTED_MAX = 50

/** Which organizations have a clock that differs from the server's. */
export function OtherClocks() {
  const { clock: words } = texts.value.controls
  const shown = shownOrg()
  const live = useLive(
    (signal) => control<ClocksDocument>('/state', { signal, query: { collections: 'settings' } }),
    ({ kind }) => kind === 'clock' || kind === 'organizations',
    [],
  )
  return (
    <section class="card stack">
      <h2>{words.own}</h2>
      <Loaded live={live}>
        {({ clock, organizations }) => {
          const own = organizations.filter((organization) =>
            isOwnClock(parsed(organization.clock), parsed(clock)),
          )
          if (shown !== undefined) {
            const isOwn = own.some(({ org_id }) => org_id === shown)
            return <p>{isOwn ? words.isOwn(formatTime(clock.now)) : words.isShared}</p>
          }
          if (own.length === 0) return <p class="muted">{words.noneOwn}</p>
          return (
            <>
              <p class="muted">{words.ownHint}</p>
              <ul class="plain-list">
                {own.slice(0, LISTED_MAX).map(({ org_id, name, clock: its }) => (
                  <li key={org_id} class="row between">
                    <a href={hashOf({ path: ['controls', 'clock'], query: { org: org_id } })}>{name}</a>
                    <span class="muted">
                      {formatTime(its.now)} <Signs clock={its} />
                    </span>
                  </li>
                ))}
              </ul>
              {own.length > LISTED_MAX && (
                <p class="muted">{texts.value.common.more(own.length - LISTED_MAX)}</p>
              )}
            </>
          )
        }}
      </Loaded>
    </section>
  )
}

function parsed(clock: ClockDocument): StateClock {
  return { ...clock, now: Date.parse(clock.now) }
}

function Signs({ clock: { frozen, speed, instant } }: { readonly clock: ClockDocument }) {
  const { shell, controls } = texts.value
  if (frozen) return <span class="badge warn">{shell.clockFrozen}</span>
  if (instant) return <span class="badge warn">{controls.clock.skipping}</span>
  return speed === 1 ? null : <span class="badge warn">{formatNumber(speed)}×</span>
}
