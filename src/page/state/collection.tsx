import { useSignal } from '@preact/signals'
import { useMemo, useRef } from 'preact/hooks'
import { Button, Command } from '../components/button.tsx'
import { Field } from '../components/fields.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { VirtualList } from '../components/virtual-list.tsx'
import { control } from '../control.ts'
import { useLive } from '../live-data.ts'
import {
  type Item,
  itemOf,
  itemsOf,
  matching,
  neighbourOf,
  type StateDocument,
  type StateRecord,
} from '../model/state-items.ts'
import { server, targetOrg } from '../organizations.ts'
import { goTo, hrefOf, place, setQuery, shownOrg } from '../place.ts'
import { texts } from '../texts/index.ts'
import { useFocus } from './focus.ts'
import { canHave, type Kind } from './kind.ts'
import { Pane } from './pane.tsx'
import { addressOf, keyOf, queryOf, Row, rowOf } from './row.tsx'

const NOTHING: StateDocument = { organizations: [] }

/** The records of a collection: a list, and the selected one beside it. */
export function Collection<Of extends StateRecord>({
  kind,
  id,
}: {
  readonly kind: Kind<Of>
  readonly id: string | undefined
}) {
  const org = shownOrg()
  const { collection, others = [], kinds = [], followsAll = false, isStill = false } = kind
  const collections = [collection, ...others]
  const live = useLive(
    async (signal) => {
      const query = { org_id: org, collections, files: false }
      const document = await control<StateDocument>('/state', { signal, query })
      const items = itemsOf(document, collection, kind.shape)
      // Records may be big, such as files.
      return { document: others.length > 0 ? document : NOTHING, items }
    },
    (event) => {
      if (isStill || (org !== undefined && event.org_id !== null && event.org_id !== org)) return false
      if (event.kind !== 'record') return kinds.includes(event.kind)
      return followsAll || collections.includes(event.collection)
    },
    [org, collection],
  )
  return (
    <>
      {isStill && (
        <p class="row muted">
          {texts.value.state.still}
          <Button onClick={live.reload}>{texts.value.state.reload}</Button>
        </p>
      )}
      <Loaded live={live}>{(data) => <Panes kind={kind} id={id} {...data} />}</Loaded>
    </>
  )
}

interface PanesProps<Of extends StateRecord> {
  readonly kind: Kind<Of>
  readonly id: string | undefined
  readonly document: StateDocument
  readonly items: readonly Item<Of>[]
}

function Panes<Of extends StateRecord>({ kind, id, document, items }: PanesProps<Of>) {
  const { filter = '', of } = place.value.query
  const found = useMemo(() => matching(items, filter), [items, filter])
  const selected = id === undefined ? undefined : itemOf(items, id, shownOrg() ?? of)
  const focus = useFocus(id, selected !== undefined)
  // The list has an item that was deleted until it is read again.
  const deleted = useRef(new Set<string>()).current
  const onDelete = async (item: Item<Of>, remove: () => Promise<unknown>) => {
    const left = found.filter((one) => !deleted.has(keyOf(one)))
    const next = neighbourOf(left, item)
    focus.expect()
    try {
      await remove()
      deleted.add(keyOf(item))
    } catch (error) {
      focus.forget()
      throw error
    }
    location.replace(next === undefined ? hrefOf(kind.path, queryOf(filter)) : addressOf(kind, next, filter))
  }
  return (
    <>
      <Toolbar kind={kind} document={document} found={found.length} total={items.length} focus={focus} />
      <div class={`state-panes ${id === undefined ? '' : 'with-item'}`}>
        <div class="state-list">
          {items.length === 0 && <Teach kind={kind} />}
          {items.length > 0 && <List kind={kind} found={found} selected={selected} />}
        </div>
        {id !== undefined && (
          <Pane
            // A revealed value belongs to one item.
            key={selected === undefined ? id : keyOf(selected)}
            title={selected === undefined ? undefined : kind.summary(selected).title}
            record={selected?.record}
            isRaw={kind.isRaw === true}
            isAwaited={focus.isExpected()}
            backHref={hrefOf(kind.path, queryOf(filter))}
            onBack={() => focus.expect(selected === undefined ? '' : rowOf(selected))}
          >
            {selected !== undefined && (
              <kind.Detail
                item={selected}
                document={document}
                onDelete={(remove) => onDelete(selected, remove)}
              />
            )}
          </Pane>
        )}
      </div>
    </>
  )
}

interface ListProps<Of extends StateRecord> {
  readonly kind: Kind<Of>
  readonly found: readonly Item<Of>[]
  readonly selected: Item<Of> | undefined
}

function List<Of extends StateRecord>({ kind, found, selected }: ListProps<Of>) {
  if (found.length === 0) return <Empty title={texts.value.state.nothingFound} />
  return (
    <VirtualList
      items={found}
      keyOf={keyOf}
      estimate={45}
      label={kind.label}
      render={(item) => <Row kind={kind} item={item} isSelected={item === selected} />}
    />
  )
}

interface ToolbarProps<Of extends StateRecord> {
  readonly kind: Kind<Of>
  readonly document: StateDocument
  readonly found: number
  readonly total: number
  readonly focus: ReturnType<typeof useFocus>
}

function Toolbar<Of extends StateRecord>({ kind, document, found, total, focus }: ToolbarProps<Of>) {
  const { state, common } = texts.value
  const { filter = '' } = place.value.query
  const { Create, path } = kind
  const isOpen = useSignal(false)
  const orgId = targetOrg()
  const onCreated = (id: string) => {
    focus.expect()
    goTo([...path, id], queryOf('', orgId))
  }
  return (
    <div class="state-bar">
      {kind.before}
      <Field
        type="search"
        label={common.filter}
        value={filter}
        onInput={(text) => setQuery({ filter: text })}
      />
      <span class="muted count" role="status">
        {filter === '' ? state.count(total) : state.found(found, total)}
      </span>
      {Create !== undefined && canHave(kind, orgId) && (
        <Button
          look="primary"
          aria-haspopup="dialog"
          onClick={() => {
            isOpen.value = true
          }}
        >
          {kind.create}
        </Button>
      )}
      {Create !== undefined && isOpen.value && (
        <Create
          orgId={orgId}
          document={document}
          onCreated={onCreated}
          onClose={() => {
            isOpen.value = false
          }}
        />
      )}
    </div>
  )
}

/** Teaches how an item is created. */
function Teach<Of extends StateRecord>({ kind }: { readonly kind: Kind<Of> }) {
  const { state } = texts.value
  const { empty, command, isByClients = false } = kind
  const orgId = targetOrg()
  const isDefault = server.value?.organizations.some((one) => one.is_default && one.org_id === orgId)
  const isOpen = isDefault === true && server.value?.strict_keys === false
  const target = { origin: location.origin, orgId, key: isOpen ? 'cog_demo' : '$DEVIN_API_KEY' }
  return (
    <Empty title={empty}>
      {command !== undefined && canHave(kind, orgId) && (
        <>
          <p>{isByClients ? state.teachElse : state.teach}</p>
          <Command text={command(target)} />
        </>
      )}
    </Empty>
  )
}
