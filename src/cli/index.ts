import { run } from './run.ts'

/** The time after which the garbage collection of the process is tuned, in milliseconds. */
const TUNE_AFTER_MS = 500

// A terminal and npm both forward Ctrl-C, so a signal often arrives twice. Only the first one counts.
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve())
})

const { argv, env, stdout, stderr } = process
// Not awaited, because the published build is CommonJS. A bug ends the program as an unhandled rejection.
void run(argv.slice(2), env, { stdout, stderr, stopped }).then((code) => {
  process.exitCode = code
  // Leftovers of an aborted request must not keep the process alive.
  setTimeout(() => process.exit(), 50).unref()
})

// After the first answer, which would otherwise wait for it.
setTimeout(
  async () => (await import('./garbage-collection.ts')).tuneGarbageCollection(),
  TUNE_AFTER_MS,
).unref()
