// Two workers of a cluster that listen on a free port, as a process manager starts programs. Prints their ports.
import cluster, { type Worker } from 'node:cluster'
import { startServer } from '../../src/server/start.ts'
import { DEFAULT_CONFIG } from '../../src/settings/config.ts'

/** Resolves with what a worker sends. */
function message(worker: Worker): Promise<unknown> {
  return new Promise((resolve) => worker.once('message', resolve))
}

if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()]
  console.log(JSON.stringify(await Promise.all(workers.map(message))))
  for (const worker of workers) worker.kill()
} else {
  const { url } = await startServer({ ...DEFAULT_CONFIG, port: 0, logLevel: 'silent' })
  process.send?.(new URL(url).port)
}
