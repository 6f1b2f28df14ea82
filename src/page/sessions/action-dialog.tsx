import type { Signal } from '@preact/signals'
import type { SessionDetail } from '../../schemas/control/sessions.ts'
import { Dialog } from '../components/dialog.tsx'
import { useDraft } from '../components/draft.ts'
import { Field, Select } from '../components/fields.tsx'
import { callApi, control } from '../control.ts'
import {
  type EffectName,
  type EffectValues,
  effectOf,
  initialValues,
  PULL_REQUEST_STATES,
  SUSPENSION_REASONS,
} from '../model/sessions-effects.ts'
import { texts } from '../texts/index.ts'

/** Something that can be done with a session. */
export type ActionName = EffectName | 'archive' | 'terminate'

interface ActionDialogProps {
  readonly name: ActionName
  readonly session: SessionDetail
  readonly onClose: () => void
}

/** Asks for what an action needs, or whether it is meant. */
export function ActionDialog({ name, session, onClose }: ActionDialogProps) {
  const { sessions, common } = texts.value
  const { values, discard } = useDraft(
    `${name} ${session.org_id} ${session.session_id}`,
    initialValues(session),
  )
  const isFinal = name === 'archive' || name === 'terminate' || name === 'fail' || name === 'expire'
  return (
    <Dialog
      title={sessions.actionTitles[name]}
      submit={sessions.submit[name]}
      isDangerous={isFinal}
      onSubmit={() => act(name, session, values.value)}
      onDiscard={discard}
      onClose={onClose}
    >
      <p class="muted">{sessions.actionHints[name]}</p>
      <Fields name={name} values={values} />
      {isFinal && <p>{common.sure}</p>}
    </Dialog>
  )
}

interface FieldsProps {
  readonly name: ActionName
  readonly values: Signal<EffectValues>
}

function Fields({ name, values }: FieldsProps) {
  const { sessions } = texts.value
  const set = (changes: Partial<EffectValues>) => {
    values.value = { ...values.value, ...changes }
  }
  const { message, output, reason, url, state } = values.value
  if (name === 'archive' || name === 'terminate' || name === 'expire') return null
  return (
    <>
      {name === 'pull' && (
        <>
          <Field label={sessions.pullUrl} value={url} required onInput={(value) => set({ url: value })} />
          <Select
            label={sessions.pullState}
            value={state}
            options={PULL_REQUEST_STATES.map((one) => [one, sessions.pullStates[one]] as const)}
            onChange={(value) => set({ state: value })}
          />
        </>
      )}
      {name === 'suspend' && (
        <Select
          label={sessions.reason}
          value={reason}
          options={SUSPENSION_REASONS.map((one) => [one, sessions.reasons[one]] as const)}
          onChange={(value) => set({ reason: value })}
        />
      )}
      <Field
        label={name === 'block' ? sessions.question : sessions.devinSays}
        value={message}
        isLong
        rows={3}
        onInput={(value) => set({ message: value })}
      />
      {name === 'finish' && (
        <Field
          label={sessions.output}
          hint={sessions.outputHint}
          value={output}
          isLong
          onInput={(value) => set({ output: value })}
        />
      )}
    </>
  )
}

async function act(name: ActionName, session: SessionDetail, values: EffectValues): Promise<void> {
  const { session_id: id, org_id: orgId } = session
  if (name === 'terminate') {
    await callApi(orgId, 'DELETE', `/v1/sessions/${id}`)
  } else if (name === 'archive') {
    await callApi(orgId, 'POST', `/v3/organizations/{org_id}/sessions/${id}/archive`)
  } else {
    const effect = effectOf(name, session, values)
    await control(`/sessions/${id}/events`, { method: 'POST', body: { org_id: orgId, ...effect } })
  }
}
