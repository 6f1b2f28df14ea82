// `npm run docs`: writes docs/fidelity.md from the ledger, and the built-in scenarios of docs/scenarios.md from their data.
import { readFileSync, writeFileSync } from 'node:fs'
import { fidelity } from '../src/fidelity/index.ts'
import { builtIns } from '../src/simulation/scenarios.ts'
import { fidelityMarkdown } from './fidelity-markdown.ts'
import { withBuiltIns } from './scenarios-markdown.ts'

writeFileSync(new URL('../docs/fidelity.md', import.meta.url), fidelityMarkdown(fidelity))

const scenarios = new URL('../docs/scenarios.md', import.meta.url)
writeFileSync(scenarios, withBuiltIns(readFileSync(scenarios, 'utf8'), builtIns))
