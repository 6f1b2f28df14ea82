import { computed, useSignal } from '@preact/signals'
import { Button } from '../components/button.tsx'
import { Select } from '../components/fields.tsx'
import { ErrorText } from '../components/states.tsx'
import { VirtualList } from '../components/virtual-list.tsx'
import {
  COLUMNS,
  type Column,
  filtered,
  grouped,
  nameOf,
  type SessionSummary,
  tagsOf,
} from '../model/sessions.ts'
import { keyOf } from '../model/sessions-merge.ts'
import { hrefOf, place, setQuery, shownOrg } from '../place.ts'
import { formatNumber, texts } from '../texts/index.ts'
import { Card } from './card.tsx'
import { NoMatch, NoSessions } from './empty.tsx'
import { Heading } from './heading.tsx'
import { isNarrow } from './media.ts'
import { NewSessionDialog } from './new-session.tsx'
import { TONES } from './status.tsx'
import { allSessions, retry, useSessions } from './store.ts'

/** The number of tags to choose from. */
const TAGS_MAX = 100

/** The expected height of a card with the space below it, in pixels. */
const CARD_HEIGHT = 112

/** The sessions of the organization that is shown. */
const ownSessions = computed(() => filtered(allSessions.value, { text: '', tag: '', orgId: shownOrg() }))

const shownSessions = computed(() => {
  const { q: text = '', tag = '' } = place.value.query
  return filtered(ownSessions.value, { text, tag, orgId: undefined })
})

const columns = computed(() => grouped(shownSessions.value))

/** The board: the sessions by their status. */
export function Board() {
  const { sessions: text } = texts.value
  const { isComplete, error, moved } = useSessions()
  const isCreating = useSignal(false)
  const create = () => {
    isCreating.value = true
  }
  const isEmpty = ownSessions.value.length === 0
  return (
    <div class="board-view">
      <div class="board-head">
        <Heading focusKey="board">
          {text.title} <span class="count">{formatNumber(ownSessions.value.length)}</span>
        </Heading>
        <Filter />
        <Button look="primary" aria-haspopup="dialog" onClick={create}>
          {text.create}
        </Button>
      </div>
      {error !== undefined && <ErrorText error={error} retry={retry} />}
      {!isComplete && isEmpty && error === undefined && <p class="muted">{texts.value.common.loading}</p>}
      {isComplete && isEmpty && <NoSessions create={create} />}
      {!isEmpty && shownSessions.value.length === 0 && <NoMatch />}
      {shownSessions.value.length > 0 && (isNarrow.value ? <List /> : <Columns />)}
      <p class="hidden" role="status">
        {announcement(moved)}
      </p>
      {isCreating.value && (
        <NewSessionDialog
          onClose={() => {
            isCreating.value = false
          }}
        />
      )}
    </div>
  )
}

/** Returns what a screen reader says of the latest changes. */
function announcement(moved: readonly SessionSummary[]): string {
  const { sessions, status } = texts.value
  const [first, ...others] = filtered(moved, { text: '', tag: '', orgId: shownOrg() })
  if (first === undefined) return ''
  if (others.length > 0) return sessions.changed(others.length + 1)
  const column = COLUMNS.find((name) => columns.value[name].includes(first))
  return column === undefined ? '' : `${status[column]}: ${nameOf(first) || sessions.untitled}`
}

function Filter() {
  const { sessions, common } = texts.value
  const { q = '', tag = '' } = place.value.query
  const known = tagsOf(ownSessions.value, TAGS_MAX)
  const tags = tag === '' || known.includes(tag) ? known : [tag, ...known]
  return (
    <search class="board-filter">
      <input
        type="search"
        aria-label={common.filter}
        placeholder={sessions.filterHint}
        value={q}
        onInput={(event) => setQuery({ q: event.currentTarget.value })}
      />
      {tags.length > 0 && (
        <Select
          isBare
          label={sessions.tag}
          value={tag}
          options={[['', sessions.anyTag], ...tags.map((one) => [one, one] as const)]}
          onChange={(value) => setQuery({ tag: value })}
        />
      )}
    </search>
  )
}

function Columns() {
  return (
    <div class="board">
      {COLUMNS.map((column) => (
        <section key={column} class="board-column" aria-labelledby={`column-${column}`}>
          <h2 id={`column-${column}`}>
            <span class={`column-mark ${TONES[column]}`} aria-hidden="true" />
            {texts.value.status[column]}{' '}
            <span class="count">{formatNumber(columns.value[column].length)}</span>
          </h2>
          <Cards label={texts.value.status[column]} sessions={columns.value[column]} showsStatus={false} />
        </section>
      ))}
    </div>
  )
}

/** On a phone: one list, and links that choose a status. */
function List() {
  const { query } = place.value
  const { q = '', tag = '', status = '' } = query
  const { sessions, status: names } = texts.value
  const chosen = COLUMNS.find((column) => column === status)
  const choices: readonly (readonly [Column | undefined, string, number])[] = [
    [undefined, sessions.all, shownSessions.value.length],
    ...COLUMNS.map((column) => [column, names[column], columns.value[column].length] as const),
  ]
  return (
    <>
      <nav class="tabs board-tabs" aria-label={sessions.status}>
        {choices.map(([column = '', name, count]) => (
          <a
            key={column}
            href={hrefOf(['sessions'], { q, tag, status: column })}
            aria-current={column === (chosen ?? '') ? 'page' : undefined}
          >
            {name} <span class="count">{formatNumber(count)}</span>
          </a>
        ))}
      </nav>
      <Cards
        label={chosen === undefined ? sessions.all : names[chosen]}
        sessions={chosen === undefined ? shownSessions.value : columns.value[chosen]}
        showsStatus={chosen === undefined}
      />
    </>
  )
}

interface CardsProps {
  readonly label: string
  readonly sessions: readonly SessionSummary[]
  readonly showsStatus: boolean
}

function Cards({ label, sessions, showsStatus }: CardsProps) {
  if (sessions.length === 0) return <p class="board-none muted">{texts.value.common.none}</p>
  return (
    <VirtualList
      class="board-cards"
      items={sessions}
      keyOf={keyOf}
      estimate={CARD_HEIGHT}
      label={label}
      render={(session) => <Card session={session} showsStatus={showsStatus} />}
    />
  )
}
