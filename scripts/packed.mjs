// Shared by the checks of the packed package: installs it in a temporary folder, together with their tools.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('../', import.meta.url))

/** The time limit for a command, in milliseconds. A slower one counts as hanging, which fails the check. */
const COMMAND_MS = 120_000

/** The linters of packed packages. */
export const LINTERS = ['publint@0.3.25', '@arethetypeswrong/cli@0.18.5']

const execute = promisify(execFile)

/** The version that is packed. */
export const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))

const { FORCE_COLOR: _, NODE_OPTIONS: __, ...own } = process.env
/** The environment of every command: the current Node first in PATH, and no colours. */
export const env = {
  ...own,
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
  NO_COLOR: '1',
  CI: 'true',
}

/**
 * Packs the package, or takes the tarball of PACKED_TARBALL, installs it with `packages` into an empty folder, passes the folder and the tarball's
 * path to `use`, and removes the folder.
 */
export async function withPacked(packages, use) {
  const { PACKED_TARBALL: packed } = process.env
  if (packed) return withInstalled(packed, packages, use)
  const folder = await mkdtemp(join(tmpdir(), 'fake-devin-tarball-'))
  try {
    await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root })
    await withInstalled(join(folder, `fake-devin-${version}.tgz`), packages, use)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Like {@link withPacked}, but for a tarball that is there already. */
export async function withInstalled(tarball, packages, use) {
  const folder = await mkdtemp(join(tmpdir(), 'fake-devin-packed-'))
  try {
    // These packages provide their executables through install scripts.
    const manifest = { private: true, allowScripts: { bun: true, deno: true, esbuild: true, node: true } }
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
    await install(folder, [tarball, ...packages])
    await use(folder, tarball)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs the {@link LINTERS}, which are installed in the folder, on a tarball. Rejects with what they find. */
export async function lint(folder, tarball) {
  await run(join(folder, 'node_modules/.bin/publint'), [tarball, '--strict'])
  await run(join(folder, 'node_modules/.bin/attw'), [tarball])
}

/** Installs more packages into the folder. */
export function install(folder, packages) {
  return run('npm', ['install', '--loglevel=error', '--no-audit', '--no-fund', ...packages], { cwd: folder })
}

/** Runs a command without colours, on the current Node. Rejects with its output if it fails or hangs. */
export async function run(file, args, { env: extra = {}, ...options } = {}) {
  try {
    return await execute(file, args, {
      timeout: COMMAND_MS,
      maxBuffer: 1e8,
      ...options,
      env: { ...env, ...extra },
    })
  } catch (error) {
    const { killed, stdout = '', stderr = '' } = error
    const end = `${stdout}\n${stderr}`.trim().split('\n').slice(-40).join('\n')
    const why = killed ? `no end after ${COMMAND_MS / 1000} s` : 'failed'
    throw Object.assign(new Error(`${file} ${args.join(' ')}: ${why}\n${end}`), { stdout, stderr })
  }
}
