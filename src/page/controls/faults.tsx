import { useSignal } from '@preact/signals'
import { Button } from '../components/button.tsx'
import { EMPTY_FORM, faultOf, PRESETS, type Preset } from '../model/controls-faults.ts'
import { shownOrg } from '../place.ts'
import { texts } from '../texts/index.ts'
import { addFault } from './fault-calls.ts'
import { FaultDialog } from './fault-dialog.tsx'
import { FaultsInForce } from './faults-in-force.tsx'

/** The tab of faults. */
export default function FaultsTab() {
  const { faults } = texts.value.controls
  /** The dialog that is open: for a preset, or for a fault of one's own. */
  const dialog = useSignal<Preset | 'custom' | undefined>(undefined)
  const open = (name: Preset | 'custom') => {
    dialog.value = name
  }
  return (
    <div class="stack sections">
      <FaultsInForce />
      <section>
        <div class="row between section-head">
          <h2>{faults.presets}</h2>
          <Button aria-haspopup="dialog" onClick={() => open('custom')}>
            {faults.custom}
          </Button>
        </div>
        <ul class="card-grid">
          {PRESETS.map((preset) => (
            <li key={preset} class="card preset">
              <h3>
                <code>{preset}</code>
              </h3>
              <p>{faults.inform[preset]}</p>
              <div class="row">
                <Button
                  aria-label={faults.startOne(preset)}
                  onClick={() => addFault(faultOf(EMPTY_FORM, preset, shownOrg()))}
                >
                  {faults.start}
                </Button>
                <Button
                  look="quiet"
                  aria-haspopup="dialog"
                  aria-label={faults.limitOne(preset)}
                  onClick={() => open(preset)}
                >
                  {faults.limit}
                </Button>
              </div>
            </li>
          ))}
        </ul>
      </section>
      {dialog.value !== undefined && (
        <FaultDialog
          {...(dialog.value !== 'custom' && { preset: dialog.value })}
          onClose={() => {
            dialog.value = undefined
          }}
        />
      )}
    </div>
  )
}
