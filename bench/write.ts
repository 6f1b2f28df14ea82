import { readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform } from 'node:os'
import { formatInstant, systemClock } from '../src/base/clock.ts'

const page = new URL('../docs/performance.md', import.meta.url)
const BETWEEN = /(<!-- written by npm run bench -- --write -->\n)[\s\S]*(<!-- end -->)/

/** Writes the table of a run into docs/performance.md, with the date, Node version and machine. */
export function writeFigures(table: string): void {
  const { model = 'unknown' } = cpus()[0] ?? {}
  const on = `Node ${process.version}, ${platform()} ${arch()}, ${cpus().length} × ${model.trim()}`
  const text = `\n${formatInstant(systemClock().now()).slice(0, 10)}, ${on}:\n\n${table}\n\n`
  const before = readFileSync(page, 'utf8')
  writeFileSync(
    page,
    before.replace(BETWEEN, (_, head, end) => `${head}${text}${end}`),
  )
}
