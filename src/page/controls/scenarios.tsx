import type { Rules } from '../../schemas/control/scenarios.ts'
import { Field } from '../components/fields.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { control } from '../control.ts'
import { useLive } from '../live-data.ts'
import { place, setQuery, shownOrg } from '../place.ts'
import { texts } from '../texts/index.ts'
import { RulesInForce } from './rules.tsx'
import { ScenarioCard } from './scenario-card.tsx'

/** The tab of scenarios. The path may name a built-in one. */
export default function ScenariosTab({ path: [chosen] }: { readonly path: readonly string[] }) {
  const org = shownOrg()
  const live = useLive(
    (signal) => control<Rules>('/scenarios', { signal, query: { org_id: org } }),
    ({ kind }) => kind === 'scenarios',
    [org],
  )
  return (
    <Loaded live={live}>
      {({ rules, built_in: builtIn }) => (
        <div class="stack sections">
          <RulesInForce rules={rules} names={Object.keys(builtIn)} />
          <BuiltIn scenarios={builtIn} chosen={chosen} />
        </div>
      )}
    </Loaded>
  )
}

interface BuiltInProps {
  readonly scenarios: Rules['built_in']
  readonly chosen: string | undefined
}

function BuiltIn({ scenarios, chosen }: BuiltInProps) {
  const { scenarios: words } = texts.value.controls
  const { find = '' } = place.value.query
  const purposes: Readonly<Record<string, string>> = words.purposes
  const found = Object.entries(scenarios).filter(([name]) =>
    `${name} ${purposes[name] ?? ''}`.toLowerCase().includes(find.toLowerCase()),
  )
  return (
    <section>
      <div class="row between section-head">
        <div>
          <h2>{words.builtIn}</h2>
          <p class="muted">{words.builtInHint}</p>
        </div>
        <Field type="search" label={words.find} value={find} onInput={(text) => setQuery({ find: text })} />
      </div>
      {found.length === 0 && <Empty title={words.noneFound} />}
      <ul class="card-grid wide">
        {found.map(([name, scenario]) => (
          <ScenarioCard
            key={name}
            name={name}
            scenario={scenario}
            purpose={purposes[name]}
            isChosen={name === chosen}
          />
        ))}
      </ul>
    </section>
  )
}
