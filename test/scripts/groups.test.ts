import t from 'tap'
import { groupedTests, testFiles } from '../../scripts/test/groups.mjs'
import { isMeasured } from '../coverage-map.mjs'

t.test('npm test runs every test file once, in a group or in a process of its own', (t) => {
  const paths = Array.from({ length: 40 }, (_, index) => `test/${index}.test.ts`)

  const { alone, measured, others } = groupedTests(
    paths,
    (path) => path.includes('3'),
    7,
    (path) => path.includes('1'),
  )
  const groups = [...measured, ...others]

  t.same([...alone, ...groups.flat()].sort(), paths.toSorted())
  t.ok(alone.every((path) => path.includes('3')))
  t.ok(groups.every(({ length }) => length > 0 && length <= 7))
  t.ok(measured.flat().every((path) => path.includes('1')))
  t.notOk(others.flat().some((path) => path.includes('1')))
  t.end()
})

t.test('folders divide the test files: those in them, and those elsewhere', (t) => {
  const all = testFiles()
  const inside = testFiles(['test/routes', 'test/hooks'])
  const outside = testFiles(['--except', 'test/routes', 'test/hooks'])

  t.same([...inside, ...outside].sort(), all)
  t.ok(inside.includes('test/routes/v1/secrets.test.ts'))
  t.ok(outside.includes('test/scripts/groups.test.ts'))
  t.notOk(outside.some((path) => path.startsWith('test/hooks/')))
  t.same(
    testFiles(['--without', '/v1/(?!secrets)', 'test/routes', 'test/hooks']),
    inside.filter((path) => !path.includes('/v1/') || path.includes('/v1/secrets')),
  )
  t.end()
})

t.test('test files that change their process or start others are in no group', (t) => {
  const { alone, measured } = groupedTests()

  for (const path of ['base/faked-timers', 'cli/index', 'page/state-tabs', 'fastapi/body-memory']) {
    t.ok(alone.includes(`test/${path}.test.ts`), path)
  }
  t.ok(measured.flat().includes('test/routes/v1/secrets.test.ts'))
  t.end()
})

t.test('tests that need a browser share it in groups of their own', (t) => {
  const { measured, others, pages } = groupedTests()

  t.ok(pages.flat().includes('test/page/state.test.ts'))
  t.ok(pages.every(({ length }) => length <= 4))
  t.ok(pages.flat().every((path) => path.startsWith('test/page/')))
  t.notOk([...measured, ...others].flat().some((path) => /^test\/page\/(?!model\/)/.test(path)))
  t.end()
})

t.test('tests that mirror the sources count for the coverage, others do not', (t) => {
  for (const path of ['app', 'cli/run', 'page/model/curl', 'persistence/records', 'routes/v1/secrets']) {
    t.ok(isMeasured(`test/${path}.test.ts`), path)
  }
  for (const path of ['readme', 'docs/stores', 'page/state', 'persistence/promises/model', 'scripts/page']) {
    t.notOk(isMeasured(`test/${path}.test.ts`), path)
  }
  t.end()
})
