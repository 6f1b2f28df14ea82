// Builds the page if it is missing or older than its sources.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isPageBuilt } from '../build/page-sources.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Builds the page unless dist/page is up to date, in a process of its own, since the bundler would stay in the memory of the server.
 * Returns whether the page is there; the reason has been printed otherwise.
 */
export function buildPageIfOld(node) {
  if (isPageBuilt(root)) return true
  console.error('Building the page …')
  const { status } = spawnSync(node, [`${root}scripts/build/page.mjs`], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return status === 0
}
