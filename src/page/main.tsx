import { render } from 'preact'
import { App } from './app.tsx'
import { follow } from './live.ts'

follow()
render(<App />, document.getElementById('app') as HTMLElement)
