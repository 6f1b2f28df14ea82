import type { ComponentChildren } from 'preact'
import { useDraft } from '../components/draft.ts'
import { Ago } from '../components/time.tsx'
import type { Actor, Item } from '../model/state-items.ts'
import { nameOfOrg } from '../organizations.ts'
import { formatTime, texts } from '../texts/index.ts'

/** A fact of an item: its name, and what is shown. Without a value, the fact is left out. */
export type Fact = readonly [name: string, value: ComponentChildren]

/** The facts of an item. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl class="facts">
      {facts.map(
        ([name, value]) =>
          value != null &&
          value !== false &&
          value !== '' && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

/** Returns the facts that all kinds of items have. */
export function commonFacts({ id, orgId, record }: Item): Fact[] {
  const { state, common } = texts.value
  return [
    [state.created, record.created_at !== undefined && <When time={record.created_at} orgId={orgId} />],
    [state.createdBy, nameOf(record.created_by as Actor | null | undefined)],
    [common.organization, nameOfOrg(orgId)],
    [state.id, <code key="id">{id}</code>],
  ]
}

/** A time, and how long ago it was. */
export function When({ time, orgId }: { readonly time: string; readonly orgId: string }) {
  return (
    <>
      {formatTime(time)}{' '}
      <span class="muted">
        (<Ago time={time} orgId={orgId} />)
      </span>
    </>
  )
}

/** Returns the name of somebody; undefined for nobody. */
export function nameOf(actor: Actor | null | undefined): string | undefined {
  return actor == null ? undefined : (actor.email ?? actor.name)
}

/** A long text of a client. */
export function LongText({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <figure class="long-text">
      <figcaption>{label}</figcaption>
      {text === '' ? <p class="muted">{texts.value.common.none}</p> : <pre>{text}</pre>}
    </figure>
  )
}

/** Says in which organization something is created. */
export function InOrganization({ orgId }: { readonly orgId: string }) {
  return <p class="muted">{texts.value.state.inOrganization(nameOfOrg(orgId))}</p>
}

/** The values of a form, which are a draft, and the members of the fields that show them. */
export function useForm<Values extends object>(form: string, initial: Values) {
  const { values, discard } = useDraft(form, initial)
  return {
    values: values.value,
    field: <Name extends keyof Values>(name: Name) => ({
      value: values.value[name],
      onInput: (value: Values[Name]) => {
        values.value = { ...values.value, [name]: value }
      },
    }),
    discard,
  }
}
