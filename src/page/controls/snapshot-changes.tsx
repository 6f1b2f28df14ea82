import { diffLines } from 'diff'
import { useEffect, useRef } from 'preact/hooks'
import type { KindDiff, SnapshotDiff } from '../../schemas/control/snapshots.ts'
import { Json } from '../components/json.tsx'
import { Loaded } from '../components/states.tsx'
import { control } from '../control.ts'
import { useLive } from '../live-data.ts'
import { isShort, linesOf, textOf, titleOf } from '../model/controls-diff.ts'
import { nameOfOrg } from '../organizations.ts'
import { hrefOf } from '../place.ts'
import { texts } from '../texts/index.ts'

interface ChangesProps {
  readonly name: string
  readonly orgId: string | undefined
}

/** The changes since a snapshot. They follow what happens. */
export default function SnapshotChanges({ name, orgId }: ChangesProps) {
  const { snapshots: words } = texts.value.controls
  const heading = useRef<HTMLHeadingElement>(null)
  const live = useLive(
    (signal) =>
      control<SnapshotDiff>(`/snapshots/${encodeURIComponent(name)}/diff`, {
        signal,
        query: { org_id: orgId },
      }),
    ({ kind }) => kind === 'record' || kind === 'snapshots' || kind === 'organizations',
    [name, orgId],
  )
  useEffect(() => {
    // Not when the page has just been opened.
    if (document.activeElement !== document.body) heading.current?.focus()
  }, [name])
  return (
    <section class="changes">
      <div class="row between section-head">
        <h2 ref={heading} tabIndex={-1}>
          {words.diffOf(name)}
        </h2>
        <a class="button quiet" href={hrefOf(['controls', 'snapshots'])}>
          {words.hide}
        </a>
      </div>
      <Loaded live={live}>
        {({ organizations }) =>
          organizations.length === 0 ? (
            <p class="card muted">{words.same}</p>
          ) : (
            organizations.map(({ org_id, records }) => (
              <div key={org_id} class="card stack">
                <h3>{nameOfOrg(org_id)}</h3>
                {Object.entries(records).map(([collection, diff]) => (
                  <Collection key={collection} name={collection} diff={diff} />
                ))}
              </div>
            ))
          )
        }
      </Loaded>
    </section>
  )
}

/** The most records of each sort that are shown. */
const SHOWN_MAX = 100

function Collection({ name, diff }: { readonly name: string; readonly diff: KindDiff }) {
  const { snapshots: words } = texts.value.controls
  const { added, removed, changed } = diff
  const hidden = [added, removed, changed].reduce(
    (sum, list) => sum + Math.max(0, list.length - SHOWN_MAX),
    0,
  )
  return (
    <div class="collection">
      <h4>
        {words.collection(name)}{' '}
        <small class="muted">{words.counts(added.length, removed.length, changed.length)}</small>
      </h4>
      <ul class="plain-list">
        {added.slice(0, SHOWN_MAX).map((record) => (
          <RecordItem key={`+${record.id}`} sign="+" record={record} />
        ))}
        {removed.slice(0, SHOWN_MAX).map((record) => (
          <RecordItem key={`-${record.id}`} sign="−" record={record} />
        ))}
        {changed.slice(0, SHOWN_MAX).map(({ id, changes }) => (
          <li key={id} class="changed">
            <Sign sign="~" text={words.changed} /> <code>{id}</code>
            <dl>
              {Object.entries(changes).map(([member, { before, after }]) => (
                <Change key={member} member={member} before={before} after={after} />
              ))}
            </dl>
          </li>
        ))}
      </ul>
      {hidden > 0 && <p class="muted">{words.more(hidden)}</p>}
    </div>
  )
}

function Sign({ sign, text }: { readonly sign: string; readonly text: string }) {
  return (
    <span class="sign">
      <span aria-hidden="true">{sign}</span>
      <span class="hidden">{text}</span>
    </span>
  )
}

interface RecordItemProps {
  readonly sign: '+' | '−'
  readonly record: Readonly<Record<string, unknown>>
}

function RecordItem({ sign, record }: RecordItemProps) {
  const { snapshots: words } = texts.value.controls
  const title = titleOf(record)
  return (
    <li class={sign === '+' ? 'added' : 'removed'}>
      <details>
        <summary>
          <Sign sign={sign} text={sign === '+' ? words.added : words.removed} /> {title}
        </summary>
        <Json value={record} label={title} />
      </details>
    </li>
  )
}

interface ChangeProps {
  readonly member: string
  readonly before: unknown
  readonly after: unknown
}

function Change({ member, before, after }: ChangeProps) {
  const { snapshots: words } = texts.value.controls
  return (
    <div>
      <dt>{member}</dt>
      {isShort(before, after) ? (
        <dd>
          <span class="hidden">{words.before} </span>
          <del>{textOf(before) || '–'}</del> <span aria-hidden="true">→</span>{' '}
          <span class="hidden">{words.after} </span>
          <ins>{textOf(after) || '–'}</ins>
        </dd>
      ) : (
        <dd>
          <LineDiff before={textOf(before)} after={textOf(after)} />
        </dd>
      )}
    </div>
  )
}

/** How long a comparison may take, in milliseconds. After that, everything counts as changed. */
const COMPARED_MS = 100

function LineDiff({ before, after }: { readonly before: string; readonly after: string }) {
  const { snapshots: words } = texts.value.controls
  const pieces = diffLines(before, after, { timeout: COMPARED_MS, ignoreNewlineAtEof: true }) ?? [
    { value: before, removed: true },
    { value: after, added: true },
  ]
  return (
    <pre class="lines">
      {linesOf(pieces).map((line, index) =>
        line.sign === '…' ? (
          <span key={index} class="muted">
            … {words.unchanged(line.count)}
          </span>
        ) : line.sign === '+' ? (
          <ins key={index}>+ {line.text}</ins>
        ) : line.sign === '-' ? (
          <del key={index}>- {line.text}</del>
        ) : (
          <span key={index}>{`  ${line.text}`}</span>
        ),
      )}
    </pre>
  )
}
