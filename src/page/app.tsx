import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { Header } from './components/header.tsx'
import { lazy } from './components/lazy.tsx'
import { Notices } from './components/notices.tsx'
import { TokenDialog } from './components/token-dialog.tsx'
import { needsToken } from './control.ts'
import { place } from './place.ts'
import { texts } from './texts/index.ts'

/** The views by the first segment of their path. Each is loaded when it is first shown, and gets the rest of the path. */
const VIEWS: Readonly<Record<ViewName, ComponentType<{ path: readonly string[] }>>> = {
  sessions: lazy(() => import('./sessions/view.tsx')),
  requests: lazy(() => import('./requests/view.tsx')),
  state: lazy(() => import('./state/view.tsx')),
  controls: lazy(() => import('./controls/view.tsx')),
}

type ViewName = 'sessions' | 'requests' | 'state' | 'controls'

function isView(name: string): name is ViewName {
  return Object.hasOwn(VIEWS, name)
}

/** The whole page. */
export function App() {
  const [name = 'sessions', ...path] = place.value.path
  const { shell } = texts.value
  const tabs = name === 'state' || name === 'controls' ? Object.entries(texts.value[name].tabs) : []
  const tab = tabs.find(([one]) => one === path[0])?.[1]
  const title = [tab, isView(name) && shell[name], shell.title].filter(Boolean).join(' · ')
  useEffect(() => {
    document.title = title
  }, [title])
  if (needsToken.value) return <TokenDialog />
  const View = isView(name) ? VIEWS[name] : undefined
  return (
    <>
      <button type="button" class="skip" onClick={skipToContent}>
        {shell.skip}
      </button>
      <Header current={name} />
      <main id="content" tabIndex={-1}>
        {View === undefined ? <p>{shell.notFound}</p> : <View path={path} />}
      </main>
      <Notices />
    </>
  )
}

/** A link would change the fragment of the address, which says what is shown. */
function skipToContent(): void {
  document.getElementById('content')?.focus()
}
