// Builds the package for tests that start processes: a process that runs the sources takes ten times as much CPU time to start.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the builds, below that of the project. Each state of the sources has a folder in it. */
const FOLDER = '.cache/package'

/** What the package is built from, except the page. */
const SOURCES = ['src', 'scripts/build', 'package.json', 'package-lock.json']

/**
 * Returns the folder of the package as it is published, without declarations and licences. Builds it from the current sources, in another
 * process, unless it exists. Throws an Error if that fails.
 */
export function builtPackage(root) {
  const folder = join(root, FOLDER, hashOfSources(root))
  if (existsSync(folder)) return folder
  const { status, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), root, folder], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  })
  if (status !== 0) throw new Error(`the package cannot be built:\n${stderr}`)
  return folder
}

/** Returns a hash of everything that the package is built from. */
export function hashOfSources(root) {
  const hash = createHash('sha256')
  for (const path of SOURCES.flatMap((name) => filesBelow(root, name))) {
    hash.update(`${path}\n`).update(readFileSync(join(root, path)))
  }
  return hash.digest('hex').slice(0, 16)
}

function filesBelow(root, name) {
  if (name.endsWith('.json')) return [name]
  return readdirSync(join(root, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name: file }) => join(parentPath, file).slice(root.length))
    .filter((path) => !path.startsWith(join('src/page/')))
    .sort()
}

/** Builds the package, and removes builds of earlier sources. Another process may do the same at the same time. */
async function build(root, folder) {
  const { writeBundle } = await import('./bundle.mjs')
  const parent = join(root, FOLDER)
  mkdirSync(parent, { recursive: true })
  for (const name of readdirSync(parent)) {
    if (!name.includes('.')) rmSync(join(parent, name), { recursive: true, force: true })
  }
  const own = `${folder}.${process.pid}`
  await writeBundle(root, `${own}/dist/`)
  copyFileSync(join(root, 'package.json'), join(own, 'package.json'))
  // The page may be built later, or never.
  symlinkSync(join(root, 'dist/page'), join(own, 'dist/page'), 'junction')
  try {
    renameSync(own, folder)
  } catch (error) {
    rmSync(own, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , root, folder] = process.argv
  if (root !== undefined) await build(root, folder)
  else builtPackage(fileURLToPath(new URL('../../', import.meta.url)))
}
