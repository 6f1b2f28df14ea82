// `npm start -- FLAGS`: installs what serving needs and serves from the sources.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setup } from './setup.mjs'

const program = new URL('../src/cli/index.ts', import.meta.url)

const node = await setup({ serving: true })
watchNpm()
if (node === process.execPath) {
  // This very process becomes the server, so that nothing stands between it and its signals.
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
 * npm passes a signal on to the shell that it runs this in, and the shells of many systems die of it without a word to us.
 * So when npm's shell is gone, that was the signal.
 */
function watchNpm() {
  if (process.env.npm_lifecycle_event === undefined) return
  const { ppid } = process
  setInterval(() => process.ppid !== ppid && process.kill(process.pid, 'SIGTERM'), 100).unref()
}
