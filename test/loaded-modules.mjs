// Preloaded into a process. At exit, writes the URLs of the modules loaded since the program started, one per line, to the file that
// LOADED_MODULES names. Modules of the test runner are loaded earlier.
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
