import { type Actor, pathOfRecord, type StateRecord } from '../model/state-items.ts'
import { hrefOf } from '../place.ts'
import { texts } from '../texts/index.ts'
import { Collection } from './collection.tsx'
import type { DetailProps, Kind } from './kind.ts'
import { commonFacts, Facts, nameOf } from './parts.tsx'

interface Entry extends StateRecord {
  readonly id: string
  readonly action: string
  readonly actor: Actor | null
  readonly subject_id: string
}

/** The audit log: what was done through the API, newest first. */
export function AuditLog({ path: [id] }: { readonly path: readonly string[] }) {
  const { state } = texts.value
  const kind: Kind<Entry> = {
    path: ['state', 'audit'],
    collection: 'audit_logs',
    // Entries have no events of their own: each tells of a record that was written.
    followsAll: true,
    shape: (record) => record as Entry,
    summary: ({ record: { action, actor, subject_id: subject } }) => ({
      title: action,
      note: subject,
      marks: <span class="actor">{nameOf(actor)}</span>,
    }),
    Detail,
    isOfEnterprise: true,
    empty: state.audit.empty,
    label: state.tabs.audit,
  }
  return <Collection kind={kind} id={id} />
}

function Detail({ item }: DetailProps<Entry>) {
  const { audit } = texts.value.state
  const { action, actor, subject_id: subject } = item.record
  const path = pathOfRecord(subject)
  return (
    <Facts
      facts={[
        [audit.action, action],
        [audit.actor, nameOf(actor)],
        [
          audit.subject,
          path === undefined ? (
            subject
          ) : (
            <a key="subject" href={hrefOf(path)}>
              {subject}
            </a>
          ),
        ],
        ...commonFacts(item),
      ]}
    />
  )
}
