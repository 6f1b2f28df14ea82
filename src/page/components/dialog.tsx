import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { texts } from '../texts/index.ts'
import { Button } from './button.tsx'
import { ErrorText } from './states.tsx'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
  /** The texts of the button that submits. Without it, the dialog only shows something. */
  readonly submit?: string
  /** Default: false. */
  readonly isDangerous?: boolean
  /** What submitting does. Its error is shown in the dialog, which stays open; otherwise it closes. */
  readonly onSubmit?: () => unknown
  /** Discards what was typed: after submitting it, and by the button that cancels. Escape only closes the dialog. */
  readonly onDiscard?: () => void
}

/** A modal dialog with a form. The browser keeps the focus in it, and Escape closes it. */
export function Dialog({ title, onClose, children, submit, isDangerous, onSubmit, onDiscard }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  const error = useSignal<Error | undefined>(undefined)
  const isBusy = useSignal(false)
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    // Closing it gives the focus back to where it was, while it is still in the document.
    return () => element?.close()
  }, [])
  const end = () => {
    onDiscard?.()
    onClose()
  }
  const run = async () => {
    isBusy.value = true
    try {
      await onSubmit?.()
      end()
    } catch (reason) {
      error.value = reason as Error
    } finally {
      isBusy.value = false
    }
  }
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={heading}
      // `close` comes a frame later, when the dialog may have been opened again. A file input fires `cancel`, too.
      onCancel={({ target }) => {
        if (target === dialog.current) onClose()
      }}
    >
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy.value) void run()
        }}
      >
        <h2 id={heading}>{title}</h2>
        {children}
        {error.value !== undefined && <ErrorText error={error.value} />}
        <div class="actions">
          <Button look="quiet" onClick={end}>
            {submit === undefined ? texts.value.common.close : texts.value.common.cancel}
          </Button>
          {submit !== undefined && (
            <Button type="submit" look={isDangerous ? 'danger' : 'primary'} aria-busy={isBusy.value}>
              {submit}
            </Button>
          )}
        </div>
      </form>
    </dialog>
  )
}

interface ConfirmProps {
  /** The text of the button, and of the one in the dialog. */
  readonly label: string
  /** The accessible name of the button, if its text is not enough. */
  readonly name?: string
  /** What would be destroyed. */
  readonly question: string
  readonly onConfirm: () => unknown
  readonly look?: 'plain' | 'danger' | 'quiet'
}

/** A button whose action has to be confirmed. */
export function ConfirmButton({ label, name, question, onConfirm, look = 'danger' }: ConfirmProps) {
  const isOpen = useSignal(false)
  return (
    <>
      <Button
        look={look}
        aria-haspopup="dialog"
        {...(name !== undefined && { 'aria-label': name })}
        onClick={() => {
          isOpen.value = true
        }}
      >
        {label}
      </Button>
      {isOpen.value && (
        <Dialog
          title={question}
          submit={label}
          isDangerous
          onSubmit={onConfirm}
          onClose={() => {
            isOpen.value = false
          }}
        >
          <p>{texts.value.common.sure}</p>
        </Dialog>
      )}
    </>
  )
}
