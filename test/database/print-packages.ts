// Opens and closes a database. Prints the packages that were loaded for it, one per line, and `node:sqlite` if that was.
import { registerHooks } from 'node:module'

const loaded = new Set<string>()
registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context)
    const [, name] = /.*\/node_modules\/([^/]+)\//.exec(resolved.url) ?? []
    if (name !== undefined) loaded.add(name)
    return resolved
  },
})
const { getBuiltinModule } = process
process.getBuiltinModule = ((name: string) => {
  loaded.add(name)
  return getBuiltinModule(name)
}) as typeof getBuiltinModule

const { openDatabase } = await import('../../src/database/open.ts')
await (await openDatabase(process.argv[2] as string)).close()
for (const name of loaded) process.stdout.write(`${name}\n`)
