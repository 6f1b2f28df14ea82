import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import type { LiveEvent } from '../../schemas/control/events.ts'
import type { SessionDetail } from '../../schemas/control/sessions.ts'
import { Empty, ErrorText } from '../components/states.tsx'
import { Tabs } from '../components/tabs.tsx'
import { CallError, control } from '../control.ts'
import { useLive } from '../live-data.ts'
import { nameOf } from '../model/sessions.ts'
import { hrefOf, place, shownOrg } from '../place.ts'
import { texts } from '../texts/index.ts'
import { Actions } from './actions.tsx'
import { Answer, Output } from './answers.tsx'
import { Conversation } from './conversation.tsx'
import { Details } from './details.tsx'
import { Heading } from './heading.tsx'
import { isWide } from './media.ts'
import { StatusBadge } from './status.tsx'
import { Timeline } from './timeline.tsx'

/** The parts of the page in the middle. The other two are beside it if there is room. */
const TABS = ['conversation', 'output', 'v1', 'v3'] as const

/** The parts that are beside the middle if there is room, and in it otherwise. */
const SIDE_TABS = ['timeline', 'details'] as const

type Tab = (typeof TABS)[number] | (typeof SIDE_TABS)[number]

interface SessionPageProps {
  readonly id: string
  readonly tab: string | undefined
}

/** The page of a session. */
export function SessionPage({ id: shownId, tab }: SessionPageProps) {
  const id = shownId.startsWith('devin-') ? shownId : `devin-${shownId}`
  const org = shownOrg() ?? place.value.query.of
  const { data, error, reload } = useLive(
    (signal) =>
      control<SessionDetail>(`/sessions/${encodeURIComponent(id)}`, { query: { org_id: org }, signal }),
    (event) => concerns(event, id),
    [id, org],
  )
  if (error instanceof CallError && error.status === 404) return <Unknown id={id} />
  return (
    <div class="session-view">
      <Back />
      {error !== undefined && <ErrorText error={error} retry={reload} />}
      {data === undefined && error === undefined && <p class="muted">{texts.value.common.loading}</p>}
      {data !== undefined && <Loaded session={data} tab={tab} />}
    </div>
  )
}

function concerns(event: LiveEvent, id: string): boolean {
  switch (event.kind) {
    case 'record':
      return event.collection === 'sessions' && event.id === id
    case 'session':
      return event.id === id
    default:
      return event.kind === 'clock' || event.kind === 'organizations'
  }
}

function Back() {
  // The address keeps the organization.
  place.value
  return (
    <a class="back" href={hrefOf(['sessions'])}>
      ← {texts.value.sessions.back}
    </a>
  )
}

/** A session that does not exist, or does not any more. */
function Unknown({ id }: { readonly id: string }) {
  const { sessions } = texts.value
  return (
    <div class="session-view">
      <Back />
      <Heading focusKey={id}>{sessions.unknown}</Heading>
      <Empty title={sessions.unknownHint}>
        <code>{id}</code>
        <a class="button" href={hrefOf(['sessions'])}>
          {sessions.back}
        </a>
      </Empty>
    </div>
  )
}

function Loaded({ session, tab }: { readonly session: SessionDetail; readonly tab: string | undefined }) {
  const { sessions, shell } = texts.value
  const name = nameOf(session) || sessions.untitled
  useEffect(() => {
    document.title = `${name} · ${shell.title}`
    return () => {
      document.title = `${shell.sessions} · ${shell.title}`
    }
  }, [name, shell])
  const tabs: readonly Tab[] = isWide.value ? TABS : [...TABS, ...SIDE_TABS]
  const current = tabs.find((one) => one === tab) ?? 'conversation'
  return (
    <>
      <div class="session-head">
        <Heading focusKey={session.session_id}>{name}</Heading>
        <StatusBadge session={session} />
        {session.archived && <span class="badge">{sessions.archived}</span>}
        <span class="hidden" role="status">
          {session.v3_status} {session.v3_status_detail}
        </span>
      </div>
      <Actions session={session} />
      <div class="session-body">
        {isWide.value && (
          <Side title={sessions.tabs.timeline}>
            <Timeline session={session} />
          </Side>
        )}
        <div class="session-middle">
          <Tabs
            label={sessions.parts}
            base={['sessions', session.session_id]}
            query={{ of: place.value.query.of ?? '' }}
            tabs={tabs.map((one) => [one, sessions.tabs[one]] as const)}
            current={current}
          />
          <Part tab={current} session={session} />
        </div>
        {isWide.value && (
          <Side title={sessions.tabs.details}>
            <Details session={session} />
          </Side>
        )}
      </div>
    </>
  )
}

function Part({ tab, session }: { readonly tab: Tab; readonly session: SessionDetail }) {
  switch (tab) {
    case 'conversation':
      return <Conversation session={session} />
    case 'output':
      return <Output session={session} />
    case 'v1':
    case 'v3':
      return <Answer session={session} generation={tab} />
    case 'timeline':
      return <Timeline session={session} />
    case 'details':
      return (
        <div>
          <h2 class="hidden">{texts.value.sessions.tabs.details}</h2>
          <Details session={session} />
        </div>
      )
  }
}

function Side({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section class="session-side" aria-label={title} tabIndex={0}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}
