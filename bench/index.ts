// `npm run bench`: measures the published build and prints the figures beside the goals. README.md explains them.
import { type Figure, table } from './figures.ts'

const PARTS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  start: async () => (await import('./start.ts')).startFigures(),
  'test-file': async () => (await import('./test-file.ts')).testFileFigures(),
  load: async () => (await import('./load.ts')).loadFigures(),
  scale: async () => (await import('./scale.ts')).scaleFigures(),
  stores: async () => (await import('./stores.ts')).storesFigures(),
  memory: async () => (await import('./memory.ts')).memoryFigures(),
  reset: async () => (await import('./reset.ts')).resetFigures(),
  size: async () => (await import('./size.ts')).sizeFigures(),
  page: async () => (await import('./page.ts')).pageFigures(),
}

const names = process.argv.slice(2).filter((name) => name !== '--write')
const unknown = names.find((name) => PARTS[name] === undefined)
if (unknown !== undefined) {
  console.error(`no such part: ${unknown}; there are ${Object.keys(PARTS).join(', ')}`)
  process.exit(2)
}
const figures: Figure[] = []
for (const [name, measure] of Object.entries(PARTS)) {
  if (names.length > 0 && !names.includes(name)) continue
  console.error(`measuring ${name} …`)
  figures.push(...(await measure()))
}
console.log(table(figures))
if (process.argv.includes('--write')) {
  const { writeFigures } = await import('./write.ts')
  writeFigures(table(figures))
}
