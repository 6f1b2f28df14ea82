import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { SessionDetail, TimelineItem } from '../../schemas/control/sessions.ts'
import { Ago } from '../components/time.tsx'
import { shortAddress } from '../model/sessions-texts.ts'
import { partsOf, type TimelinePart } from '../model/sessions-timeline.ts'
import { formatNumber, texts } from '../texts/index.ts'
import { WebLink } from './web-text.tsx'

/** The longest text of an item, in characters. */
const TEXT_MAX = 160

/** What has happened in a session, and what will. */
export function Timeline({ session }: { readonly session: SessionDetail }) {
  const { sessions } = texts.value
  const { timeline, timeline_cut: isCut, scenario, org_id: orgId } = session
  const past = timeline.filter(({ is_past }) => is_past)
  const coming = timeline.filter(({ is_past }) => !is_past)
  const now = useNowInView(past.length)
  return (
    <div class="timeline">
      <p class="muted">
        {sessions.scenario}: <code>{scenario ?? sessions.inlineScenario}</code>
      </p>
      {isCut && <p class="muted">{sessions.timelineCut}</p>}
      <ol>
        {past.map((item, index) => (
          <Item key={index} item={item} orgId={orgId} sessionId={session.session_id} />
        ))}
        <li ref={now} class="now" aria-current="time">
          <span>{sessions.now}</span>
        </li>
        {coming.map((item, index) => (
          <Item key={index} item={item} orgId={orgId} sessionId={session.session_id} />
        ))}
      </ol>
      {coming.length === 0 && (
        <p class="muted">{session.has_ended ? sessions.ended : sessions.nothingComes}</p>
      )}
    </div>
  )
}

/** Keeps the mark of the present in view, unless the reader has scrolled it away. */
function useNowInView(count: number) {
  const mark = useRef<HTMLLIElement>(null)
  const isSeen = useRef(true)
  useLayoutEffect(() => {
    const side = mark.current?.closest('.session-side')
    if (!isSeen.current || !mark.current || !side) return
    const below = mark.current.getBoundingClientRect().bottom - side.getBoundingClientRect().bottom
    // What comes next is shown, too.
    if (below > 0) side.scrollTop += below + side.clientHeight / 3
  }, [count])
  useEffect(() => {
    const side = mark.current?.closest('.session-side')
    const note = () => {
      const { top = 0, bottom = 0 } = mark.current?.getBoundingClientRect() ?? {}
      const view = side?.getBoundingClientRect()
      isSeen.current = view !== undefined && bottom > view.top && top < view.bottom
    }
    side?.addEventListener('scroll', note)
    return () => side?.removeEventListener('scroll', note)
  }, [])
  return mark
}

interface ItemProps {
  readonly item: TimelineItem
  readonly orgId: string
  readonly sessionId: string
}

function Item({ item, orgId, sessionId }: ItemProps) {
  const { sessions } = texts.value
  const { at, kind, is_past: isPast, waits_for_reads: reads } = item
  const parts = partsOf(item, sessionId)
  return (
    <li class={`${isPast ? 'past' : 'coming'} ${kind}`}>
      <div class="when muted">
        {sessions.kinds[kind]}
        {kind !== 'created' && kind !== 'message' && !isPast && ` (${sessions.coming})`} ·{' '}
        {at === null ? sessions.waitsForReads(reads ?? 1) : <Ago time={at} orgId={orgId} />}
      </div>
      {parts.map((part, index) => (
        <Part key={index} part={part} />
      ))}
    </li>
  )
}

function Part({ part }: { readonly part: TimelinePart }) {
  const { sessions } = texts.value
  switch (part.kind) {
    case 'message':
      return (
        <p class="said">{part.text.length > TEXT_MAX ? `${part.text.slice(0, TEXT_MAX)}…` : part.text}</p>
      )
    case 'status':
    case 'detail':
      return <span class="badge">{part.text}</span>
    case 'pull':
      return (
        <p>
          <span class="badge">{sessions.pullStates[part.state as 'open'] ?? part.state}</span>{' '}
          <WebLink url={part.text} text={shortAddress(part.text)} />
        </p>
      )
    case 'output':
      return (
        <p>
          {sessions.output}: <code>{part.text}</code>
        </p>
      )
    case 'acus':
      return <span class="badge">{sessions.acus(formatNumber(part.count))}</span>
    case 'title':
      return (
        <p>
          {sessions.titleField}: {part.text}
        </p>
      )
    case 'category':
      return (
        <p>
          {sessions.category}: {part.text}
        </p>
      )
    case 'file':
      return (
        <p>
          {sessions.file}: {part.text}
        </p>
      )
  }
}
