// `npm run docs`: generates docs/fidelity.md from the ledger, the built-in scenarios in docs/scenarios.md
// from their data, and the picture in docs/architecture.md from the imports.
import { readFileSync, writeFileSync } from 'node:fs'
import { fidelity, openQuestions } from '../src/fidelity/index.ts'
import { builtIns } from '../src/simulation/scenarios.ts'
import { fidelityMarkdown } from './fidelity-markdown.ts'
import { arrowsOf, sourcesIn, withPicture } from './modules.ts'
import { withBuiltIns } from './scenarios-markdown.ts'

writeFileSync(new URL('../docs/fidelity.md', import.meta.url), fidelityMarkdown(fidelity, openQuestions))

const scenarios = new URL('../docs/scenarios.md', import.meta.url)
writeFileSync(scenarios, withBuiltIns(readFileSync(scenarios, 'utf8'), builtIns))

const architecture = new URL('../docs/architecture.md', import.meta.url)
const arrows = arrowsOf(sourcesIn(new URL('../src/', import.meta.url)))
writeFileSync(architecture, withPicture(readFileSync(architecture, 'utf8'), arrows))
