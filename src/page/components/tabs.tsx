import type { Place } from '../model/addresses.ts'
import { hrefOf, place } from '../place.ts'

interface TabsProps {
  readonly label: string
  /** The path of the view, without the tab. */
  readonly base: readonly string[]
  readonly tabs: readonly (readonly [name: string, text: string])[]
  readonly current: string
  /** What the addresses have besides the organization. */
  readonly query?: Place['query']
}

/** Links to the parts of a view. Each part has its own address. */
export function Tabs({ label, base, tabs, current, query }: TabsProps) {
  // The addresses keep the organization.
  place.value
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(([name, text]) => (
        <a
          key={name}
          href={hrefOf([...base, name], query)}
          aria-current={name === current ? 'page' : undefined}
        >
          {text}
        </a>
      ))}
    </nav>
  )
}
