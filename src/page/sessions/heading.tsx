import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** Whether a heading of this view has been shown before: then the page has not just been opened. */
let isOpen = false

/** The heading of a part of this view. It takes the focus that was lost with the link to it. */
export function Heading({
  children,
  focusKey,
}: {
  readonly children: ComponentChildren
  readonly focusKey: string
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    const { activeElement } = document
    if (isOpen && (activeElement === null || activeElement === document.body)) heading.current?.focus()
    isOpen = true
  }, [focusKey])
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  )
}
