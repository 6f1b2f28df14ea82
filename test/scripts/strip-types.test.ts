import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { testFiles } from '../../scripts/test/groups.mjs'
import { readStripped } from '../../scripts/test/strip-types.mjs'
import { childEnvironment } from '../child-environment.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

t.before(() => {
  const output = execFileSync(process.execPath, ['scripts/test/strip-types.mjs'], {
    cwd: root,
    env: childEnvironment(),
    encoding: 'utf8',
    stdio: 'pipe',
  })
  t.equal(output, '')
})

t.test('the stripped code of a file has everything except types, at the same positions', (t) => {
  for (const path of ['src/app.ts', 'src/store/memory-collection.ts', ...testFiles(['test/routes'])]) {
    const source = readFileSync(join(root, path), 'utf8')
    const stripped = readStripped(join(root, path)) ?? ''

    t.equal(stripped.length, source.length, path)
    t.notOk(/^(?:import type|export interface|interface) /m.test(stripped))
    // A type becomes spaces, or a semicolon where one is needed.
    const moved = stripped.split('').find((unit, at) => !/[\s;]/.test(unit) && unit !== source[at])
    t.equal(moved, undefined)
  }
  t.end()
})

t.test('a file without stripped code is left to Node', (t) => {
  const folder = t.testdir()
  const edited = join(folder, 'edited.ts')
  writeFileSync(edited, `${readFileSync(join(root, 'src/app.ts'), 'utf8')}// edited`)

  t.equal(readStripped(edited), undefined)
  t.equal(readStripped(join(folder, 'missing.ts')), undefined)
  t.end()
})
