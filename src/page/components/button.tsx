import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { texts } from '../texts/index.ts'
import { notify } from './notices.tsx'

type Look = 'plain' | 'primary' | 'danger' | 'quiet'

interface ButtonProps extends Omit<JSX.IntrinsicElements['button'], 'onClick' | 'ref'> {
  /** Default: `plain`. */
  readonly look?: Look
  /** Until it settles, the button does nothing, but keeps the focus. An error is shown as a notice. */
  readonly onClick?: () => unknown
  readonly children: ComponentChildren
}

/** A button that runs an action once at a time and shows its error. */
export function Button({ look = 'plain', onClick, children, ...rest }: ButtonProps) {
  const isBusy = useSignal(false)
  const run = async () => {
    if (isBusy.value) return
    isBusy.value = true
    try {
      await onClick?.()
    } catch (error) {
      notify({ kind: 'error', text: (error as Error).message })
    } finally {
      isBusy.value = false
    }
  }
  return (
    <button
      type="button"
      {...rest}
      class={`button ${look} ${rest.class ?? ''}`}
      aria-busy={rest['aria-busy'] ?? isBusy.value}
      {...(onClick !== undefined && { onClick: () => void run() })}
    >
      {children}
    </button>
  )
}

interface CopyProps {
  /** The text to copy, or a function that returns it when the button is used. */
  readonly text: string | (() => string | Promise<string>)
  /** The text of the button. Default: `Copy`. */
  readonly children?: ComponentChildren
  /** The accessible name, if the text is not enough. */
  readonly label?: string
}

/** A button that copies a text. */
export function CopyButton({ text, children, label }: CopyProps) {
  const isCopied = useSignal(false)
  const { copied, copy } = texts.value.common
  const run = async () => {
    await copyText(typeof text === 'string' ? text : await text())
    isCopied.value = true
    setTimeout(() => {
      isCopied.value = false
    }, 1_500)
  }
  return (
    <Button look="quiet" class="copy" onClick={run} {...(label !== undefined && { 'aria-label': label })}>
      <span aria-live="polite">{isCopied.value ? `✓ ${copied}` : (children ?? copy)}</span>
    </Button>
  )
}

/** Copies a text. `navigator.clipboard` exists only on HTTPS and on this machine. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}

/** A command that can be copied, for empty states. */
export function Command({ text }: { readonly text: string }) {
  return (
    <div class="command">
      <code>{text}</code>
      <CopyButton text={text} label={texts.value.common.copyThis(text)} />
    </div>
  )
}
