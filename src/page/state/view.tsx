import type { ComponentType } from 'preact'
import { Tabs } from '../components/tabs.tsx'
import { shownOrg } from '../place.ts'
import { texts } from '../texts/index.ts'
import { Attachments } from './attachments.tsx'
import { AuditLog } from './audit-log.tsx'
import { HEADINGS } from './focus.ts'
import { Knowledge } from './knowledge.tsx'
import { Others } from './others.tsx'
import { Playbooks } from './playbooks.tsx'
import { Schedules } from './schedules.tsx'
import { Secrets } from './secrets.tsx'

/** The tabs by their names in addresses. Each gets the rest of the path. */
const TABS = {
  secrets: Secrets,
  knowledge: Knowledge,
  playbooks: Playbooks,
  schedules: Schedules,
  attachments: Attachments,
  audit: AuditLog,
  others: Others,
} as const satisfies Readonly<Record<string, ComponentType<{ path: readonly string[] }>>>

type TabName = keyof typeof TABS

const NAMES = Object.keys(TABS) as TabName[]

/** The view of state. */
export default function View({ path }: { readonly path: readonly string[] }) {
  const { state, shell } = texts.value
  const [given = 'secrets', ...rest] = path
  const name = NAMES.find((one) => one === given)
  const Tab = name === undefined ? undefined : TABS[name]
  return (
    <div class="state">
      <h1 id={HEADINGS.view} tabIndex={-1}>
        {state.title}
      </h1>
      <Tabs
        label={state.title}
        base={['state']}
        current={given}
        tabs={NAMES.map((one) => [one, state.tabs[one]])}
      />
      {Tab === undefined ? <p>{shell.notFound}</p> : <Tab key={`${name} ${shownOrg() ?? ''}`} path={rest} />}
    </div>
  )
}
