import { useEffect, useId, useRef } from 'preact/hooks'
import type { RequestEntry } from '../../schemas/control/journal.ts'
import type { Requests } from '../../schemas/control/requests.ts'
import { Button } from '../components/button.tsx'
import { Loaded } from '../components/states.tsx'
import { control } from '../control.ts'
import { type LiveData, useLive } from '../live-data.ts'
import { sessionOf } from '../model/requests-path.ts'
import { hrefOfSession, nameOfOrg } from '../organizations.ts'
import { hrefOf, shownOrg } from '../place.ts'
import { formatNumber, formatTime, texts } from '../texts/index.ts'
import { Actions } from './actions.tsx'
import { Answer, Request } from './exchange.tsx'
import { StatusBadge } from './list.tsx'
import { Verify } from './verify.tsx'
import { WhatWentWrong } from './what-went-wrong.tsx'

interface DetailProps {
  /** Undefined if the address has none. */
  readonly id: number | undefined
  readonly newer: number | undefined
  readonly older: number | undefined
  readonly onSelect: (id: number) => void
  readonly onClose: () => void
}

/** A request beside its answer. */
export function Detail({ id, newer, older, onSelect, onClose }: DetailProps) {
  const { requests, common } = texts.value
  const heading = useId()
  const section = useRef<HTMLElement>(null)
  const live = useEntry(id)
  useEffect(() => {
    // Below the list, it may be out of sight.
    section.current?.scrollIntoView({ block: 'nearest' })
    if (section.current !== null) section.current.scrollTop = 0
  }, [id])
  return (
    <section ref={section} class="request-detail" aria-labelledby={heading}>
      <div class="request-head">
        <h2 id={heading}>
          {requests.request} <span class="muted">#{id}</span>
        </h2>
        <Step label={requests.previous} sign="↑" to={newer} onSelect={onSelect} />
        <Step label={requests.next} sign="↓" to={older} onSelect={onSelect} />
        <Button look="quiet" aria-label={common.close} title={common.close} onClick={onClose}>
          ×
        </Button>
      </div>
      <Loaded live={live}>
        {(entry) =>
          entry === null ? <p class="muted">{requests.gone}</p> : <Entry key={id} entry={entry} />
        }
      </Loaded>
    </section>
  )
}

/** Reads a request again when it may have been removed. Null if the journal does not have it. */
function useEntry(id: number | undefined): LiveData<RequestEntry | null> {
  const org = shownOrg()
  return useLive(
    async (signal) => {
      if (id === undefined) return null
      const query = { org_id: org, since: id - 1, before: id + 1 }
      return (await control<Requests>('/requests', { query, signal })).requests[0] ?? null
    },
    ({ kind }) => kind === 'journal',
    [id, org],
  )
}

interface StepProps {
  readonly label: string
  readonly sign: string
  readonly to: number | undefined
  readonly onSelect: (id: number) => void
}

/** Without a request there, the button stays, and keeps the focus. */
function Step({ label, sign, to, onSelect }: StepProps) {
  return (
    <Button
      look="quiet"
      aria-label={label}
      title={label}
      aria-disabled={to === undefined}
      onClick={() => to !== undefined && onSelect(to)}
    >
      {sign}
    </Button>
  )
}

function Entry({ entry }: { readonly entry: RequestEntry }) {
  const { requests } = texts.value
  const target = entry.query.raw === '' ? entry.path : `${entry.path}?${entry.query.raw}`
  return (
    <div class="stack">
      <p class="request-line">
        <strong class="method">{entry.method}</strong> <code>{target.slice(0, 2_000)}</code>{' '}
        <StatusBadge status={entry.status} />
      </p>
      <Facts entry={entry} />
      <Actions entry={entry} />
      <WhatWentWrong entry={entry} />
      {entry.unread_fields.length > 0 && (
        <div class="request-note">
          <h3>{requests.unreadTitle}</h3>
          <p class="muted">{requests.unreadHint}</p>
          <ul class="request-fields">
            {entry.unread_fields.map((field) => (
              <li key={field}>
                <code>{field}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
      <div class="request-sides">
        <Request entry={entry} />
        <Answer entry={entry} />
      </div>
      <Verify entry={entry} />
    </div>
  )
}

function Facts({ entry }: { readonly entry: RequestEntry }) {
  const { requests, common } = texts.value
  const { time, duration_ms: milliseconds, route, org_id: orgId, fault } = entry
  const session = sessionOf(entry)
  return (
    <dl class="request-facts">
      <Fact name={requests.time}>
        <time dateTime={time} title={time}>
          {formatTime(time)}
        </time>
      </Fact>
      <Fact name={requests.duration}>{requests.milliseconds(formatNumber(milliseconds))}</Fact>
      <Fact name={requests.route}>{route === null ? requests.noRoute : <code>{route}</code>}</Fact>
      <Fact name={common.organization}>{orgId === null ? requests.noOrganization : nameOfOrg(orgId)}</Fact>
      {fault !== undefined && (
        <Fact name={requests.struckBy}>
          <a href={hrefOf(['controls', 'faults'])}>{fault}</a>
        </Fact>
      )}
      {session !== undefined && (
        <Fact name={requests.session}>
          <a href={hrefOfSession(session, orgId)}>{requests.openSession}</a>
        </Fact>
      )}
    </dl>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
