import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** Takes the focus when the item inside it that had the focus is removed, so that it is never lost. */
export function KeepFocus({
  label,
  children,
}: {
  readonly label: string
  readonly children: ComponentChildren
}) {
  const box = useRef<HTMLElement>(null)
  const last = useRef<Element | null>(null)
  useEffect(() => {
    const observer = new MutationObserver(() => {
      if (last.current?.isConnected !== false) return
      last.current = null
      if (document.activeElement === document.body) box.current?.focus()
    })
    observer.observe(box.current as HTMLElement, { childList: true, subtree: true })
    return () => observer.disconnect()
  }, [])
  return (
    <section
      ref={box}
      class="kept"
      tabIndex={-1}
      aria-label={label}
      onFocusIn={({ target }) => {
        last.current = target as Element
      }}
    >
      {children}
    </section>
  )
}
