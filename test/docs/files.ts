import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import type { Block } from '../markdown.ts'
import { publishedPackage, uncoveredEnvironment } from '../published.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Creates a folder with the files of a page, each named by the role of its block. There, `fake-devin` is installed as it would be published. */
export function folderOfFiles(t: Test, blocks: readonly Block[]): string {
  const files = blocks.map(({ role, text }) => [role, `${text}\n`])
  // Without its own package.json, the folder would belong to this package, and `fake-devin` would be that of `npm run build`.
  const own = { 'package.json': '{"private": true}' }
  const installed = t.fixture('symlink', publishedPackage())
  return t.testdir({ ...own, ...Object.fromEntries(files), node_modules: { 'fake-devin': installed } })
}

/** Runs a command and resolves with its output. Rejects when it fails. */
export function run(
  file: string,
  args: readonly string[],
  { cwd = root, variables = {} }: { cwd?: string; variables?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env: uncoveredEnvironment(variables),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text
      })
    }
    child.on('error', ({ message }) => reject(new Error(`${file} cannot be run: ${message}`)))
    child.on('close', (code) => (code === 0 ? resolve(printed) : reject(new Error(printed))))
  })
}
