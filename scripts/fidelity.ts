// `npm run docs`: writes docs/fidelity.md from the ledger.
import { writeFileSync } from 'node:fs'
import { fidelity } from '../src/fidelity.ts'
import { fidelityMarkdown } from './fidelity-markdown.ts'

writeFileSync(new URL('../docs/fidelity.md', import.meta.url), fidelityMarkdown(fidelity))
