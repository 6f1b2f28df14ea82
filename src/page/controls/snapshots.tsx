import { useSignal } from '@preact/signals'
import type { Snapshot, SnapshotList } from '../../schemas/control/snapshots.ts'
import { Command } from '../components/button.tsx'
import { ConfirmButton } from '../components/dialog.tsx'
import { Field } from '../components/fields.tsx'
import { lazy } from '../components/lazy.tsx'
import { notify } from '../components/notices.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { control } from '../control.ts'
import { useLive } from '../live-data.ts'
import { nameOfOrg } from '../organizations.ts'
import { hrefOf, place, shownOrg } from '../place.ts'
import { texts } from '../texts/index.ts'
import { ActionForm } from './action-form.tsx'
import { KeepFocus } from './keep-focus.tsx'
import { Reset } from './reset.tsx'

/** Loaded when a difference is first shown, since it comes with a package that compares texts. */
const SnapshotChanges = lazy(() => import('./snapshot-changes.tsx'))

/** The tab of snapshots. The path may name one, whose changes are shown; `of` in the query is its organization. */
export default function SnapshotsTab({ path: [name] }: { readonly path: readonly string[] }) {
  const { of } = place.value.query
  return (
    <div class="stack sections">
      {name !== undefined && <SnapshotChanges key={`${of} ${name}`} name={name} orgId={of} />}
      <Snapshots />
      <Reset />
    </div>
  )
}

function Snapshots() {
  const { snapshots: words } = texts.value.controls
  const org = shownOrg()
  const name = useSignal('')
  const live = useLive(
    (signal) => control<SnapshotList>('/snapshots', { signal }),
    ({ kind }) => kind === 'snapshots',
    [],
  )
  const take = async () => {
    await control('/snapshots', { method: 'POST', body: { name: name.value, org_id: org } })
    notify({ kind: 'info', text: words.taken(name.value) })
    name.value = ''
  }
  return (
    <KeepFocus label={words.list}>
      <h2>{words.list}</h2>
      <div class="card stack">
        <ActionForm submit={words.takeNow} look="primary" onSubmit={take}>
          <Field
            label={words.name}
            hint={words.nameHint}
            required
            value={name.value}
            onInput={(value) => {
              name.value = value
            }}
          />
        </ActionForm>
        <Loaded live={live}>
          {({ snapshots }) =>
            snapshotsOf(org, snapshots).length === 0 ? (
              <Empty title={words.empty}>
                <Command text={`fake-devin snapshot before --url ${location.origin}`} />
              </Empty>
            ) : (
              <ul class="plain-list lined">
                {snapshotsOf(org, snapshots).map((snapshot) => (
                  <SnapshotItem key={`${snapshot.org_id} ${snapshot.name}`} snapshot={snapshot} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
    </KeepFocus>
  )
}

/** Returns the snapshots that an organization can be restored from: its own, and those of all, unless it has one of that name. */
function snapshotsOf(org: string | undefined, all: readonly Snapshot[]): readonly Snapshot[] {
  if (org === undefined) return all
  const own = all.filter(({ org_id }) => org_id === org)
  const shared = all.filter(({ org_id, name }) => org_id === null && !own.some((one) => one.name === name))
  return [...own, ...shared]
}

function SnapshotItem({ snapshot: { name, org_id: orgId } }: { readonly snapshot: Snapshot }) {
  const { all, snapshots: words } = texts.value.controls
  const owner = orgId === null ? {} : { org_id: orgId }
  const path = `/snapshots/${encodeURIComponent(name)}`
  // Of a snapshot of all organizations, only the part of the shown one.
  const part = orgId ?? shownOrg()
  const restore = async () => {
    await control(`${path}/restore`, { method: 'POST', body: { org_id: part } })
    notify({ kind: 'info', text: words.restored(name) })
  }
  return (
    <li class="row between">
      <span class="snapshot-name">
        <b>{name}</b> <small class="muted">{orgId === null ? all : nameOfOrg(orgId)}</small>
      </span>
      <span class="row">
        <a
          class="button quiet"
          href={hrefOf(['controls', 'snapshots', name], part === undefined ? {} : { of: part })}
          aria-label={words.diffOf(name)}
        >
          {words.diff}
        </a>
        <ConfirmButton
          look="plain"
          label={words.restore}
          name={words.restoreOne(name)}
          question={part === undefined ? words.restoreAll(name) : words.restoreOrg(name, nameOfOrg(part))}
          onConfirm={restore}
        />
        <ConfirmButton
          look="quiet"
          label={texts.value.common.delete}
          name={words.deleteOne(name)}
          question={words.deleteSure(name)}
          onConfirm={() => control(path, { method: 'DELETE', query: owner })}
        />
      </span>
    </li>
  )
}
