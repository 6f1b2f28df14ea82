import { useEffect, useRef } from 'preact/hooks'

/** The ids of the headings that get the focus. */
export const HEADINGS = { view: 'state-heading', item: 'state-item' } as const

/** Chooses the element that gets the focus when the focused one is removed. */
export interface Focus {
  /** Gives the focus to the next item that is shown. Without one, to the row of the list with an id, or the heading of the view. */
  expect(row?: string): void
  forget(): void
  isExpected(): boolean
}

/** Moves the focus to the heading of the item that is shown next, or to that of the view, when it is expected there. */
export function useFocus(id: string | undefined, isShown: boolean): Focus {
  const expected = useRef<string | undefined>(undefined)
  useEffect(() => {
    const row = expected.current
    if (row === undefined || (id !== undefined && !isShown)) return
    expected.current = undefined
    const heading = document.getElementById(id === undefined ? HEADINGS.view : HEADINGS.item)
    const target = id === undefined ? (document.getElementById(row) ?? heading) : heading
    target?.focus()
  }, [id, isShown])
  useNarrow(id)
  return {
    expect: (row = '') => {
      expected.current = row
    },
    forget: () => {
      expected.current = undefined
    },
    isExpected: () => expected.current !== undefined,
  }
}

/** Where an item replaces the list, or goes away with the focus, its heading or that of the view gets the focus. */
function useNarrow(id: string | undefined): void {
  const before = useRef(id)
  useEffect(() => {
    if (before.current === id) return
    before.current = id
    const { activeElement: active } = document
    if (active !== null && active !== document.body && active.checkVisibility()) return
    document.getElementById(id === undefined ? HEADINGS.view : HEADINGS.item)?.focus()
  }, [id])
}
