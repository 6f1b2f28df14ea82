import { useSignal } from '@preact/signals'
import { Button } from '../components/button.tsx'
import { ConfirmButton, Dialog } from '../components/dialog.tsx'
import { Field } from '../components/fields.tsx'
import { Json } from '../components/json.tsx'
import { callApi } from '../control.ts'
import { basePath, createCommand } from '../model/state-commands.ts'
import type { StateRecord } from '../model/state-items.ts'
import { texts } from '../texts/index.ts'
import { Collection } from './collection.tsx'
import type { CreateProps, DetailProps, Kind } from './kind.ts'
import { commonFacts, Facts, InOrganization, LongText, useForm, When } from './parts.tsx'

interface Playbook extends StateRecord {
  readonly id: string
  readonly title: string
  readonly body: string
  readonly macro: string | null
  readonly status: 'published' | 'deleted'
  readonly structured_output_schema: unknown
  readonly updated_at: string
}

/** A playbook as v3 shows and takes it. What is not sent stays as it is. */
interface Fields {
  readonly title: string
  readonly body: string
  readonly macro: string | null
}

/** The playbooks. Deleted ones, which are kept for the sessions that use them, are not shown. */
export function Playbooks({ path: [id] }: { readonly path: readonly string[] }) {
  const { state } = texts.value
  const kind: Kind<Playbook> = {
    path: ['state', 'playbooks'],
    collection: 'playbooks',
    shape: (record) => ((record as Playbook).status === 'published' ? (record as Playbook) : undefined),
    summary: ({ record: { title, body, macro } }) => ({
      title,
      note: body.slice(0, 200),
      marks: macro !== null && <span class="badge info">{macro}</span>,
    }),
    Detail,
    Create,
    isOfEnterprise: true,
    empty: state.playbooks.empty,
    command: (target) => createCommand(target, '/playbooks', EXAMPLE),
    label: state.tabs.playbooks,
    create: state.playbooks.create,
  }
  return <Collection kind={kind} id={id} />
}

/** What the command of an empty list creates. */
const EXAMPLE = { title: 'Fix a bug', body: 'Write a failing test, then fix it.', macro: '!bug' }

function playbooksPath(orgId: string, id?: string): string {
  return `${basePath(orgId)}/playbooks${id === undefined ? '' : `/${encodeURIComponent(id)}`}`
}

function Detail({ item, onDelete }: DetailProps<Playbook>) {
  const { state, common } = texts.value
  const { playbooks } = state
  const { orgId, id, record } = item
  const edited = useSignal<Fields | undefined>(undefined)
  return (
    <>
      <Facts
        facts={[
          [state.macro, record.macro],
          [state.updated, <When key="updated" time={record.updated_at} orgId={orgId} />],
          ...commonFacts(item),
        ]}
      />
      <LongText label={playbooks.body} text={record.body} />
      {record.structured_output_schema !== null && (
        <Json label={playbooks.schema} value={record.structured_output_schema} />
      )}
      <div class="row">
        <Button
          aria-haspopup="dialog"
          onClick={async () => {
            // The state document masks what looks like a key.
            edited.value = (await callApi(orgId, 'GET', playbooksPath(orgId, id))).body as Fields
          }}
        >
          {state.edit}
        </Button>
        <ConfirmButton
          label={common.delete}
          question={state.deleteQuestion(record.title)}
          onConfirm={() => onDelete(() => callApi(orgId, 'DELETE', playbooksPath(orgId, id)))}
        />
      </div>
      {edited.value !== undefined && (
        <PlaybookDialog
          title={playbooks.edit}
          submit={common.save}
          initial={edited.value}
          orgId={orgId}
          onSubmit={(fields) => callApi(orgId, 'PUT', playbooksPath(orgId, id), fields)}
          onClose={() => {
            edited.value = undefined
          }}
        />
      )}
    </>
  )
}

function Create({ orgId, onClose, onCreated }: CreateProps) {
  const { state, common } = texts.value
  return (
    <PlaybookDialog
      title={state.playbooks.create}
      submit={common.create}
      initial={{ title: '', body: '', macro: null }}
      orgId={orgId}
      onClose={onClose}
      onSubmit={async (fields) => {
        const answer = await callApi(orgId, 'POST', playbooksPath(orgId), fields)
        onCreated((answer.body as { playbook_id: string }).playbook_id)
      }}
    />
  )
}

interface PlaybookDialogProps extends Pick<CreateProps, 'orgId' | 'onClose'> {
  readonly title: string
  readonly submit: string
  readonly initial: Fields
  readonly onSubmit: (fields: Fields) => Promise<unknown>
}

function PlaybookDialog({ title, submit, initial, orgId, onClose, onSubmit }: PlaybookDialogProps) {
  const { state } = texts.value
  const { title: name, body, macro } = initial
  const form = useForm(JSON.stringify(initial), { title: name, body, macro: macro ?? '' })
  const { values, field, discard } = form
  return (
    <Dialog
      title={title}
      submit={submit}
      onSubmit={() => onSubmit({ ...values, macro: values.macro || null })}
      onDiscard={discard}
      onClose={onClose}
    >
      <InOrganization orgId={orgId} />
      <Field label={state.playbooks.title} required autoFocus {...field('title')} />
      <Field label={state.playbooks.body} isLong rows={8} required {...field('body')} />
      <Field label={state.macro} hint={state.playbooks.macroHint} placeholder="!bug" {...field('macro')} />
    </Dialog>
  )
}
