import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Figure, figure } from './figures.ts'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Measures the size of the package as a download and once installed. */
export async function sizeFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fake-devin-size-'))
  try {
    // Scripts are ignored, since they would repeat the build.
    const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder]
    const tarball = join(folder, execFileSync('npm', pack, { cwd: root, encoding: 'utf8' }).trim())
    writeFileSync(join(folder, 'package.json'), '{"private": true}')
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', tarball], { cwd: folder })
    const packages = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))
    const installed = bytesIn(join(folder, 'node_modules')) / 1e6
    const count = `${packages.length} package${packages.length === 1 ? '' : 's'}`
    return [
      figure('packed tarball', 'npm pack', statSync(tarball).size / 1e6, { goal: 1.5, unit: ' MB' }),
      figure('installed, with dependencies', count, installed, { goal: 15, unit: ' MB' }),
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function bytesIn(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
}
