import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { startFakeDevin } from '../../src/index.ts'
import { WITHOUT_LOADERS } from '../child-environment.ts'
import { blocksOf } from '../markdown.ts'
import { publishedProgram } from '../published.ts'
import { checkCommands } from './commands.ts'
import { folderOfFiles, run } from './files.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const standIns = join(root, 'test/docs/stand-ins')
const blocks = blocksOf(readFileSync(join(root, 'docs/testing.md'), 'utf8'))
const recipes = blocks.filter(({ role }) => /\.(?:mjs|js)$/.test(role))

/** The command that runs a recipe, and its output when all of its tests have passed. */
const RUNNERS: readonly { file: RegExp; command: (file: string) => string[]; passed: RegExp }[] = [
  {
    file: /-vitest\.test\.mjs$/,
    command: (file) => [
      ...WITHOUT_LOADERS,
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
    file: /\.test\.js$/,
    command: (file) => [...WITHOUT_LOADERS, process.execPath, '--require', join(standIns, 'jest.cjs'), file],
    passed: /^. pass 1$/m,
  },
]

/** Creates a folder with the recipes and starts a server. Resolves with the folder and the variables that point to the server. */
async function arrange(t: Test) {
  const devin = await startFakeDevin()
  t.teardown(() => devin.close())
  const variables = {
    FAKE_DEVIN_URL: devin.url,
    NO_COLOR: '1',
    FORCE_COLOR: '0',
  }
  return { cwd: folderOfFiles(t, recipes), variables }
}

t.test('every JavaScript recipe runs unmodified', async (t) => {
  const options = await arrange(t)
  const files = recipes.map(({ role }) => role)
  t.ok(files.length >= 10)

  for (const file of files) {
    const { command, passed } = RUNNERS.find((runner) => runner.file.test(file)) ?? {}
    const [program = '', ...args] = command?.(file) ?? []
    t.match(await run(program, args, options), passed, file)
  }
})

t.test('the commands of the page print the output below them', async (t) => {
  // Replaces `npx fake-devin` with the published program.
  const npx = `npx() { shift; '${process.execPath}' '${publishedProgram()}' "$@"; }\n`
  const inShell = blocks.map((block) =>
    block.language === 'sh' && block.role === '' ? { ...block, text: npx + block.text } : block,
  )

  t.equal(await checkCommands(t, inShell, { folder: t.testdir({}) }), 1)
})
