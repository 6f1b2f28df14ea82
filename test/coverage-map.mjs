import { readdirSync } from 'node:fs'

// What must be covered completely is what is published. Examples and scripts are run by tests, too, but as their users do.
const sources = readdirSync(new URL('../src/', import.meta.url), { recursive: true })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => `src/${path}`)

export default () => sources
