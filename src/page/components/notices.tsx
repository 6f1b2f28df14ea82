import { signal } from '@preact/signals'
import { texts } from '../texts/index.ts'

/** A notice at the edge of the page. */
export interface Notice {
  readonly kind: 'info' | 'error'
  readonly text: string
  /** A button that takes the action back. */
  readonly undo?: () => unknown
  /** Where to see more. */
  readonly link?: { readonly href: string; readonly text: string }
}

const notices = signal<readonly (Notice & { readonly id: number })[]>([])
let nextId = 1

/** How long a notice stays, in milliseconds. Errors stay until they are closed. */
const SHOWN_MS = 8_000

/** Shows a notice. */
export function notify(notice: Notice): void {
  const id = nextId++
  notices.value = [...notices.value.slice(-4), { ...notice, id }]
  if (notice.kind !== 'error') expire(id)
}

/** Dismisses a notice after a while, later if the notices are hovered or focused then. */
function expire(id: number): void {
  const isUsed = () => document.querySelector('.notices:is(:hover, :focus-within)') !== null
  setTimeout(() => (isUsed() ? expire(id) : dismiss(id)), SHOWN_MS)
}

function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id)
}

/** The notices. */
export function Notices() {
  const { close, undo } = texts.value.common
  return (
    <div class="notices" role="status">
      {notices.value.map((notice) => (
        <div key={notice.id} class={`notice ${notice.kind}`}>
          <span>{notice.text}</span>
          {notice.link !== undefined && <a href={notice.link.href}>{notice.link.text}</a>}
          {notice.undo !== undefined && (
            <button
              type="button"
              class="button quiet"
              onClick={() => {
                dismiss(notice.id)
                Promise.resolve(notice.undo?.()).catch((error: Error) =>
                  notify({ kind: 'error', text: error.message }),
                )
              }}
            >
              {undo}
            </button>
          )}
          <button type="button" class="button quiet" aria-label={close} onClick={() => dismiss(notice.id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  )
}
