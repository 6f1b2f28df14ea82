import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core'
import type { ComponentChildren, RefObject } from 'preact'
import { useLayoutEffect, useMemo, useReducer, useRef } from 'preact/hooks'
import { hashOf } from '../model/addresses.ts'
import { place } from '../place.ts'

interface VirtualListProps<Item> {
  readonly items: readonly Item[]
  readonly keyOf: (item: Item) => string | number
  /** The expected height of an item, in pixels. Real heights are measured. */
  readonly estimate: number
  readonly label: string
  readonly render: (item: Item, index: number) => ComponentChildren
  /** A class for the element that scrolls, which must have a height. */
  readonly class?: string
  /** The key of an item to scroll to whenever this changes, unless it is in view. */
  readonly revealed?: string | number | undefined
}

/** The first item in view of each list that was left, by the address and the label of the list. */
const left = new Map<string, string | number>()

/** A list that renders only the items in view. New items above do not move the view, and a return to the list restores it. */
export function VirtualList<Item>({
  items,
  keyOf,
  estimate,
  label,
  render,
  class: name,
  revealed,
}: VirtualListProps<Item>) {
  const scroller = useRef<HTMLUListElement>(null)
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const given = {
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimate,
    getItemKey: (index: number) => keyOf(items[index] as Item),
    overscan: 8,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => redraw(undefined),
  }
  const virtualizer = useMemo(() => new Virtualizer<HTMLUListElement, HTMLLIElement>(given), [])
  virtualizer.setOptions({ ...virtualizer.options, ...given })
  useLayoutEffect(() => virtualizer._didMount(), [])
  useLayoutEffect(() => virtualizer._willUpdate())
  const top = useStableView(virtualizer, items, keyOf)
  const reveal = (key: string | number | undefined, align: 'auto' | 'start') => {
    const index = key === undefined ? -1 : items.findIndex((item) => keyOf(item) === key)
    if (index >= 0) virtualizer.scrollToIndex(index, { align })
  }
  const view = useRef('')
  view.current = `${hashOf(place.peek())} ${label}`
  useLayoutEffect(() => {
    reveal(left.get(view.current), 'start')
    return () => {
      if (virtualizer.scrollOffset && top.current !== undefined) left.set(view.current, top.current)
      else left.delete(view.current)
    }
  }, [])
  useLayoutEffect(() => reveal(revealed, 'auto'), [revealed])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <ul ref={scroller} class={`virtual ${name ?? ''}`} aria-label={label} tabIndex={0}>
      <li class="space" aria-hidden="true" style={{ height: `${virtualizer.getTotalSize()}px` }} />
      {virtualizer.getVirtualItems().map(({ key, index, start }) => (
        <li
          key={key}
          ref={(element) => virtualizer.measureElement(element)}
          data-index={index}
          aria-setsize={items.length}
          aria-posinset={index + 1}
          style={{ transform: `translateY(${start}px)` }}
        >
          {render(items[index] as Item, index)}
        </li>
      ))}
    </ul>
  )
}

/** The number of new items above the view that are looked for. */
const SEARCHED_MAX = 1_000

/** Keeps the first item in view in place when items are added above it, unless the view is at the top. Returns the key of that item. */
function useStableView<Item>(
  virtualizer: Virtualizer<HTMLUListElement, HTMLLIElement>,
  items: readonly Item[],
  keyOf: (item: Item) => string | number,
): RefObject<string | number | undefined> {
  const top = useRef<string | number | undefined>(undefined)
  const before = useRef(items)
  useLayoutEffect(() => {
    if (before.current !== items && top.current !== undefined && (virtualizer.scrollOffset ?? 0) > 0) {
      const old = before.current.findIndex((item) => keyOf(item) === top.current)
      const added = items.slice(0, old + SEARCHED_MAX).findIndex((item) => keyOf(item) === top.current) - old
      if (old >= 0 && added > 0) {
        const height = virtualizer.measurementsCache[added]?.start ?? 0
        virtualizer.scrollToOffset((virtualizer.scrollOffset ?? 0) + height)
      }
    }
    before.current = items
    const first = virtualizer.getVirtualItemForOffset(virtualizer.scrollOffset ?? 0)
    top.current = first === undefined ? undefined : items[first.index] && keyOf(items[first.index] as Item)
  })
  return top
}
