import { ConfirmButton } from '../components/dialog.tsx'
import { notify } from '../components/notices.tsx'
import { control } from '../control.ts'
import { nameOfOrg } from '../organizations.ts'
import { shownOrg } from '../place.ts'
import { texts } from '../texts/index.ts'

/** Resets the shown organization, or all, to the seed. */
export function Reset() {
  const { snapshots: words } = texts.value.controls
  const org = shownOrg()
  const name = nameOfOrg(org ?? null)
  const reset = async () => {
    await control('/reset', { method: 'POST', body: { org_id: org } })
    notify({ kind: 'info', text: words.resetDone })
  }
  return (
    <section>
      <h2>{words.reset}</h2>
      <div class="card row between">
        <p class="muted">{words.resetHint}</p>
        <ConfirmButton
          label={org === undefined ? words.resetAll : words.resetOrg(name)}
          question={org === undefined ? words.resetAllSure : words.resetOrgSure(name)}
          onConfirm={reset}
        />
      </div>
    </section>
  )
}
