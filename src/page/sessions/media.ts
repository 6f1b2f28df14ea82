import { type Signal, signal } from '@preact/signals'

/** Whether the page is as narrow as a phone. */
export const isNarrow = media('(max-width: 720px)')

/** Whether there is room for three columns. */
export const isWide = media('(min-width: 1080px)')

function media(query: string): Signal<boolean> {
  const list = matchMedia(query)
  const matches = signal(list.matches)
  list.addEventListener('change', () => {
    matches.value = list.matches
  })
  return matches
}
