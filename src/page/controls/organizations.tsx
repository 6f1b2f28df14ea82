import { useSignal } from '@preact/signals'
import { Button, Command } from '../components/button.tsx'
import { Field } from '../components/fields.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { control } from '../control.ts'
import { useLive } from '../live-data.ts'
import { clientSettings } from '../model/controls-commands.ts'
import { type ServerSummary, targetOrg } from '../organizations.ts'
import { place, setQuery } from '../place.ts'
import { texts } from '../texts/index.ts'
import { KeepFocus } from './keep-focus.tsx'
import { NewOrganizationButton } from './new-organization.tsx'
import { OrganizationItem } from './organization-item.tsx'

/** The tab of organizations. */
export default function OrganizationsTab() {
  const { organizations: words } = texts.value.controls
  const isRevealed = useSignal(false)
  const reveal = isRevealed.value
  const live = useLive(
    (signal) => control<ServerSummary>('/organizations', { signal, query: { reveal } }),
    (event) =>
      event.kind === 'organizations' ||
      event.kind === 'keys' ||
      (event.kind === 'record' && event.collection === 'sessions' && event.action !== 'updated'),
    [reveal],
  )
  return (
    <div class="stack sections">
      <KeepFocus label={words.list}>
        <div class="row between section-head">
          <h2>{words.list}</h2>
          <div class="row">
            <Button
              aria-pressed={reveal}
              onClick={() => {
                isRevealed.value = !reveal
              }}
            >
              {reveal ? words.hideKeys : words.showKeys}
            </Button>
            <NewOrganizationButton />
          </div>
        </div>
        <Loaded live={live}>
          {({ organizations, strict_keys: isStrict }) => (
            <>
              <p class="muted">{isStrict ? words.strict : words.open}</p>
              <OrganizationList organizations={organizations} />
              <Pointing organizations={organizations} isStrict={isStrict} />
            </>
          )}
        </Loaded>
      </KeepFocus>
    </div>
  )
}

/** With more organizations than this, they can be filtered. */
const FILTERED_MIN = 10

/** The most organizations that are shown. The others are found by the filter. */
const SHOWN_MAX = 100

function OrganizationList({ organizations }: Pick<ServerSummary, 'organizations'>) {
  const { controls, common } = texts.value
  const { organizations: words } = controls
  const { find = '' } = place.value.query
  const found = organizations.filter(({ name, org_id }) =>
    `${name} ${org_id}`.toLowerCase().includes(find.toLowerCase()),
  )
  return (
    <>
      {organizations.length > FILTERED_MIN && (
        <Field type="search" label={words.find} value={find} onInput={(text) => setQuery({ find: text })} />
      )}
      {found.length === 0 && <Empty title={words.noneFound} />}
      <ul class="plain-list stack organizations">
        {found.slice(0, SHOWN_MAX).map((organization) => (
          <OrganizationItem key={organization.org_id} organization={organization} />
        ))}
      </ul>
      {found.length > SHOWN_MAX && <p class="muted">{common.more(found.length - SHOWN_MAX)}</p>}
    </>
  )
}

interface PointingProps {
  readonly organizations: ServerSummary['organizations']
  readonly isStrict: boolean
}

/** How a client is pointed here. A key is named only if it is shown above, or open to all. */
function Pointing({ organizations, isStrict }: PointingProps) {
  const { organizations: words } = texts.value.controls
  const orgId = targetOrg()
  const { keys } = organizations.find(({ org_id }) => org_id === orgId) ?? {}
  const key = keys?.v3[0] ?? (isStrict ? '…' : 'cog_demo')
  return (
    <section class="card stack pointing">
      <h3>{words.point}</h3>
      <p>{words.pointHint}</p>
      <Command text={location.origin} />
      <p>{words.pointShell}</p>
      <Command text={clientSettings(location.origin, orgId, key)} />
      <p>
        <a href="/_fake/docs">{words.api}</a>
      </p>
    </section>
  )
}
