// Groups test files that can share a process, and prints what tap has to run: the groups, and the files that need a process of their own.
//
//   node scripts/test/groups.mjs [--without PATTERN] [[--except] FOLDER…]
//
// prints all test files; with folders only those in them or, with `--except`, all others; with `--without` none whose path matches.
//
// A process loads the application and the test library before its first test, which takes longer than most files. So files that leave their
// process unchanged run one after the other in one process: a file in .cache/ imports them. tap still runs each of their tests, and names the
// file of a failure. `npx tap run FILE` runs a single file. Files that count for the coverage have separate groups.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isMeasured } from '../../test/coverage-map.mjs'

const root = new URL('../../', import.meta.url)

/** Below the folder of the project, so that its packages are found. */
const GROUPS = '.cache/test-groups'

/**
 * The maximum number of files in a group, by its kind. Small groups spread more evenly over the cores and stay below tap's time limit, even on a slow
 * machine. Tests in a browser and those of the promises of stores take long; the files of a group share the browser or the database server.
 */
const SIZES = { measured: 16, others: 16, pages: 3, promises: 4 }

/**
 * What shows that a test file needs a process of its own: it reads or changes what belongs to the whole process, such as its environment,
 * memory, timers, output or loaded modules; or it starts processes, often through a helper, and then takes long anyway.
 */
const ALONE =
  /\bprocess\.(?!ts'|cwd|execPath|platform)|\.cache\b|child_process|worker_threads|globalThis|mock\.timers|mockImport|\bgc\b|heap|memoryUsage|\bconsole\.|^t\.(?!(?:test|teardown|beforeEach)\()|'(?!\S*\/src\/)\S+\/(?:program|commands|files|target|child-environment)\.ts'/m

/** Returns the sorted paths of the test files that the arguments of the command select. Default: all. */
export function testFiles([option, ...others] = []) {
  if (option === '--without') {
    const [text, ...rest] = others
    const pattern = new RegExp(text)
    return testFiles(rest).filter((path) => !pattern.test(path))
  }
  const isExcept = option === '--except'
  const folders = isExcept ? others : [option ?? 'test', ...others]
  return readdirSync(new URL('test/', root), { recursive: true })
    .map((path) => `test/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) => folders.some((folder) => path.startsWith(`${folder}/`)) !== isExcept)
    .sort()
}

/** Returns whether a test file needs a process of its own. */
function isAlone(path) {
  return ALONE.test(readFileSync(new URL(path, root), 'utf8'))
}

/** Returns the kind of a test file's group. Only the files of measured groups count for the coverage. */
function kindOf(path) {
  if (isMeasured(path)) return 'measured'
  if (path.startsWith('test/page/')) return 'pages'
  return path.startsWith('test/persistence/promises/') ? 'promises' : 'others'
}

/** Returns the test files that need a process of their own, and the groups of the others by their kind. */
export function groupedTests(paths = testFiles(), alone = isAlone, sizes = SIZES, kind = kindOf) {
  const shared = paths.filter((path) => !alone(path))
  const groups = Object.entries(sizes).map(([name, size]) => [
    name,
    groupsOf(
      shared.filter((path) => kind(path) === name),
      size,
    ),
  ])
  return { alone: paths.filter((path) => !shared.includes(path)), groups: Object.fromEntries(groups) }
}

/** Deals files out to groups in turn, because neighbours often take equally long. */
function groupsOf(paths, size) {
  const count = Math.ceil(paths.length / size)
  return Array.from({ length: count }, (_, index) => paths.filter((_path, at) => at % count === index))
}

/**
 * Writes the groups of the test files that the arguments of the command select, and returns what tap has to run. The groups come first, also in the
 * order of names in which tap starts them: they take longest, and a group that starts last would run while other cores are idle.
 */
export function writeGroups(folders) {
  const { alone, groups } = groupedTests(testFiles(folders))
  rmSync(new URL(GROUPS, root), { recursive: true, force: true })
  mkdirSync(new URL(GROUPS, root), { recursive: true })
  const written = Object.entries(groups).flatMap(([kind, lists]) =>
    lists.map((files, index) => {
      const path = `${GROUPS}/${kind}-${String(index + 1).padStart(2, '0')}.mjs`
      writeFileSync(new URL(path, root), files.map((file) => `import '../../${file}'\n`).join(''))
      return path
    }),
  )
  return [...written, ...alone]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(writeGroups(process.argv.slice(2)).join('\n'))
}
