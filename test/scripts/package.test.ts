import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { builtPackage, hashOfSources } from '../../scripts/build/package.mjs'
import { version } from '../../src/base/version.ts'
import { publishedProgram, uncoveredEnvironment } from '../published.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

t.test('the package of the current sources is built once, and its program runs', async (t) => {
  const program = publishedProgram()

  const env = uncoveredEnvironment()
  t.equal(`${execFileSync(process.execPath, [program, '--version'], { env })}`, `${version}\n`)
  t.match(program, hashOfSources(root))
  t.equal(join(builtPackage(root), 'dist/cli.cjs'), program)
})

t.test(
  'the package is rebuilt for other sources, another build script or other packages, but not for another page',
  async (t) => {
    const folder = `${t.testdir({})}/`
    for (const path of ['src/page', 'scripts/build']) mkdirSync(join(folder, path), { recursive: true })
    const paths = [
      'src/app.ts',
      'src/page/app.tsx',
      'scripts/build/bundle.mjs',
      'package.json',
      'package-lock.json',
    ]
    for (const path of paths) writeFileSync(join(folder, path), '')
    const hashes = new Set([hashOfSources(folder)])

    for (const path of paths) {
      appendFileSync(join(folder, path), 'x')
      const before = hashes.size
      hashes.add(hashOfSources(folder))
      t.equal(hashes.size - before, path === 'src/page/app.tsx' ? 0 : 1, path)
    }
    writeFileSync(join(folder, 'src/new.ts'), '')
    t.notOk(hashes.has(hashOfSources(folder)), 'a new file')
  },
)

t.test('a package that cannot be built is an error with the reason', async (t) => {
  const folder = `${t.testdir({ src: {}, scripts: { build: {} }, 'package.json': '{}', 'package-lock.json': '{}' })}/`

  // The folder has none of the modules that the program begins with.
  t.throws(() => builtPackage(folder), { message: /^the package cannot be built:\n[\s\S]*Build failed/ })
})
