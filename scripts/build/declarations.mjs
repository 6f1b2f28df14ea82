// The type declarations of the library: tsc's output for src/index.ts and the files it imports. If they need
// the declarations of a package, those are included too, since users do not have the package. All are
// CommonJS, which either kind of module may import; `index.d.ts` declares the same for index.js.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const SPECIFIER = /(\b(?:from|import)\s*\(?\s*)['"]([^'"]+)['"]/g

/** The entry file of each package whose declarations are included. */
const PACKAGES = { '@sinclair/typebox': 'build/esm/index.d.mts' }

/** Writes the declarations into dist. Throws if one needs the types of a package not in `PACKAGES`. */
export function writeDeclarations(root) {
  const dist = join(root, 'dist')
  const compiled = mkdtempSync(join(dist, 'declarations-'))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const args = [tsc, '-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', compiled]
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
  copy({ compiled, packages: join(root, 'node_modules'), dist })
  rmSync(compiled, { recursive: true })
}

function copy({ compiled, packages, dist }) {
  const target = (path) => {
    const file = path.startsWith(compiled)
      ? relative(compiled, path)
      : join('types', relative(packages, path))
    return join(dist, file.replace(/\.d\.m?ts$/, '.d.cts'))
  }
  const seen = new Set()
  const left = [join(compiled, 'index.d.ts')]
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    const text = readFileSync(path, 'utf8').replaceAll(SPECIFIER, (whole, before, name) => {
      if (name.startsWith('node:')) return whole
      if (name.startsWith('.')) {
        left.push(join(dirname(path), name.replace(/\.(m?)[jt]s$/, '.d.$1ts')))
        return `${before}'${name.replace(/\.m?[jt]s$/, '.cjs')}'`
      }
      if (PACKAGES[name] === undefined) throw new Error(`${path} needs the types of ${name}`)
      const entry = join(packages, name, PACKAGES[name])
      left.push(entry)
      return `${before}'./${relative(dirname(target(path)), target(entry)).replace('.d.cts', '.cjs')}'`
    })
    mkdirSync(dirname(target(path)), { recursive: true })
    writeFileSync(target(path), text)
  }
  writeFileSync(join(dist, 'index.d.ts'), "export * from './index.cjs'\n")
}
