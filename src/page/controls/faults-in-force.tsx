import { useRef } from 'preact/hooks'
import type { FaultView } from '../../schemas/control/fault.ts'
import type { FaultsResponse } from '../../schemas/control/faults.ts'
import { Button, Command } from '../components/button.tsx'
import { ConfirmButton } from '../components/dialog.tsx'
import { notify } from '../components/notices.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { control } from '../control.ts'
import { useLive } from '../live-data.ts'
import { specOf } from '../model/controls-faults.ts'
import { nameOfOrg } from '../organizations.ts'
import { shownOrg } from '../place.ts'
import { formatNumber, texts } from '../texts/index.ts'
import { addFault, effectText } from './fault-calls.ts'
import { KeepFocus } from './keep-focus.tsx'

/** The faults that are in force, with counters that follow the requests. */
export function FaultsInForce() {
  const { faults: words } = texts.value.controls
  const org = shownOrg()
  const hasSome = useRef(false)
  const live = useLive(
    (signal) => control<FaultsResponse>('/faults', { signal, query: { org_id: org } }),
    // A request that a fault matches but does not strike counts, too.
    ({ kind }) => kind === 'faults' || (kind === 'request' && hasSome.current),
    [org],
  )
  hasSome.current = (live.data?.faults.length ?? 0) > 0
  return (
    <KeepFocus label={words.inForce}>
      <div class="row between section-head">
        <h2>{words.inForce}</h2>
        {hasSome.current && (
          <ConfirmButton
            label={words.removeAll}
            question={org === undefined ? words.removeAllSure : words.removeOrgSure(nameOfOrg(org))}
            onConfirm={() => control('/faults', { method: 'DELETE', query: { org_id: org } })}
          />
        )}
      </div>
      <Loaded live={live}>
        {({ faults }) => (
          <>
            <p role="status" class={faults.length === 0 ? 'hidden' : 'muted'}>
              {words.count(faults.length)} {faults.length > 1 && words.order}
            </p>
            {faults.length === 0 ? (
              <Empty title={words.empty}>
                <Command text={`fake-devin fault flaky --url ${location.origin}`} />
              </Empty>
            ) : (
              <FaultTable faults={faults} />
            )}
          </>
        )}
      </Loaded>
    </KeepFocus>
  )
}

function FaultTable({ faults }: { readonly faults: readonly FaultView[] }) {
  const { faults: words } = texts.value.controls
  return (
    <section
      class="table-box card"
      aria-label={words.table}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
      tabIndex={0}
    >
      <table class="faults">
        <thead>
          <tr>
            <th scope="col">{words.what}</th>
            <th scope="col">{words.which}</th>
            <th scope="col" class="number">
              {words.matched}
            </th>
            <th scope="col" class="number">
              {words.struck}
            </th>
            <th scope="col" class="number">
              {words.left}
            </th>
            <td />
          </tr>
        </thead>
        <tbody>
          {faults.map((fault) => (
            <FaultRow key={fault.id} fault={fault} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function FaultRow({ fault }: { readonly fault: FaultView }) {
  const { faults: words, remove, all } = texts.value.controls
  const { id, preset, method, path, org_id: orgId, matched, struck, left } = fault
  const effect = effectText(fault)
  const removeFault = async () => {
    await control(`/faults/${encodeURIComponent(id)}`, { method: 'DELETE' })
    notify({ kind: 'info', text: words.removed, undo: () => addFault(specOf(fault)) })
  }
  return (
    <tr>
      <th scope="row">
        {preset !== undefined && <code class="badge warn">{preset}</code>} {effect}
      </th>
      <td class="which">
        <code>
          {method === undefined && path === undefined ? words.allRequests : [method, path].join(' ')}
        </code>
        <br />
        <small class="muted">{orgId === null ? all : nameOfOrg(orgId)}</small>
      </td>
      <td class="number" data-label={words.matched}>
        {formatNumber(matched)}
      </td>
      <td class="number" data-label={words.struck}>
        {formatNumber(struck)}
      </td>
      <td class="number" data-label={words.left}>
        {left === null ? (
          <>
            <span aria-hidden="true">{words.unlimited}</span>
            <span class="hidden">{words.unlimitedLong}</span>
          </>
        ) : (
          formatNumber(left)
        )}
      </td>
      <td class="number">
        <Button look="quiet" aria-label={words.removeOne(preset ?? effect)} onClick={removeFault}>
          {remove}
        </Button>
      </td>
    </tr>
  )
}
