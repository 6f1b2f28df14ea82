// Reads the modules of src/ and the arrows (imports) between them, for the picture in docs/architecture.md and
// for test/architecture.test.ts.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'

/** Matches a static import or re-export, including those of types. */
const STATIC_IMPORT = /^(?:import|export)\s(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm

/** Matches a dynamic import. */
const DYNAMIC_IMPORT = /\bimport\(\s*'([^']+)'/g

/** Returns the text of every TypeScript file in a folder (`.ts` and `.tsx`), by its path relative to the folder. */
export function sourcesIn(folder: URL): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path))
    .sort()
  return new Map(paths.map((path) => [path, readFileSync(new URL(path, folder), 'utf8')]))
}

/** Returns the paths in src/ that a file imports, and the names of packages and Node modules unchanged. */
export function importsOf(path: string, text: string, kind: 'static' | 'all' = 'all'): string[] {
  const patterns = kind === 'static' ? [STATIC_IMPORT] : [STATIC_IMPORT, DYNAMIC_IMPORT]
  return patterns
    .flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = '']) => name))
    .map((name) => (name.startsWith('.') ? join(dirname(path), name) : name))
}

/**
 * Returns the module of a file: its top-level folder in src/, or the file itself if it is directly in src/. Each
 * subfolder of routes and schemas, one for each generation of the API, is a module of its own.
 */
export function moduleOf(path: string): string {
  const parts = path.split('/')
  if (parts.length === 1) return path
  const isShared = parts.length === 2
  return (parts[0] === 'routes' || parts[0] === 'schemas') && !isShared
    ? parts.slice(0, 2).join('/')
    : (parts[0] as string)
}

/** Returns the modules that each module imports from. `sources` has the text of every file by its path in src/. */
export function arrowsOf(sources: ReadonlyMap<string, string>): Map<string, Set<string>> {
  const arrows = new Map<string, Set<string>>()
  for (const [path, text] of sources) {
    const from = moduleOf(path)
    const to = arrows.get(from) ?? new Set()
    arrows.set(from, to)
    for (const name of importsOf(path, text)) {
      if (sources.has(name) && moduleOf(name) !== from) to.add(moduleOf(name))
    }
  }
  return arrows
}

/**
 * Returns the modules as text, starting with the entry points. A module comes after every module that imports it,
 * and lists the modules it imports, without arrows that other arrows imply. Throws if the arrows form a cycle.
 */
export function pictureOf(arrows: ReadonlyMap<string, ReadonlySet<string>>): string {
  const depths = depthsOf(arrows)
  const byDepth = [...arrows.keys()].sort(
    (a, b) => (depths.get(a) as number) - (depths.get(b) as number) || a.localeCompare(b),
  )
  const width = Math.max(...byDepth.map((module) => module.length))
  const lines = byDepth.map((module) => {
    const next = [...(arrows.get(module) ?? [])].filter((to) => !isImplied(module, to, arrows)).sort()
    return next.length === 0 ? module : `${module.padEnd(width)} ─▶ ${next.join(', ')}`
  })
  return lines.join('\n')
}

const PICTURE = /(<!-- modules -->\n```text\n)[^`]*(```\n)/

/**
 * Returns the page with the picture of these modules in the code block after the comment `<!-- modules -->`.
 * Throws if the page has no such block.
 */
export function withPicture(page: string, arrows: ReadonlyMap<string, ReadonlySet<string>>): string {
  if (!PICTURE.test(page)) throw new Error('the page needs a text block after <!-- modules -->')
  return page.replace(PICTURE, (_all, before, after) => `${before}${pictureOf(arrows)}\n${after}`)
}

/** Returns the length of the longest path of arrows to each module. Throws if the arrows form a cycle. */
function depthsOf(arrows: ReadonlyMap<string, ReadonlySet<string>>): Map<string, number> {
  const depths = new Map<string, number>()
  const visit = (module: string, depth: number, way: readonly string[]): void => {
    if (way.includes(module)) throw new Error(`modules import each other: ${[...way, module].join(' → ')}`)
    if ((depths.get(module) ?? -1) >= depth) return
    depths.set(module, depth)
    for (const to of arrows.get(module) ?? []) visit(to, depth + 1, [...way, module])
  }
  for (const module of arrows.keys()) visit(module, 0, [])
  return depths
}

/** Returns whether `from` also reaches `to` through another module that it imports. */
function isImplied(from: string, to: string, arrows: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const reaches = (module: string): boolean =>
    module === to || [...(arrows.get(module) ?? [])].some((next) => reaches(next))
  return [...(arrows.get(from) ?? [])].some((next) => next !== to && reaches(next))
}
