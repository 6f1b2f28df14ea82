import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { Button } from '../components/button.tsx'
import { ErrorText } from '../components/states.tsx'

interface ActionFormProps {
  /** The text of the button. */
  readonly submit: string
  readonly look?: 'plain' | 'primary'
  readonly onSubmit: () => unknown
  readonly children: ComponentChildren
}

/** A form in one line. The error of its action is shown below it. */
export function ActionForm({ submit, look = 'plain', onSubmit, children }: ActionFormProps) {
  const error = useSignal<Error | undefined>(undefined)
  const isBusy = useSignal(false)
  const run = async () => {
    if (isBusy.value) return
    isBusy.value = true
    try {
      await onSubmit()
      error.value = undefined
    } catch (reason) {
      error.value = reason as Error
    } finally {
      isBusy.value = false
    }
  }
  return (
    <form
      class="row fields"
      onSubmit={(event) => {
        event.preventDefault()
        void run()
      }}
    >
      {children}
      <Button type="submit" look={look}>
        {submit}
      </Button>
      {error.value !== undefined && <ErrorText error={error.value} />}
    </form>
  )
}
