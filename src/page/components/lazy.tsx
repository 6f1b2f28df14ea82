import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { connection } from '../live.ts'
import { texts } from '../texts/index.ts'
import { ErrorText } from './states.tsx'

/** Reloads the page once the server is back, since it may serve a newer one. Returns a function that stops waiting. */
function reloadWhenBack(): () => void {
  let isLost = false
  return connection.subscribe((state) => {
    if (state !== 'live') isLost = true
    else if (isLost) location.reload()
  })
}

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
    useEffect(() => (error === undefined ? undefined : reloadWhenBack()), [error])
    const Loaded = loaded
    if (Loaded !== undefined) return <Loaded {...props} />
    if (error !== undefined) {
      const reason = connection.value === 'live' ? error : new Error(texts.value.shell.noAnswer)
      return <ErrorText error={reason} retry={() => location.reload()} />
    }
    return <p class="muted">{texts.value.common.loading}</p>
  }
}
