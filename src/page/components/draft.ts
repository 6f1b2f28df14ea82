import { type Signal, signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'

interface Kept<Values> {
  readonly initial: Values
  readonly values: Signal<Values>
}

/** What was typed and is neither sent nor discarded yet, by the names of the forms. */
const drafts = new Map<string, Kept<unknown>>()

/** Returns the values of a form, and what discards them. Until then, they are there again when the form is opened again. */
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
