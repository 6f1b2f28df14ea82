import { useSignal } from '@preact/signals'
import { Button } from '../components/button.tsx'
import { ConfirmButton, Dialog } from '../components/dialog.tsx'
import { Check, Field, Select } from '../components/fields.tsx'
import { callApi } from '../control.ts'
import { basePath, createCommand } from '../model/state-commands.ts'
import type { StateDocument, StateRecord } from '../model/state-items.ts'
import { texts } from '../texts/index.ts'
import { Collection } from './collection.tsx'
import type { CreateProps, DetailProps, Kind } from './kind.ts'
import { commonFacts, Facts, InOrganization, LongText, useForm, When } from './parts.tsx'

interface Note extends StateRecord {
  readonly id: string
  readonly name: string
  readonly body: string
  readonly trigger_description: string
  readonly macro: string | null
  readonly parent_folder_id: string | null
  readonly pinned_repo: string | null
  readonly is_enabled: boolean
  readonly updated_at: string
}

/** A note as v3 shows and takes it. */
interface Fields {
  readonly name: string
  readonly trigger: string
  readonly body: string
  readonly folder_id: string | null
  readonly pinned_repo: string | null
  readonly is_enabled: boolean
}

/** The knowledge. */
export function Knowledge({ path: [id] }: { readonly path: readonly string[] }) {
  const { state } = texts.value
  const kind: Kind<Note> = {
    path: ['state', 'knowledge'],
    collection: 'knowledge',
    others: ['folders'],
    shape: (record) => record as Note,
    summary: ({ record: { name, trigger_description: trigger, is_enabled: isEnabled } }) => ({
      title: name,
      note: trigger,
      marks: !isEnabled && <span class="badge warn">{state.disabled}</span>,
    }),
    Detail,
    Create,
    isOfEnterprise: true,
    empty: state.knowledge.empty,
    command: (target) => createCommand(target, '/knowledge/notes', EXAMPLE),
    label: state.tabs.knowledge,
    create: state.knowledge.create,
  }
  return <Collection kind={kind} id={id} />
}

/** What the command of an empty list creates. */
const EXAMPLE = { name: 'Style', body: 'Run the linter before a commit.', trigger: 'When you write code' }

function notesPath(orgId: string, id?: string): string {
  return `${basePath(orgId)}/knowledge/notes${id === undefined ? '' : `/${encodeURIComponent(id)}`}`
}

function Detail({ item, document, onDelete }: DetailProps<Note>) {
  const { state, common } = texts.value
  const { knowledge } = state
  const { orgId, id, record } = item
  const edited = useSignal<Fields | undefined>(undefined)
  const folder = foldersOf(document, orgId).find(([one]) => one === record.parent_folder_id)
  return (
    <>
      <Facts
        facts={[
          [knowledge.trigger, record.trigger_description],
          [knowledge.folder, folder?.[1] ?? record.parent_folder_id],
          [knowledge.repo, record.pinned_repo],
          [state.macro, record.macro],
          [state.enabled, record.is_enabled ? state.yes : state.no],
          [state.updated, <When key="updated" time={record.updated_at} orgId={orgId} />],
          ...commonFacts(item),
        ]}
      />
      <LongText label={knowledge.body} text={record.body} />
      <div class="row">
        <Button
          aria-haspopup="dialog"
          onClick={async () => {
            // The state document masks what looks like a key.
            const { body } = await callApi(orgId, 'GET', notesPath(orgId, id))
            // Whether it is enabled depends on its folder in this answer, too.
            edited.value = { ...(body as Fields), is_enabled: record.is_enabled }
          }}
        >
          {state.edit}
        </Button>
        <ConfirmButton
          label={common.delete}
          question={state.deleteQuestion(record.name)}
          onConfirm={() => onDelete(() => callApi(orgId, 'DELETE', notesPath(orgId, id)))}
        />
      </div>
      {edited.value !== undefined && (
        <NoteDialog
          title={knowledge.edit}
          submit={common.save}
          initial={edited.value}
          orgId={orgId}
          document={document}
          onSubmit={(fields) => callApi(orgId, 'PUT', notesPath(orgId, id), fields)}
          onClose={() => {
            edited.value = undefined
          }}
        />
      )}
    </>
  )
}

const NEW: Fields = { name: '', trigger: '', body: '', folder_id: null, pinned_repo: null, is_enabled: true }

function Create({ orgId, document, onClose, onCreated }: CreateProps) {
  const { state, common } = texts.value
  return (
    <NoteDialog
      title={state.knowledge.create}
      submit={common.create}
      initial={NEW}
      orgId={orgId}
      document={document}
      onClose={onClose}
      onSubmit={async (fields) => {
        const answer = await callApi(orgId, 'POST', notesPath(orgId), fields)
        onCreated((answer.body as { note_id: string }).note_id)
      }}
    />
  )
}

interface NoteDialogProps extends Pick<CreateProps, 'orgId' | 'document' | 'onClose'> {
  readonly title: string
  readonly submit: string
  readonly initial: Fields
  readonly onSubmit: (fields: Fields) => Promise<unknown>
}

function NoteDialog({ title, submit, initial, orgId, document, onClose, onSubmit }: NoteDialogProps) {
  const { state, common } = texts.value
  const { knowledge } = state
  const { values, field, discard } = useForm(JSON.stringify(initial), {
    name: initial.name,
    trigger: initial.trigger,
    body: initial.body,
    folder: initial.folder_id ?? '',
    repo: initial.pinned_repo ?? '',
    is_enabled: initial.is_enabled,
  })
  const { value: isEnabled, onInput: setEnabled } = field('is_enabled')
  const folders = foldersOf(document, orgId)
  const folder = field('folder')
  const send = () =>
    onSubmit({
      name: values.name,
      trigger: values.trigger,
      body: values.body,
      folder_id: values.folder || null,
      pinned_repo: values.repo || null,
      is_enabled: isEnabled,
    })
  return (
    <Dialog title={title} submit={submit} onSubmit={send} onDiscard={discard} onClose={onClose}>
      <InOrganization orgId={orgId} />
      <Field label={state.name} required autoFocus {...field('name')} />
      <Field label={knowledge.trigger} hint={knowledge.triggerHint} required {...field('trigger')} />
      <Field label={knowledge.body} isLong rows={6} required {...field('body')} />
      {folders.length > 0 && (
        <Select
          label={knowledge.folder}
          value={folder.value}
          options={[['', common.none], ...folders]}
          onChange={folder.onInput}
        />
      )}
      <Field label={knowledge.repo} placeholder="acme/payments" {...field('repo')} />
      <Check label={state.enabled} checked={isEnabled} onChange={setEnabled} />
    </Dialog>
  )
}

/** Returns the ids and the names of the folders of an organization. */
function foldersOf({ organizations }: StateDocument, orgId: string): (readonly [id: string, name: string])[] {
  const found = organizations.find(({ org_id }) => org_id === orgId)
  const folders = (found?.folders ?? []) as readonly { id: string; name: string }[]
  return folders.map(({ id, name }) => [id, name] as const)
}
