import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { texts } from '../texts/index.ts'
import { ErrorText } from './states.tsx'

/**
 * Returns a component that is loaded when it is first shown. If that fails, since the server is gone or has a newer page, it shows the
 * error and offers to load the whole page again.
 */
export function lazy<Props extends object>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined
  return function Lazy(props: Props) {
    const state = useSignal<{ readonly error?: Error }>({})
    useEffect(() => {
      if (loaded !== undefined) return
      load().then(
        (module) => {
          loaded = module.default
          state.value = {}
        },
        (error: Error) => {
          state.value = { error }
        },
      )
    }, [])
    const { error } = state.value
    const Loaded = loaded
    if (Loaded !== undefined) return <Loaded {...props} />
    if (error !== undefined) return <ErrorText error={error} retry={() => location.reload()} />
    return <p class="muted">{texts.value.common.loading}</p>
  }
}
