import type { RequestEntry } from '../../schemas/control/journal.ts'
import { CopyButton } from '../components/button.tsx'
import { Json } from '../components/json.tsx'
import { isNotKept } from '../model/curl.ts'
import { formatNumber, texts } from '../texts/index.ts'

/** The longest text that is shown whole, in characters. Longer ones would keep the browser busy. */
const SHOWN_MAX = 50_000

/** What the client sent. */
export function Request({ entry }: { readonly entry: RequestEntry }) {
  const { requests } = texts.value
  return (
    <section class="request-side">
      <h3>{requests.request}</h3>
      {entry.query.pairs.length > 0 && (
        <Pairs title={requests.query} pairs={entry.query.pairs as [string, string][]} />
      )}
      <Body
        value={'body' in entry ? entry.body : undefined}
        bytes={entry.body_bytes}
        label={`${requests.request}: ${requests.body}`}
      />
      <Pairs title={requests.headers} pairs={Object.entries(entry.headers)} />
    </section>
  )
}

/** What the fake answered. */
export function Answer({ entry }: { readonly entry: RequestEntry }) {
  const { requests } = texts.value
  const { status, response_body: body, response_headers: headers } = entry
  return (
    <section class="request-side">
      <h3>{requests.answer}</h3>
      {status === null ? (
        <p class="muted">{requests.noAnswer}</p>
      ) : (
        <>
          <Body value={body} bytes={0} label={`${requests.answer}: ${requests.body}`} />
          <Pairs title={requests.headers} pairs={Object.entries(headers)} />
        </>
      )}
    </section>
  )
}

function Pairs({
  title,
  pairs,
}: {
  readonly title: string
  readonly pairs: readonly (readonly [string, string])[]
}) {
  const { requests } = texts.value
  if (pairs.length === 0) return null
  return (
    <table class="request-pairs">
      <caption>{title}</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">{requests.name}</th>
          <th scope="col">{requests.value}</th>
        </tr>
      </thead>
      <tbody>
        {pairs.map(([name, value], index) => (
          <tr key={index}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface BodyProps {
  readonly value: unknown
  /** How many bytes there were; null if that is unknown. */
  readonly bytes: number | null
  readonly label: string
}

/** A body: JSON, or a text. */
export function Body({ value, bytes, label }: BodyProps) {
  const { requests, common } = texts.value
  if (value === undefined) {
    return <p class="muted">{bytes === 0 ? requests.noBody : requests.notShown(sizeText(bytes))}</p>
  }
  if (isNotKept(value)) return <p class="muted">{value as string}</p>
  const isText = typeof value === 'string'
  const text = isText ? value : JSON.stringify(value, null, 2)
  if (!isText && text.length <= SHOWN_MAX) return <Json value={value} label={label} />
  const isCut = text.length > SHOWN_MAX
  return (
    <>
      {isCut && <p class="muted">{requests.cutBody(SHOWN_MAX, text.length)}</p>}
      <figure class="json" aria-label={label}>
        <CopyButton text={text} label={common.copyThis(label)} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
        <pre tabIndex={0}>{isCut ? `${text.slice(0, SHOWN_MAX)}…` : text}</pre>
      </figure>
    </>
  )
}

function sizeText(bytes: number | null): string {
  return bytes === null ? '?' : formatNumber(bytes)
}
