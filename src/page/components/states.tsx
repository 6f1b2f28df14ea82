import type { ComponentChildren } from 'preact'
import type { LiveData } from '../live-data.ts'
import { texts } from '../texts/index.ts'
import { Button } from './button.tsx'

/** An error where it happened. */
export function ErrorText({ error, retry }: { readonly error: Error; readonly retry?: () => void }) {
  return (
    <div class="error" role="alert">
      <span>{error.message}</span>
      {retry !== undefined && <Button onClick={retry}>{texts.value.common.retry}</Button>}
    </div>
  )
}

interface LoadedProps<Data> {
  readonly live: LiveData<Data>
  readonly children: (data: Data) => ComponentChildren
}

/** Shows data once there is some, and the error of its last read. */
export function Loaded<Data>({ live: { data, error, reload }, children }: LoadedProps<Data>) {
  return (
    <>
      {error !== undefined && <ErrorText error={error} retry={reload} />}
      {data !== undefined && children(data)}
      {data === undefined && error === undefined && <p class="muted">{texts.value.common.loading}</p>}
    </>
  )
}

/** What to do when there is nothing to show. */
export function Empty({
  title,
  children,
}: {
  readonly title: string
  readonly children?: ComponentChildren
}) {
  return (
    <div class="empty">
      <p>{title}</p>
      {children}
    </div>
  )
}
