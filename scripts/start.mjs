// `npm start -- FLAGS`: installs the packages that a server needs, builds its page if that is old, and runs it from the sources.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { buildPageIfOld } from './setup/page.mjs'
import { setup } from './setup.mjs'

const program = new URL('../src/cli/index.ts', import.meta.url)

const node = await setup({ serving: true })
watchNpm()
if (!buildPageIfOld(node)) {
  console.error('fake-devin: the page cannot be built; everything else is served')
}
if (node === process.execPath) {
  // Runs the server in this process, so that it receives signals directly.
  await import(program.href)
} else {
  const server = spawn(node, [fileURLToPath(program), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal))
  server.on('error', ({ message }) => {
    console.error(`fake-devin: ${node} cannot be run: ${message}`)
    process.exit(1)
  })
  server.on('exit', (code) => process.exit(code ?? 1))
}

/**
 * Ends this process with SIGTERM once npm's shell is gone. npm passes a signal only to the shell that runs
 * this script, and many shells die of it without passing it on.
 */
function watchNpm() {
  if (process.env.npm_lifecycle_event === undefined) return
  const { ppid } = process
  setInterval(() => process.ppid !== ppid && process.kill(process.pid, 'SIGTERM'), 100).unref()
}
