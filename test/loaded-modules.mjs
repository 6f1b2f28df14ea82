// Preloaded into a process: when it ends, writes what it loaded from the program on, one URL a line, into the file that
// LOADED_MODULES names. What the test runner puts into the process comes before.
import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const urls = new Set()
registerHooks({
  // Not `load`, which fails for CommonJS on Node 22.19.
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context)
    if (urls.size > 0 || resolved.url.endsWith('/src/cli/index.ts')) urls.add(resolved.url)
    return resolved
  },
})
process.on('exit', () => writeFileSync(process.env.LOADED_MODULES, [...urls].join('\n')))
