import { type Signal, signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'

interface Kept<Values> {
  readonly initial: Values
  readonly values: Signal<Values>
}

/** The values that were typed but neither sent nor discarded yet, by the name of the form. */
const drafts = new Map<string, Kept<unknown>>()

/** Returns the values of a form, and a function that discards them. Until then, the form has them again when it is reopened. */
export function useDraft<Values>(form: string, initial: Values) {
  return useMemo(() => {
    const kept = drafts.get(form) as Kept<Values> | undefined
    // An unchanged form begins with the current values.
    const isChanged = kept !== undefined && kept.values.value !== kept.initial
    const { values } = isChanged ? kept : { values: signal(initial) }
    if (!isChanged) drafts.set(form, { initial, values } as Kept<unknown>)
    return { values, discard: () => void drafts.delete(form) }
  }, [form])
}
