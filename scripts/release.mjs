// `npm run release:dry`: installs missing packages, and does everything of a release except publishing: scripts/release/dry-run.mjs.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setup } from './setup.mjs'

const node = await setup()
const script = fileURLToPath(new URL('release/dry-run.mjs', import.meta.url))
process.exitCode = spawnSync(node, [script], { stdio: 'inherit' }).status ?? 1
