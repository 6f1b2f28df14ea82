import t from 'tap'
import { groupedTests } from '../../scripts/test/groups.mjs'

t.test('npm test runs every test file once, in a group or in a process of its own', (t) => {
  const paths = Array.from({ length: 40 }, (_, index) => `test/${index}.test.ts`)

  const { alone, groups } = groupedTests(paths, (path) => path.includes('3'))

  t.same([...alone, ...groups.flat()].sort(), paths.toSorted())
  t.ok(alone.every((path) => path.includes('3')))
  t.ok(groups.every(({ length }) => length > 0 && length <= 16))
  t.end()
})

t.test('test files that change their process or start others are in no group', (t) => {
  const { alone, groups } = groupedTests()

  for (const path of ['base/faked-timers', 'cli/index', 'page/docs', 'page/state', 'fastapi/body-memory']) {
    t.ok(alone.includes(`test/${path}.test.ts`), path)
  }
  t.ok(groups.flat().includes('test/routes/v1/secrets.test.ts'))
  t.end()
})
