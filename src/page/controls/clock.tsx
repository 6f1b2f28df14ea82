import { useSignal } from '@preact/signals'
import type { SetClock } from '../../schemas/control/clock.ts'
import { clockOf, nowOf } from '../clocks.ts'
import { Button, Command } from '../components/button.tsx'
import { Field, Select } from '../components/fields.tsx'
import { control } from '../control.ts'
import { UNITS, type Unit } from '../model/controls-clock.ts'
import type { ReadClock } from '../model/times.ts'
import { shownOrg } from '../place.ts'
import { formatNumber, texts } from '../texts/index.ts'
import { ActionForm } from './action-form.tsx'
import { ClockFace } from './clock-face.tsx'
import { OtherClocks } from './clock-others.tsx'
import { formatDuration } from './durations.ts'

/** The durations by which a button advances the clock, in seconds. */
const STEPS = [10, 60, 600, 3_600, 86_400] as const

/** The speeds that have a button. */
const SPEEDS = [1, 60, 3_600, 'instant'] as const

/** Sets the clock of the shown organization, or of all. */
function setClock(settings: SetClock): Promise<unknown> {
  return control('/clock', { method: 'PUT', body: { org_id: shownOrg(), ...settings } })
}

/** The tab of the clock. */
export default function ClockTab() {
  const { controls, common } = texts.value
  const clock = clockOf(shownOrg())
  if (clock === undefined) return <p class="muted">{common.loading}</p>
  return (
    <div class="stack">
      <div class="card clock-card">
        <ClockFace clock={clock} />
        <p class="clock-state" role="status">
          {stateOf(clock)}
        </p>
        <Button
          look={clock.frozen ? 'primary' : 'plain'}
          class="freeze"
          onClick={() => setClock({ frozen: !clock.frozen })}
        >
          <span aria-hidden="true">{clock.frozen ? '▶ ' : '❚❚ '}</span>
          {clock.frozen ? controls.clock.goOn : controls.clock.freeze}
        </Button>
      </div>
      <div class="controls-grid">
        <Advance />
        <Speed clock={clock} />
        <SetTime key={shownOrg()} />
        <OtherClocks />
      </div>
      <p class="row muted">
        {controls.clock.inShell} <Command text={`fake-devin advance 90 --url ${location.origin}`} />
      </p>
    </div>
  )
}

function stateOf({ frozen, speed }: ReadClock): string {
  const { clock } = texts.value.controls
  if (frozen) return clock.frozen
  if (speed === 'instant') return clock.instant
  return speed === 1 ? clock.runs : clock.runsAt(formatNumber(speed))
}

function Advance() {
  const { clock, units } = texts.value.controls
  const amount = useSignal('5')
  const unit = useSignal<Unit>('minute')
  const done = useSignal('')
  const advance = async (seconds: number) => {
    await control('/clock/advance', { method: 'POST', body: { org_id: shownOrg(), seconds } })
    done.value = clock.advanced(formatDuration(seconds))
  }
  return (
    <section class="card stack">
      <div>
        <h2>{clock.advance}</h2>
        <p class="muted">{clock.advanceHint}</p>
      </div>
      <div class="row">
        {STEPS.map((seconds) => (
          <Button key={seconds} onClick={() => advance(seconds)}>
            +{formatDuration(seconds)}
          </Button>
        ))}
      </div>
      <ActionForm
        submit={clock.advanceNow}
        onSubmit={() => advance(Number(amount.value) * UNITS[unit.value])}
      >
        <Field
          label={clock.amount}
          type="number"
          required
          value={amount.value}
          onInput={(value) => {
            amount.value = value
          }}
        />
        <Select<Unit>
          label={clock.unit}
          value={unit.value}
          options={(Object.keys(UNITS) as Unit[]).map((one) => [one, units[one]])}
          onChange={(value) => {
            unit.value = value
          }}
        />
      </ActionForm>
      <p class="muted" role="status">
        {done.value}
      </p>
    </section>
  )
}

function Speed({ clock: { speed } }: { readonly clock: ReadClock }) {
  const { clock } = texts.value.controls
  const own = useSignal('10')
  return (
    <section class="card stack">
      <h2>{clock.speed}</h2>
      <div class="row">
        {SPEEDS.map((one) => (
          <Button key={one} aria-pressed={speed === one} onClick={() => setClock({ speed: one })}>
            {one === 'instant' ? clock.skipping : clock.times(formatNumber(one))}
          </Button>
        ))}
      </div>
      <ActionForm submit={clock.setSpeed} onSubmit={() => setClock({ speed: Number(own.value) })}>
        <Field
          label={clock.ownSpeed}
          type="number"
          required
          value={own.value}
          onInput={(value) => {
            own.value = value
          }}
        />
      </ActionForm>
    </section>
  )
}

function SetTime() {
  const { clock } = texts.value.controls
  const time = useSignal(localText(nowOf(shownOrg())))
  return (
    <section class="card stack">
      <h2>{clock.set}</h2>
      <ActionForm submit={clock.setNow} onSubmit={() => setClock({ now: instantOf(time.value) })}>
        <label class="field">
          <b>{clock.time}</b>
          <input
            type="datetime-local"
            step="1"
            value={time.value}
            onInput={({ currentTarget }) => {
              time.value = currentTarget.value
            }}
          />
        </label>
      </ActionForm>
      <div>
        <Button onClick={() => setClock({ now: new Date().toISOString(), frozen: false, speed: 1 })}>
          {clock.back}
        </Button>
        <p class="muted hint">{clock.backHint}</p>
      </div>
    </section>
  )
}

/** Returns a time as a datetime field takes it: in the browser's time zone, to the second. */
function localText(time: number): string {
  return new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}

/** Returns the time in a datetime field, in UTC. What is not a time is left to the server, which says so. */
function instantOf(local: string): string {
  const time = new Date(local)
  return Number.isNaN(time.getTime()) ? local : time.toISOString()
}
