#!/usr/bin/env node
import { run } from './run.ts'

// A terminal and npm both pass Ctrl-C on, so a signal often comes twice: every one but the first is ignored.
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve())
})

const { argv, env, stdout, stderr } = process
// Not awaited, since what is published is CommonJS. A fault of the program ends it as an unhandled rejection.
void run(argv.slice(2), env, { stdout, stderr, stopped }).then((code) => {
  process.exitCode = code
  // What a request that was cut has left behind must not keep the process alive.
  setTimeout(() => process.exit(), 50).unref()
})
