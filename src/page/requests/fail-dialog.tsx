import { useSignal } from '@preact/signals'
import type { FaultView } from '../../schemas/control/fault.ts'
import type { RequestEntry } from '../../schemas/control/journal.ts'
import { Dialog } from '../components/dialog.tsx'
import { Field, Select } from '../components/fields.tsx'
import { notify } from '../components/notices.tsx'
import { control } from '../control.ts'
import { FAILURES, type FailureName, type FailureScope, faultFor } from '../model/requests-fault.ts'
import { pathPatternOf, patternOf } from '../model/requests-path.ts'
import { hrefOf } from '../place.ts'
import { texts } from '../texts/index.ts'

/** Asks what is to happen to the next requests like this one, and adds the fault. */
export function FailDialog({
  entry,
  onClose,
}: {
  readonly entry: RequestEntry
  readonly onClose: () => void
}) {
  const { requests } = texts.value
  const failure = useSignal<FailureName>('limited')
  const scope = useSignal<FailureScope>('operation')
  const times = useSignal('1')
  const [operation, path] = [patternOf(entry), pathPatternOf(entry.path)]
  const scopes: [FailureScope, string][] = [['operation', `${entry.method} ${operation ?? ''}`]]
  if (path !== undefined && path !== operation) scopes.push(['path', `${entry.method} ${path}`])
  const submit = async () => {
    const choice = { failure: failure.value, scope: scope.value, times: Number(times.value) }
    const body = faultFor(entry, choice)
    const { id } = await control<FaultView>('/faults', { method: 'POST', body })
    notify({
      kind: 'info',
      text: requests.failAdded(`${entry.method} ${body.path ?? ''}`),
      link: { href: hrefOf(['controls', 'faults']), text: requests.showFaults },
      undo: () => control(`/faults/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    })
  }
  return (
    <Dialog title={requests.failTitle} submit={requests.failSubmit} onSubmit={submit} onClose={onClose}>
      <Select
        label={requests.failure}
        value={failure.value}
        options={(Object.keys(FAILURES) as FailureName[]).map((name) => [name, requests.failures[name]])}
        onChange={(name) => {
          failure.value = name
        }}
      />
      <Select
        label={requests.scope}
        value={scope.value}
        options={scopes}
        onChange={(name) => {
          scope.value = name
        }}
      />
      <Field
        label={requests.times}
        type="number"
        required
        value={times.value}
        onInput={(text) => {
          times.value = text
        }}
      />
    </Dialog>
  )
}
