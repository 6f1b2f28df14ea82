import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { Json } from '../components/json.tsx'
import type { StateRecord } from '../model/state-items.ts'
import { texts } from '../texts/index.ts'
import { HEADINGS } from './focus.ts'

interface PaneProps {
  /** Undefined if there is no such item. */
  readonly title: string | undefined
  readonly record: StateRecord | undefined
  /** Whether the record is shown at first. */
  readonly isRaw: boolean
  /** Whether the item is about to come, or to go. */
  readonly isAwaited: boolean
  readonly backHref: string
  readonly onBack: () => void
  readonly children: ComponentChildren
}

/** The selected item. */
export function Pane({ title, record, isRaw: isRawFirst, isAwaited, backHref, onBack, children }: PaneProps) {
  const { state, common } = texts.value
  const isRaw = useSignal(isRawFirst)
  useEffect(() => {
    // What had the focus may have gone with the item.
    const isGone = title === undefined && !isAwaited
    if (isGone && document.activeElement === document.body) document.getElementById(HEADINGS.item)?.focus()
  }, [])
  if (title === undefined && isAwaited) return <section class="card state-item" aria-busy="true" />
  return (
    <section class="card state-item" aria-labelledby={HEADINGS.item}>
      <div class="row between head">
        <h2 id={HEADINGS.item} tabIndex={-1}>
          {title ?? state.gone}
        </h2>
        <a class="button quiet" href={backHref} onClick={onBack}>
          {common.close}
        </a>
      </div>
      {children}
      {record !== undefined && (
        <div class="stack">
          <div>
            <Button
              aria-expanded={isRaw.value}
              onClick={() => {
                isRaw.value = !isRaw.value
              }}
            >
              {isRaw.value ? state.hideRaw : state.showRaw}
            </Button>
          </div>
          {isRaw.value && <Json value={record} label={state.rawLabel} />}
        </div>
      )}
    </section>
  )
}
