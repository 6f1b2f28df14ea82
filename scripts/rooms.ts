// The rooms of src/ and the arrows between them, read from the imports: for the picture in docs/architecture.md and for
// test/architecture.test.ts.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'

/** A static import or export, types included. */
const STATIC_IMPORT = /^(?:import|export)\s(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm

/** An import that runs when its code does. */
const DYNAMIC_IMPORT = /\bimport\(\s*'([^']+)'/g

/** The text of every TypeScript file of a folder, by its path in there. */
export function sourcesIn(folder: URL): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .sort()
  return new Map(paths.map((path) => [path, readFileSync(new URL(path, folder), 'utf8')]))
}

/** The paths in src/ that a file imports. Names of packages and of Node's modules are returned as they are. */
export function importsOf(path: string, text: string, kind: 'static' | 'all' = 'all'): string[] {
  const patterns = kind === 'static' ? [STATIC_IMPORT] : [STATIC_IMPORT, DYNAMIC_IMPORT]
  return patterns
    .flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = '']) => name))
    .map((name) => (name.startsWith('.') ? join(dirname(path), name) : name))
}

/**
 * The room of a file: its folder; the second level, too, for routes and schemas, whose folders are the API's generations; and
 * the file itself for the two that lie in src/.
 */
export function roomOf(path: string): string {
  const parts = path.split('/')
  if (parts.length === 1) return path
  const isShared = parts.length === 2
  return (parts[0] === 'routes' || parts[0] === 'schemas') && !isShared
    ? parts.slice(0, 2).join('/')
    : (parts[0] as string)
}

/** For each room the rooms that it imports from. `sources` has the text of every file by its path in src/. */
export function arrowsOf(sources: ReadonlyMap<string, string>): Map<string, Set<string>> {
  const arrows = new Map<string, Set<string>>()
  for (const [path, text] of sources) {
    const from = roomOf(path)
    const to = arrows.get(from) ?? new Set()
    arrows.set(from, to)
    for (const name of importsOf(path, text)) {
      if (sources.has(name) && roomOf(name) !== from) to.add(roomOf(name))
    }
  }
  return arrows
}

/**
 * The rooms as text, from the entry points down: a room stands below every room that imports it, and names those that it
 * imports. An arrow that other arrows imply is left out. Throws when arrows form a circle.
 */
export function pictureOf(arrows: ReadonlyMap<string, ReadonlySet<string>>): string {
  const depths = depthsOf(arrows)
  const byDepth = [...arrows.keys()].sort(
    (a, b) => (depths.get(a) as number) - (depths.get(b) as number) || a.localeCompare(b),
  )
  const width = Math.max(...byDepth.map((room) => room.length))
  const lines = byDepth.map((room) => {
    const next = [...(arrows.get(room) ?? [])].filter((to) => !isImplied(room, to, arrows)).sort()
    return next.length === 0 ? room : `${room.padEnd(width)} ─▶ ${next.join(', ')}`
  })
  return lines.join('\n')
}

const PICTURE = /(<!-- rooms -->\n```text\n)[^`]*(```\n)/

/** The page with the picture of these rooms in its place: a code block after the comment `<!-- rooms -->`. Throws without one. */
export function withPicture(page: string, arrows: ReadonlyMap<string, ReadonlySet<string>>): string {
  if (!PICTURE.test(page)) throw new Error('the page needs a text block after <!-- rooms -->')
  return page.replace(PICTURE, (_all, before, after) => `${before}${pictureOf(arrows)}\n${after}`)
}

/** How many rooms stand above each room on the longest way to it. */
function depthsOf(arrows: ReadonlyMap<string, ReadonlySet<string>>): Map<string, number> {
  const depths = new Map<string, number>()
  const visit = (room: string, depth: number, way: readonly string[]): void => {
    if (way.includes(room)) throw new Error(`rooms import each other: ${[...way, room].join(' → ')}`)
    if ((depths.get(room) ?? -1) >= depth) return
    depths.set(room, depth)
    for (const to of arrows.get(room) ?? []) visit(to, depth + 1, [...way, room])
  }
  for (const room of arrows.keys()) visit(room, 0, [])
  return depths
}

/** Whether another room that `from` imports leads to `to` as well. */
function isImplied(from: string, to: string, arrows: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const reaches = (room: string): boolean =>
    room === to || [...(arrows.get(room) ?? [])].some((next) => reaches(next))
  return [...(arrows.get(from) ?? [])].some((next) => next !== to && reaches(next))
}
