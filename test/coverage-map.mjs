import { readdirSync } from 'node:fs'

// Only published code must be fully covered. Tests also run examples and scripts, but in the way that users do. The page runs in a
// browser, except for the pure functions in its folder `model`.
const sources = readdirSync(new URL('../src/', import.meta.url), { recursive: true })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts') && /^(?!page\/)|^page\/model\//.test(path))
  .map((path) => `src/${path}`)

export default () => sources
