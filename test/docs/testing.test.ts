import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { startFakeDevin } from '../../src/index.ts'
import { blocksOf } from '../markdown.ts'
import { checkCommands } from './commands.ts'
import { folderOfFiles, run } from './files.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const standIns = join(root, 'test/docs/stand-ins')
const blocks = blocksOf(readFileSync(join(root, 'docs/testing.md'), 'utf8'))
const recipes = blocks.filter(({ role }) => /\.(?:mjs|cjs|py)$/.test(role))

/**
 * Without tap's eyes: Vitest runs other code than what is in the files, so what it covers would be counted in wrong places; and
 * with tap's loaders, Node 22 strips no types of what is required.
 */
const UNCOVERED = ['sh', '-c', 'unset NODE_OPTIONS; exec "$@"', 'sh']

/** What runs a recipe, and what it prints when all of its tests have passed. */
const RUNNERS: readonly { file: RegExp; command: (file: string) => string[]; passed: RegExp }[] = [
  {
    file: /-vitest\.test\.mjs$/,
    command: (file) => [
      ...UNCOVERED,
      process.execPath,
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      file,
    ],
    passed: /Tests +1 passed/,
  },
  {
    file: /-tap\.test\.mjs$/,
    command: (file) => [process.execPath, file],
    passed: /^ok 1 - [^#]*(?: #.*)?\n\s*1\.\.1$/m,
  },
  { file: /\.test\.mjs$/, command: (file) => [process.execPath, file], passed: /^. fail 0$/m },
  {
    file: /\.test\.cjs$/,
    command: (file) => [...UNCOVERED, process.execPath, '--require', join(standIns, 'jest.cjs'), file],
    passed: /^. pass 1$/m,
  },
]

/** A folder with the recipes, and the variables with which they find a server. */
async function arrange(t: Test) {
  const devin = await startFakeDevin()
  t.teardown(() => devin.close())
  const variables = {
    FAKE_DEVIN_URL: devin.url,
    NO_COLOR: '1',
    FORCE_COLOR: '0',
    PYTHONDONTWRITEBYTECODE: '1',
  }
  return { cwd: folderOfFiles(t, recipes), variables }
}

t.test('every recipe for JavaScript runs as it stands', async (t) => {
  const options = await arrange(t)
  const files = recipes.map(({ role }) => role).filter((file) => !file.endsWith('.py'))
  t.ok(files.length >= 10)

  for (const file of files) {
    const { command, passed } = RUNNERS.find((runner) => runner.file.test(file)) ?? {}
    const [program = '', ...args] = command?.(file) ?? []
    t.match(await run(program, args, options), passed, file)
  }
})

/** Whether a command of Python can be run here. */
const can = (...args: string[]) =>
  run('python3', args).then(
    () => true,
    () => false,
  )

t.test('the recipe for Python runs as it stands', async (t) => {
  if (!(await can('--version'))) return t.comment('there is no python3 to run it with')
  const options = await arrange(t)

  const printed = await run('python3', [join(standIns, 'pytest.py'), 'test_devin.py'], options)

  t.match(printed, /^test_a_session_finishes\ntest_what_was_sent_can_be_verified\n2 passed$/m)
})

t.test('the recipe for Python runs with pytest itself', async (t) => {
  if (!(await can('-c', 'import pytest'))) return t.comment('there is no pytest to run it with')
  const options = await arrange(t)

  const printed = await run(
    'python3',
    ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'test_devin.py'],
    options,
  )

  t.match(printed, /^2 passed in /m)
})

t.test('every command of the page gives what stands below it', async (t) => {
  const program = join(root, 'src/cli/index.ts')
  // `npx fake-devin` of a reader is the program of the working tree.
  const npx = `npx() { shift; '${process.execPath}' --disable-warning=ExperimentalWarning '${program}' "$@"; }\n`
  const inShell = blocks.map((block) =>
    block.language === 'sh' && block.role === '' ? { ...block, text: npx + block.text } : block,
  )

  t.equal(await checkCommands(t, inShell, { folder: t.testdir({}) }), 1)
})
