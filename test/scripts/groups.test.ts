import t from 'tap'
import { groupedTests, testFiles } from '../../scripts/test/groups.mjs'
import { isMeasured } from '../coverage-map.mjs'

t.test('npm test runs every test file once, in a group or in its own process', (t) => {
  const paths = Array.from({ length: 40 }, (_, index) => `test/${index}.test.ts`)

  const { alone, groups } = groupedTests(
    paths,
    (path) => path.includes('3'),
    { few: 2, many: 7 },
    (path) => (path.includes('1') ? 'few' : 'many'),
  )
  const { few = [], many = [] } = groups

  t.same([...alone, ...few.flat(), ...many.flat()].sort(), paths.toSorted())
  t.ok(alone.every((path) => path.includes('3')))
  t.ok(few.every(({ length }) => length > 0 && length <= 2))
  t.ok(many.every(({ length }) => length > 0 && length <= 7))
  t.ok(few.flat().every((path) => path.includes('1')))
  t.notOk(many.flat().some((path) => path.includes('1')))
  t.end()
})

t.test('folders split the test files into those inside and those outside', (t) => {
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

t.test('test files that change their process or start others run alone', (t) => {
  const { alone, groups } = groupedTests()

  for (const path of ['base/faked-timers', 'cli/index', 'page/state-tabs', 'fastapi/body-memory']) {
    t.ok(alone.includes(`test/${path}.test.ts`), path)
  }
  t.ok(groups.measured?.flat().includes('test/routes/v1/secrets.test.ts'))
  t.same([...alone, ...Object.values(groups).flat(2)].sort(), testFiles())
  t.end()
})

t.test('tests that share a browser or a database server are in separate small groups', (t) => {
  const { pages = [], promises = [] } = groupedTests().groups

  t.ok(pages.flat().includes('test/page/state.test.ts'))
  t.ok(pages.flat().every((path) => path.startsWith('test/page/')))
  t.ok(promises.flat().includes('test/persistence/promises/replicas.test.ts'))
  t.ok(promises.flat().every((path) => path.startsWith('test/persistence/promises/')))
  t.ok([...pages, ...promises].every(({ length }) => length <= 4))
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
