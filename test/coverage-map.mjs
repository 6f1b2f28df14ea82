import { readdirSync } from 'node:fs'

// Only published code must be fully covered. Tests also run examples and scripts, but in the way that users do.
const sources = readdirSync(new URL('../src/', import.meta.url), { recursive: true })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => `src/${path}`)

export default () => sources
