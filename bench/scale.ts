import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Figure, figure } from './figures.ts'

/** Compares requests with a million secrets and with ten, and measures the memory per secret. */
export async function scaleFigures(): Promise<Figure[]> {
  const script = fileURLToPath(new URL('million.ts', import.meta.url))
  // Runs in a separate process, which allows a large heap and garbage collection on demand.
  const args = ['--expose-gc', '--max-old-space-size=4096', '--disable-warning=ExperimentalWarning', script]
  const { stdout, status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  const found: Record<'remove' | 'page' | 'insert', [number, number]> & { bytes: number } = JSON.parse(stdout)
  const row = (what: string, [ten, million]: [number, number]) => {
    const measured = `${million.toFixed(2)} µs, of ten ${ten.toFixed(2)} µs`
    return figure(what, measured, million / ten, { goal: 1.1, unit: ' × of ten' })
  }
  return [
    row('a million secrets: DELETE', found.remove),
    row('a million secrets: one page', found.page),
    row('a million secrets: POST', found.insert),
    figure('memory per secret beyond its own strings', '', found.bytes, { goal: 400, unit: ' bytes' }),
  ]
}
