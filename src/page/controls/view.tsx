import type { ComponentType } from 'preact'
import { lazy } from '../components/lazy.tsx'
import { Tabs } from '../components/tabs.tsx'
import { nameOfOrg } from '../organizations.ts'
import { shownOrg } from '../place.ts'
import { texts } from '../texts/index.ts'

/** The tabs. Each is loaded when it is first shown, and gets the rest of the path. */
const TABS = {
  clock: lazy(() => import('./clock.tsx')),
  faults: lazy(() => import('./faults.tsx')),
  scenarios: lazy(() => import('./scenarios.tsx')),
  snapshots: lazy(() => import('./snapshots.tsx')),
  organizations: lazy(() => import('./organizations.tsx')),
} as const satisfies Readonly<Record<string, ComponentType<{ path: readonly string[] }>>>

type TabName = keyof typeof TABS

const NAMES = Object.keys(TABS) as TabName[]

/** The view of controls. */
export default function View({ path }: { readonly path: readonly string[] }) {
  const { controls, shell } = texts.value
  const [given = 'clock', ...rest] = path
  const name = NAMES.find((one) => one === given)
  const org = shownOrg()
  const Tab = name === undefined ? undefined : TABS[name]
  return (
    <>
      <h1>{controls.title}</h1>
      <Tabs
        label={controls.title}
        base={['controls']}
        current={given}
        tabs={NAMES.map((one) => [one, controls.tabs[one]])}
      />
      {name !== undefined && name !== 'organizations' && (
        <p class="muted scope">{org === undefined ? controls.ofAll : controls.ofOne(nameOfOrg(org))}</p>
      )}
      {Tab === undefined ? <p>{shell.notFound}</p> : <Tab key={`${name} ${org ?? ''}`} path={rest} />}
    </>
  )
}
