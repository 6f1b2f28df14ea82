import type { Rules } from '../../schemas/control/scenarios.ts'
import { Dialog } from '../components/dialog.tsx'
import { useDraft } from '../components/draft.ts'
import { Field, Select } from '../components/fields.tsx'
import { notify } from '../components/notices.tsx'
import { callApi, control } from '../control.ts'
import { useLive } from '../live-data.ts'
import { tagsIn, titleFor, withScenario } from '../model/sessions-effects.ts'
import { nameOfOrg, targetOrg } from '../organizations.ts'
import { texts } from '../texts/index.ts'

const EMPTY = { prompt: '', title: '', tags: '', scenario: '', acus: '' }

/** Creates a session as a client would. */
export function NewSessionDialog({ onClose }: { readonly onClose: () => void }) {
  const { sessions, common } = texts.value
  const { values, discard } = useDraft('session', EMPTY)
  const orgId = targetOrg()
  const set = (changes: Partial<typeof values.value>) => {
    values.value = { ...values.value, ...changes }
  }
  const { prompt, title, tags, scenario, acus } = values.value
  const create = async () => {
    const given = title.trim() === '' && scenario !== '' ? titleFor(prompt) : title.trim()
    await callApi(orgId, 'POST', '/v3/organizations/{org_id}/sessions', {
      prompt: withScenario(prompt, scenario),
      ...(given !== '' && { title: given }),
      ...(tagsIn(tags).length > 0 && { tags: tagsIn(tags) }),
      ...(acus !== '' && { max_acu_limit: Number(acus) }),
    })
    notify({ kind: 'info', text: sessions.created })
  }
  return (
    <Dialog
      title={sessions.create}
      submit={common.create}
      onSubmit={create}
      onDiscard={discard}
      onClose={onClose}
    >
      <p class="muted">
        {common.organization}: {nameOfOrg(orgId)}
      </p>
      <Field
        label={sessions.prompt}
        value={prompt}
        isLong
        required
        autoFocus
        onInput={(value) => set({ prompt: value })}
      />
      <ScenarioSelect value={scenario} orgId={orgId} onChange={(value) => set({ scenario: value })} />
      <Field
        label={sessions.titleField}
        hint={sessions.titleHint}
        value={title}
        onInput={(value) => set({ title: value })}
      />
      <Field
        label={sessions.tags}
        hint={sessions.tagsHint}
        value={tags}
        onInput={(value) => set({ tags: value })}
      />
      <Field label={sessions.maxAcus} type="number" value={acus} onInput={(value) => set({ acus: value })} />
    </Dialog>
  )
}

interface ScenarioSelectProps {
  readonly value: string
  readonly orgId: string
  readonly onChange: (name: string) => void
}

/** A choice of the scenarios that a prompt can name. */
function ScenarioSelect({ value, orgId, onChange }: ScenarioSelectProps) {
  const { sessions } = texts.value
  const { data } = useLive(
    (signal) => control<Rules>('/scenarios', { signal }),
    ({ kind }) => kind === 'scenarios',
    [],
  )
  const own = (data?.rules ?? []).filter((rule) => rule.org_id === null || rule.org_id === orgId)
  const names = new Set([...own.flatMap(({ name }) => name ?? []), ...Object.keys(data?.built_in ?? {})])
  return (
    <Select
      label={sessions.scenario}
      value={value}
      options={[['', sessions.scenarioByRules], ...[...names].map((name) => [name, name] as const)]}
      onChange={onChange}
    />
  )
}
