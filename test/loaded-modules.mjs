// Preloaded into a process: when it ends, writes what it loaded from the program on, one URL a line, into the file that
// LOADED_MODULES names. What the test runner puts into the process comes before.
import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const urls = new Set()
registerHooks({
  load(url, context, nextLoad) {
    if (urls.size > 0 || url.endsWith('/src/cli/index.ts')) urls.add(url)
    return nextLoad(url, context)
  },
})
process.on('exit', () => writeFileSync(process.env.LOADED_MODULES, [...urls].join('\n')))
