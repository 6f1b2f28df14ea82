// Prints what `npm test` gives tap: the test files, of which those that need no process of their own share one. With folders as
// arguments, only the files in these, or with `--except` before them all others; with `--without PATTERN` before that, none whose path matches.
//
// A process loads the application and the test library before its first test, which takes longer than most files. So files that leave
// their process as it was run one after the other in one, named by a file of imports in .cache/. tap still runs every test of them, and
// names the file of a failure. `npx tap run FILE` runs a file in a process of its own, as before. Files that count for the coverage have groups of their own.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isMeasured } from '../../test/coverage-map.mjs'

const root = new URL('../../', import.meta.url)

/** Below the folder of the project, so that its packages are found. */
const GROUPS = '.cache/test-groups'

/**
 * The greatest number of files in a group, by its kind. Many small groups are easier to spread over the cores, and none may reach tap's time limit, even
 * on a slow machine. Tests in a browser and those of a store's promises take long; a group shares the browser or the database server.
 */
const SIZES = { measured: 16, others: 16, pages: 3, promises: 4 }

/**
 * What shows that a test file needs a process of its own: it reads or changes what belongs to the whole process, such as its environment,
 * memory, timers, output or loaded modules; or it starts processes, often through a helper, and then takes long anyway.
 */
const ALONE =
  /\bprocess\.(?!ts'|cwd|execPath|platform)|\.cache\b|child_process|worker_threads|globalThis|mock\.timers|mockImport|\bgc\b|heap|memoryUsage|\bconsole\.|^t\.(?!(?:test|teardown|beforeEach)\()|'(?!\S*\/src\/)\S+\/(?:program|commands|files|target|child-environment)\.ts'/m

/** Returns the paths of all test files, sorted: those in some folders, or after `--except` all others; after `--without PATTERN` none that matches. */
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

/** Deals files out to groups, because neighbours often take equally long. */
function groupsOf(paths, size) {
  const count = Math.ceil(paths.length / size)
  return Array.from({ length: count }, (_, index) => paths.filter((_path, at) => at % count === index))
}

/**
 * Writes the groups of all tests, or of those in some folders, and returns what has to run: the groups first, since they take longest, and one that
 * starts last would run on while other cores have nothing to do. tap starts files in the order of their names, which is the same.
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
