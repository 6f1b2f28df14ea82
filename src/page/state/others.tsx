import { Select } from '../components/fields.tsx'
import { bytesOf, type StateRecord, titleOf } from '../model/state-items.ts'
import { server } from '../organizations.ts'
import { goTo } from '../place.ts'
import { texts } from '../texts/index.ts'
import { Collection } from './collection.tsx'
import type { DetailProps, Kind } from './kind.ts'
import { commonFacts, Facts } from './parts.tsx'

/** The other lists of state documents. */
const COLLECTIONS = [
  'sessions',
  'folders',
  'users',
  'service_users',
  'api_keys',
  'idp_groups',
  'settings',
  'automations',
  'git_connections',
  'git_permissions',
  'repository_indexes',
  'blueprints',
  'builds',
  'pr_reviews',
  'code_scan_profiles',
  'code_scans',
  'code_scan_findings',
] as const

/** With more sessions than this, they are too much to be read after each change. */
const SESSIONS_MAX = 1_000

/** Everything else in the state, to look at. */
export function Others({ path: [given = COLLECTIONS[0], id] }: { readonly path: readonly string[] }) {
  const { state, shell } = texts.value
  const collection = COLLECTIONS.find((one) => one === given)
  if (collection === undefined) return <p>{shell.notFound}</p>
  const sessions = server.value?.organizations.reduce((sum, one) => sum + one.sessions, 0) ?? 0
  const kind: Kind<StateRecord> = {
    path: ['state', 'others', collection],
    collection,
    isStill: collection === 'sessions' && sessions > SESSIONS_MAX,
    shape: collection === 'blueprints' ? withoutContents : (record) => record,
    summary: ({ id, record }) => ({ title: titleOf(record) || id, note: record.id }),
    Detail,
    isRaw: true,
    isOfEnterprise: true,
    empty: state.others.empty,
    label: state.others.names[collection],
    before: (
      <Select
        label={state.others.collection}
        value={collection}
        options={COLLECTIONS.map((one) => [one, state.others.names[one]])}
        onChange={(name) => goTo(['state', 'others', name])}
      />
    ),
  }
  return <Collection key={collection} kind={kind} id={id} />
}

function Detail({ item }: DetailProps<StateRecord>) {
  return <Facts facts={commonFacts(item)} />
}

/** Files of a blueprint have their size in place of their contents. */
function withoutContents(record: StateRecord): StateRecord {
  const text = JSON.stringify(record, (name, value) =>
    name === 'base64' && typeof value === 'string' ? `… ${bytesOf(value)} B` : value,
  )
  return JSON.parse(text) as StateRecord
}
