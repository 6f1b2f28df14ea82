import { signal } from '@preact/signals'
import { hashOf, type Place, placeOf } from './model/addresses.ts'

/** What the page shows, as its address says. */
export const place = signal<Place>(placeOf(location.hash))

addEventListener('hashchange', () => {
  place.value = placeOf(location.hash)
})

/** The organization to show; undefined for all. */
export function shownOrg(): string | undefined {
  return place.value.query.org
}

/** Returns the address of a path on this page. The organization stays selected; other members of the query do not. */
export function hrefOf(path: readonly string[], query: Place['query'] = {}): string {
  const { org = '' } = place.value.query
  return hashOf({ path, query: { org, ...query } })
}

/** Shows another place. */
export function goTo(path: readonly string[], query?: Place['query']): void {
  location.hash = hrefOf(path, query)
}

/** Changes members of the query, without a new entry in the browser's history. An empty text removes a member. */
export function setQuery(changes: Place['query']): void {
  // Not `place`, which is behind the address until the event of a click on a link: the click would be undone.
  const { path, query } = placeOf(location.hash)
  history.replaceState(null, '', hashOf({ path, query: { ...query, ...changes } }))
  place.value = placeOf(location.hash)
}
