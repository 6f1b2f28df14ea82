import { useEffect, useMemo, useRef } from 'preact/hooks'
import { Button, Command } from '../components/button.tsx'
import { ConfirmButton } from '../components/dialog.tsx'
import { Empty, ErrorText } from '../components/states.tsx'
import { control } from '../control.ts'
import { placeOf } from '../model/addresses.ts'
import { FilteredRows, isEmpty } from '../model/requests-filter.ts'
import type { RequestRow } from '../model/requests-row.ts'
import { nameOfOrg, server, targetOrg } from '../organizations.ts'
import { goTo, hrefOf, place, shownOrg } from '../place.ts'
import { texts } from '../texts/index.ts'
import { Detail } from './detail.tsx'
import { FilterBar, useFilter } from './filter.tsx'
import { type Journal, type LiveJournal, useJournal } from './journal.ts'
import { RequestList } from './list.tsx'

/** The view of requests: the journal, and a selected request beside its answer. */
export default function View({ path: [id] }: { readonly path: readonly string[] }) {
  const { requests } = texts.value
  const live = useJournal(shownOrg())
  const { rows, isStarted, error } = live.journal
  const filter = useFilter()
  const filtered = useMemo(() => new FilteredRows(), [])
  const found = filtered.find(rows, filter.applied)
  const selection = useSelection(found, id, { ...filter.applied })
  return (
    <div class={`requests ${id === undefined ? '' : 'with-detail'}`}>
      <div class="row between">
        <h1>{requests.title}</h1>
        <Toolbar live={live} found={found.length} isFiltered={!isEmpty(filter.applied)} />
      </div>
      <FilterBar filter={filter} />
      <div class="request-panes">
        <div ref={selection.list} class="request-pane">
          {error !== undefined && <ErrorText error={error} retry={live.reload} />}
          {!isStarted && error === undefined && <p class="muted">{texts.value.common.loading}</p>}
          {isStarted && rows.length === 0 && <FirstRequest />}
          {rows.length > 0 && found.length === 0 && <Empty title={requests.nothingFound} />}
          {found.length > 0 && (
            <RequestList
              rows={found}
              selected={selection.selected}
              query={{ ...filter.applied }}
              wantsFocus={selection.wantsFocus}
            />
          )}
        </div>
        {id !== undefined && (
          <Detail
            id={selection.selected}
            onClose={selection.close}
            newer={selection.neighbour(-1)}
            older={selection.neighbour(1)}
            onSelect={selection.replace}
          />
        )}
      </div>
    </div>
  )
}

/** Which request is selected, and how the keyboard selects another one. */
function useSelection(
  rows: readonly RequestRow[],
  id: string | undefined,
  query: Readonly<Record<string, string>>,
) {
  const list = useRef<HTMLDivElement>(null)
  const wantsFocus = useRef(false)
  const selected = id !== undefined && /^[1-9]\d{0,14}$/.test(id) ? Number(id) : undefined
  const neighbour = (step: 1 | -1) => rows[rows.findIndex((row) => row.id === selected) + step]?.id
  /** Without a new entry in the browser's history if a request was selected before. */
  const replace = (next: number) => {
    if (id === undefined) return goTo(['requests', String(next)], query)
    history.replaceState(null, '', hrefOf(['requests', String(next)], query))
    place.value = placeOf(location.hash)
  }
  const close = () => {
    goTo(['requests'], query)
    const current = list.current?.querySelector<HTMLElement>('[aria-current]')
    ;(current ?? list.current?.querySelector<HTMLElement>('ul'))?.focus({ preventScroll: true })
  }
  const onKey = (event: KeyboardEvent) => {
    const step = stepOf(event, list.current)
    const next = selected === undefined ? rows[0]?.id : step === undefined ? undefined : neighbour(step)
    if (event.key === 'Escape' && id !== undefined && !isInForm(event.target)) close()
    else if (step !== undefined && next !== undefined) {
      wantsFocus.current = true
      replace(next)
    } else return
    event.preventDefault()
  }
  const latest = useRef(onKey)
  latest.current = onKey
  useEffect(() => {
    const listener = (event: KeyboardEvent) => latest.current(event)
    document.addEventListener('keydown', listener)
    return () => document.removeEventListener('keydown', listener)
  }, [])
  return { list, selected, wantsFocus, neighbour, replace, close }
}

const STEPS: Readonly<Record<string, 1 | -1>> = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }

/** Returns the step that a key means: to an older or a newer request. Arrow keys scroll unless the list has the focus. */
function stepOf(event: KeyboardEvent, list: HTMLElement | null): 1 | -1 | undefined {
  const { key, target } = event
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isInForm(target)) return undefined
  if (key.startsWith('Arrow') && !list?.contains(target as Node)) return undefined
  return Object.hasOwn(STEPS, key) ? STEPS[key] : undefined
}

/** Returns whether keys have another meaning there. */
function isInForm(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, dialog') !== null
}

interface ToolbarProps {
  readonly live: LiveJournal
  readonly found: number
  readonly isFiltered: boolean
}

function Toolbar({ live: { journal, pause }, found, isFiltered }: ToolbarProps) {
  const { requests } = texts.value
  const org = shownOrg()
  const { isPaused, waiting } = journal
  return (
    <div class="row">
      <span class="row muted" role="status">
        {summaryOf(journal, isFiltered ? found : undefined)}
        {isPaused && <span class="badge warn">{requests.paused(waiting)}</span>}
      </span>
      <Button onClick={() => pause(!isPaused)}>{isPaused ? requests.resume : requests.pause}</Button>
      <ConfirmButton
        label={requests.clear}
        question={org === undefined ? requests.clearAll : requests.clearOne(nameOfOrg(org))}
        onConfirm={() => control('/requests', { method: 'DELETE', query: { org_id: org } })}
      />
    </div>
  )
}

/** Says how many requests there are, and how many of them are shown. */
function summaryOf({ rows, isStarted, isComplete, dropped }: Journal, found: number | undefined): string {
  const { requests } = texts.value
  if (!isStarted) return ''
  const count = found === undefined ? requests.count(rows.length) : requests.found(found, rows.length)
  const rest = isComplete ? (dropped > 0 ? requests.dropped(dropped) : undefined) : requests.readingOlder
  return rest === undefined ? count : `${count} · ${rest}`
}

/** Teaches how to send a request. */
function FirstRequest() {
  const { requests } = texts.value
  const org = targetOrg()
  const isDefault = server.value?.organizations.some(({ org_id, is_default }) => is_default && org_id === org)
  const hasDemoKey = isDefault && server.value?.strict_keys === false
  const key = hasDemoKey ? 'cog_demo' : '$DEVIN_API_KEY'
  return (
    <Empty title={requests.empty}>
      {org !== '' && (
        <Command
          text={`curl ${location.origin}/v3/organizations/${org}/sessions -H "Authorization: Bearer ${key}"`}
        />
      )}
      <p>{requests.emptyHint}</p>
    </Empty>
  )
}
