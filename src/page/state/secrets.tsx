import { useSignal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'
import { Button, CopyButton } from '../components/button.tsx'
import { ConfirmButton, Dialog } from '../components/dialog.tsx'
import { Check, Field, Select } from '../components/fields.tsx'
import { callApi, control } from '../control.ts'
import { createCommand } from '../model/state-commands.ts'
import type { Item, StateDocument, StateRecord } from '../model/state-items.ts'
import { texts } from '../texts/index.ts'
import { Collection } from './collection.tsx'
import type { CreateProps, DetailProps, Kind } from './kind.ts'
import { commonFacts, Facts, InOrganization, useForm } from './parts.tsx'

interface Secret extends StateRecord {
  readonly id: string
  readonly key: string
  readonly type: string
  readonly sensitive: boolean
  readonly note: string | null
}

/** The secrets. Their values are not read until somebody asks for one. */
export function Secrets({ path: [id] }: { readonly path: readonly string[] }) {
  const { state } = texts.value
  const kind: Kind<Secret> = {
    path: ['state', 'secrets'],
    collection: 'secrets',
    shape: (record) => record as Secret,
    summary: ({ record: { key, note, type, sensitive } }) => ({
      title: key,
      note: note ?? undefined,
      marks: (
        <>
          {type !== 'key-value' && (
            <span class="badge">{state.secrets.types[type as SecretType] ?? type}</span>
          )}
          {!sensitive && <span class="badge info">{state.secrets.notSensitive}</span>}
        </>
      ),
    }),
    Detail,
    Create,
    empty: state.secrets.empty,
    command: (target) => createCommand(target, '/secrets', EXAMPLE),
    label: state.tabs.secrets,
    create: state.secrets.create,
  }
  return <Collection kind={kind} id={id} />
}

type SecretType = 'key-value' | 'cookie' | 'totp' | 'dictionary'

/** Those that clients can create. */
const TYPES = ['key-value', 'cookie', 'totp'] as const

/** What the command of an empty list creates. */
const EXAMPLE = { type: 'key-value', key: 'NPM_TOKEN', value: 'not-a-real-token', is_sensitive: true }

function Detail({ item, onDelete }: DetailProps<Secret>) {
  const { state, common } = texts.value
  const { orgId, id, record } = item
  const remove = () =>
    callApi(orgId, 'DELETE', `/v3/organizations/{org_id}/secrets/${encodeURIComponent(id)}`)
  return (
    <>
      <Facts
        facts={[
          [state.secrets.type, state.secrets.types[record.type as SecretType] ?? record.type],
          [state.secrets.sensitive, record.sensitive ? state.yes : state.no],
          [state.secrets.note, record.note],
          ...commonFacts(item),
        ]}
      />
      <Value item={item} />
      <div class="row">
        <ConfirmButton
          label={common.delete}
          question={state.deleteQuestion(record.key)}
          onConfirm={() => onDelete(remove)}
        />
      </div>
    </>
  )
}

/** How long a value is shown, in milliseconds. */
const SHOWN_MS = 30_000

/** The value of a secret, which is read when somebody asks for it, and forgotten when it is hidden again. */
function Value({ item }: { readonly item: Item }) {
  const { secrets } = texts.value.state
  const value = useSignal<string | undefined>(undefined)
  const isShown = value.value !== undefined
  const hide = () => {
    value.value = undefined
  }
  useLayoutEffect(() => {
    if (!isShown) return
    const timer = setTimeout(hide, SHOWN_MS)
    return () => clearTimeout(timer)
  }, [isShown])
  return (
    <div class="secret-value">
      <div class="row">
        <Button
          aria-expanded={isShown}
          onClick={async () => {
            if (isShown) hide()
            else value.value = await readValue(item)
          }}
        >
          {isShown ? secrets.hide : secrets.reveal}
        </Button>
        {isShown && <CopyButton text={() => value.value ?? ''}>{secrets.copy}</CopyButton>}
        {isShown && <small class="muted">{secrets.hint}</small>}
      </div>
      {isShown && (
        <pre>{value.value === '' ? <span class="muted">{secrets.noValue}</span> : value.value}</pre>
      )}
    </div>
  )
}

async function readValue({ orgId, id }: Item): Promise<string> {
  const query = { org_id: orgId, collections: ['secrets'], reveal: true }
  const { organizations } = await control<StateDocument>('/state', { query })
  const secrets = organizations.flatMap((one) => one.secrets as readonly { id: string; value: string }[])
  const found = secrets.find((secret) => secret.id === id)
  if (found === undefined) throw new Error(texts.value.state.gone)
  return found.value
}

const NEW = { type: 'key-value', key: '', value: '', note: '', is_sensitive: true }

function Create({ orgId, onClose, onCreated }: CreateProps) {
  const { state, common } = texts.value
  const { secrets } = state
  const { values, field, discard } = useForm('secret', NEW)
  const submit = async () => {
    const { note, ...rest } = values
    const body = { ...rest, ...(note !== '' && { note }) }
    const answer = await callApi(orgId, 'POST', '/v3/organizations/{org_id}/secrets', body)
    onCreated((answer.body as { secret_id: string }).secret_id)
  }
  const type = field('type')
  const { value: isSensitive, onInput: setSensitive } = field('is_sensitive')
  return (
    <Dialog
      title={secrets.create}
      submit={common.create}
      onSubmit={submit}
      onDiscard={discard}
      onClose={onClose}
    >
      <InOrganization orgId={orgId} />
      <Field label={secrets.key} required autoFocus placeholder="NPM_TOKEN" {...field('key')} />
      <Field label={secrets.value} required type="password" {...field('value')} />
      <Select
        label={secrets.type}
        value={type.value as SecretType}
        options={TYPES.map((one) => [one, secrets.types[one]])}
        onChange={type.onInput}
      />
      <Field label={secrets.note} {...field('note')} />
      <Check label={secrets.sensitive} checked={isSensitive} onChange={setSensitive} />
    </Dialog>
  )
}
