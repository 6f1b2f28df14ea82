import { Ago } from '../components/time.tsx'
import { excerptOf, nameOf, type SessionSummary } from '../model/sessions.ts'
import { keyOf } from '../model/sessions-merge.ts'
import { hrefOfSession, nameOfOrg, server } from '../organizations.ts'
import { shownOrg } from '../place.ts'
import { formatNumber, texts } from '../texts/index.ts'
import { acusText, StatusBadge } from './status.tsx'
import { isFresh } from './store.ts'

/** The number of tags on a card. */
const TAGS_MAX = 4

interface CardProps {
  readonly session: SessionSummary
  /** Whether the place of the card does not say the status. */
  readonly showsStatus: boolean
}

/** A session on the board. */
export function Card({ session, showsStatus }: CardProps) {
  const { sessions, common } = texts.value
  const { session_id: id, org_id: orgId, tags, created_at: created, pull_requests: pulls } = session
  const excerpt = excerptOf(session)
  return (
    <div class={`session-card card ${isFresh(keyOf(session)) ? 'fresh' : ''}`} data-session={id}>
      <a class="session-link" href={hrefOfSession(id, orgId)}>
        {nameOf(session) || sessions.untitled}
      </a>
      {excerpt !== '' && <p class="excerpt muted">{excerpt}</p>}
      {tags.length > 0 && (
        <p class="tags">
          {tags.slice(0, TAGS_MAX).map((tag) => (
            <span key={tag} class="badge">
              {tag}
            </span>
          ))}
          {tags.length > TAGS_MAX && <span class="muted">{common.more(tags.length - TAGS_MAX)}</span>}
        </p>
      )}
      <p class="facts muted">
        {showsStatus && <StatusBadge session={session} />}
        {!showsStatus && session.status === 'error' && <StatusBadge session={session} />}
        <Ago time={created} orgId={orgId} />
        {session.acus > 0 && <span>{sessions.acus(acusText(session, formatNumber))}</span>}
        {pulls.length > 0 && <span class="badge info">{sessions.pullMark(pulls.length)}</span>}
        {session.archived && <span>{sessions.archived}</span>}
        {shownOrg() === undefined && (server.value?.organizations.length ?? 0) > 1 && (
          <span class="org">{nameOfOrg(orgId)}</span>
        )}
      </p>
    </div>
  )
}
