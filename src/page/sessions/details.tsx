import type { ComponentChildren } from 'preact'
import type { ControlSessionFile, SessionDetail } from '../../schemas/control/sessions.ts'
import { Button, CopyButton } from '../components/button.tsx'
import { Ago } from '../components/time.tsx'
import { shortAddress } from '../model/sessions-texts.ts'
import { nameOfOrg } from '../organizations.ts'
import { hrefOf } from '../place.ts'
import { formatNumber, texts } from '../texts/index.ts'
import { downloadStored } from './download.ts'
import { acusText } from './status.tsx'
import { WebLink } from './web-text.tsx'

interface DetailsProps {
  readonly session: SessionDetail
}

/** What is known of a session beside its conversation. */
export function Details({ session }: DetailsProps) {
  return (
    <div class="details stack">
      <Facts session={session} />
      <Pulls session={session} />
      <Files session={session} />
    </div>
  )
}

function Facts({ session }: DetailsProps) {
  const { sessions, common } = texts.value
  const { session_id: id, org_id: orgId, tags } = session
  return (
    <dl>
      <Fact name={sessions.id}>
        <code>{id}</code>
        <CopyButton text={id} label={common.copyThis(sessions.id)} />
      </Fact>
      <Fact name="v1">
        <code>{session.status}</code> <code>{session.status_enum ?? 'null'}</code>
      </Fact>
      <Fact name="v3">
        <code>{session.v3_status}</code> <code>{session.v3_status_detail ?? ''}</code>
      </Fact>
      <Fact name={sessions.acuName}>{acusText(session, formatNumber)}</Fact>
      <Fact name={sessions.createdAt}>
        <Ago time={session.created_at} orgId={orgId} />
      </Fact>
      <Fact name={sessions.updatedAt}>
        <Ago time={session.updated_at} orgId={orgId} />
      </Fact>
      <Fact name={common.organization}>{nameOfOrg(orgId)}</Fact>
      <Fact name={sessions.origin}>
        <code>{session.origin}</code>
      </Fact>
      <Fact name={sessions.tags}>
        {tags.length === 0 && <span class="muted">{common.none}</span>}
        <span class="tags">
          {tags.map((tag) => (
            <a key={tag} class="badge" href={hrefOf(['sessions'], { tag })}>
              {tag}
            </a>
          ))}
        </span>
      </Fact>
      <Fact name={sessions.url}>
        <code>{String(session.v3.url ?? '')}</code>
      </Fact>
    </dl>
  )
}

function Pulls({ session: { pull_requests: pulls } }: DetailsProps) {
  const { sessions, common } = texts.value
  return (
    <section>
      <h3>{sessions.pulls}</h3>
      {pulls.length === 0 && <p class="muted">{common.none}</p>}
      <ul class="plain">
        {pulls.map(({ url, state }) => (
          <li key={url}>
            <span class={`badge ${state === 'merged' ? 'good' : state === 'open' ? 'info' : ''}`}>
              {sessions.pullStates[state]}
            </span>{' '}
            <WebLink url={url} text={shortAddress(url)} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Files({ session }: DetailsProps) {
  const { sessions, common } = texts.value
  const { files } = session
  return (
    <section>
      <h3>{sessions.files}</h3>
      {files.length === 0 && <p class="muted">{common.none}</p>}
      <ul class="plain">
        {files.map((file, index) => (
          <File key={file.attachment_id ?? file.url ?? index} file={file} session={session} />
        ))}
      </ul>
    </section>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

interface FileProps extends DetailsProps {
  readonly file: ControlSessionFile
}

function File({ file, session }: FileProps) {
  const { name, content_type: type, source, url, attachment_id: attachmentId } = file
  const { session_id: sessionId, org_id: orgId } = session
  return (
    <li>
      <span class="badge">{texts.value.sessions.from[source]}</span> {name} <span class="muted">{type}</span>
      {attachmentId !== null && (
        <Button
          look="quiet"
          aria-label={texts.value.sessions.downloadThis(name)}
          onClick={() => downloadStored({ sessionId, orgId, attachmentId, name })}
        >
          {texts.value.sessions.download}
        </Button>
      )}
      {url !== undefined && <WebLink url={url} />}
    </li>
  )
}
