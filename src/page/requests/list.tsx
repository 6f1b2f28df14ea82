import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { VirtualList } from '../components/virtual-list.tsx'
import { type RequestRow, toneOf, withShortIds } from '../model/requests-row.ts'
import { nameOfOrg } from '../organizations.ts'
import { hrefOf, shownOrg } from '../place.ts'
import { formatClock, formatNumber, formatTime, texts } from '../texts/index.ts'

interface ListProps {
  readonly rows: readonly RequestRow[]
  readonly selected: number | undefined
  /** The query of the addresses. */
  readonly query: Readonly<Record<string, string>>
  /** Whether the selected request is to be focused as soon as it is there. */
  readonly wantsFocus: RefObject<boolean>
}

/** The requests, newest first. */
export function RequestList({ rows, selected, query, wantsFocus }: ListProps) {
  return (
    <VirtualList
      class="requests-list"
      label={texts.value.requests.list}
      items={rows}
      keyOf={({ id }) => id}
      estimate={35}
      revealed={selected}
      render={(row) => (
        <Row
          row={row}
          href={hrefOf(['requests', String(row.id)], query)}
          isSelected={row.id === selected}
          wantsFocus={wantsFocus}
        />
      )}
    />
  )
}

interface RowProps {
  readonly row: RequestRow
  readonly href: string
  readonly isSelected: boolean
  readonly wantsFocus: RefObject<boolean>
}

/** Only the list and the selected request are stops of the Tab key: there may be 100,000 requests before the next one. */
function Row({ row, href, isSelected, wantsFocus }: RowProps) {
  const { requests } = texts.value
  const { time, method, path, query, status, milliseconds, fault, unread, orgId } = row
  const link = useRef<HTMLAnchorElement>(null)
  useLayoutEffect(() => {
    if (!isSelected || !wantsFocus.current) return
    wantsFocus.current = false
    link.current?.focus({ preventScroll: true })
  }, [isSelected])
  const target = (query === '' ? path : `${path}?${query}`).slice(0, 1_000)
  return (
    <a
      ref={link}
      class="request"
      href={href}
      tabIndex={isSelected ? 0 : -1}
      aria-current={isSelected ? 'true' : undefined}
    >
      <time dateTime={time} title={formatTime(time)}>
        {formatClock(time)}
      </time>
      <span class="method">{method}</span>
      <span class="target" title={target}>
        {withShortIds(target)}
      </span>
      {shownOrg() === undefined && (
        <span class="org">{orgId === null ? requests.noOrganization : nameOfOrg(orgId)}</span>
      )}
      <span class="marks">
        {fault !== undefined && <span class="badge bad">{requests.fault}</span>}
        {unread > 0 && <span class="badge warn">{requests.unread(unread)}</span>}
        <StatusBadge status={status} />
      </span>
      <span class="duration">{requests.milliseconds(formatNumber(milliseconds))}</span>
    </a>
  )
}

/** The status of an answer. */
export function StatusBadge({ status }: { readonly status: number | null }) {
  return <span class={`badge ${toneOf(status)}`}>{status ?? texts.value.requests.noAnswer}</span>
}
