#!/usr/bin/env node
import { run } from './run.ts'

// A terminal and npm both pass Ctrl-C on, so a signal often comes twice: every one but the first is ignored.
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve())
})

const { argv, env, stdout, stderr } = process
process.exitCode = await run(argv.slice(2), env, { stdout, stderr, stopped })
// What a request that was cut has left behind must not keep the process alive.
setTimeout(() => process.exit(), 50).unref()
