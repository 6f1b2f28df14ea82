// `npm run build:page`: builds dist/page, the page at /_fake/ and the API page at /_fake/docs. Every file is compressed. A manifest has the type
// and the ETag of each for the server. docs/decisions/0015-the-page.md has the reasons.
import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { minifyCss } from './minify-css.mjs'
import { hashOfSources } from './page-sources.mjs'

/**
 * The maximum size of the page's own files in bytes, compressed. Packages do not count: each is a separate file, so that browsers keep it when
 * only the page changes, and only the views that use it load it. Only the API page loads Swagger UI.
 */
const OWN_MAX = 80_000

/** The packages that become separate files, by the name of the file. */
const PACKAGES = {
  preact: /\/node_modules\/(?:preact|@preact)\//,
  virtual: /\/node_modules\/@tanstack\//,
  diff: /\/node_modules\/diff\//,
}

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The HTML documents, by their names in dist/page. In the sources, they refer to other files by their source names. */
const DOCUMENTS = { 'index.html': 'index.html', 'docs.html': 'docs/docs.html' }

/** The files of Swagger UI in the package @fastify/swagger-ui. */
const SWAGGER_UI = ['swagger-ui-bundle.js', 'swagger-ui.css']

/** Builds the page from src/page, and resolves with rolldown's output. Throws if the page is too big or refers to something unknown. */
export async function buildPage(root) {
  const sources = hashOfSources(root)
  const output = await bundle(root)
  const assets = new Assets()
  for (const { fileName, code } of output) assets.addAs(inAssets(fileName), code)
  for (const { name, fileName, isEntry } of output) if (isEntry) assets.name(name, inAssets(fileName))
  const page = join(root, 'src/page')
  assets.add('styles.css', minifyCss(stylesIn(join(page, 'styles'))))
  assets.add('docs.css', minifyCss(readFileSync(join(page, 'docs/docs.css'), 'utf8')))
  assets.add('icon.svg', readFileSync(join(page, 'icon.svg'), 'utf8'))
  for (const name of SWAGGER_UI) {
    assets.add(name, readFileSync(join(root, 'node_modules/@fastify/swagger-ui/static', name), 'utf8'))
  }
  for (const [name, path] of Object.entries(DOCUMENTS)) {
    assets.addAs(name, documentOf(readFileSync(join(page, path), 'utf8'), { assets, output, path }))
  }
  const packages = output.filter(({ name }) => Object.hasOwn(PACKAGES, name)).map(({ fileName }) => fileName)
  const own = assets.sizeWithout([...SWAGGER_UI.map((name) => assets.named(name)), ...packages.map(inAssets)])
  if (own > OWN_MAX) {
    throw new Error(`the page has ${own} bytes, compressed, and may have ${OWN_MAX}:\n${assets.list()}`)
  }
  assets.write(join(root, 'dist'), sources)
  return { output, own }
}

/** Returns the name in dist/page of a file that the bundler has named. */
function inAssets(fileName) {
  return `assets/${fileName}`
}

async function bundle(root) {
  const build = await rolldown({
    cwd: root,
    platform: 'browser',
    resolve: { symlinks: false },
    input: { 'main.tsx': 'src/page/main.tsx', 'docs.ts': 'src/page/docs/docs.ts' },
    // Defines how JSX is compiled, also for the compiler and editors.
    tsconfig: join(root, 'src/page/tsconfig.json'),
    transform: { target: 'es2023', define: { 'process.env.NODE_ENV': '"production"' } },
    onLog: (_level, { message }) => {
      throw new Error(message)
    },
  })
  try {
    const { output } = await build.generate({
      format: 'es',
      minify: true,
      comments: false,
      entryFileNames: ({ name }) => `${name.replace(/\.\w+$/, '')}-[hash].js`,
      chunkFileNames: '[name]-[hash].js',
      codeSplitting: {
        groups: [
          ...Object.entries(PACKAGES).map(([name, test]) => ({ name, test })),
          // Otherwise there would be ten small files, nearly all of which the first view needs.
          { name: 'shared', test: /\/src\/page\//, minShareCount: 2 },
        ],
      },
    })
    return output
  } finally {
    await build.close()
  }
}

/** Returns all style sheets of a folder, in the order of their names. */
function stylesIn(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith('.css'))
  return names
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
}

/** Returns a document that refers to the built files, and preloads the modules that its scripts import. */
function documentOf(template, { assets, output, path }) {
  const modules = new Set()
  const html = template
    .replaceAll(/<!--(?!\[)[\s\S]*?-->\n?/g, '')
    .replaceAll(/(\s(?:href|src)=")(?![./#]|[a-z]+:)([^"]+)"/g, (_all, before, name) => {
      const built = assets.named(name)
      if (built === undefined) throw new Error(`src/page/${path} refers to ${name}, which is not built`)
      const chunk = output.find(({ fileName }) => built === inAssets(fileName))
      for (const imported of importsOf(chunk, output)) modules.add(imported)
      return `${before}${built}"`
    })
  const links = [...modules].map((name) => `<link rel="modulepreload" href="assets/${name}">\n`)
  return html.replace('</head>', `${links.join('')}</head>`)
}

/** Returns the names of all chunks that a chunk imports, and those that they import. */
function importsOf(chunk, output, found = new Set()) {
  for (const name of chunk?.imports ?? []) {
    if (found.has(name)) continue
    found.add(name)
    importsOf(
      output.find(({ fileName }) => fileName === name),
      output,
      found,
    )
  }
  return found
}

/** The built files. */
class Assets {
  /** The compressed files with their entries in the manifest, by their names in dist/page. */
  #files = new Map()
  /** The names in dist/page, by source name. */
  #names = new Map()

  /** Adds a file, whose name gets a hash of its content. */
  add(name, text) {
    const extension = extname(name)
    const hash = hashOf(text).slice(0, 8)
    const built = `assets/${name.slice(0, -extension.length)}-${hash}${extension}`
    this.addAs(built, text)
    this.name(name, built)
  }

  /** Adds a file under its name in dist/page. */
  addAs(built, text) {
    const bytes = gzipSync(text, { level: 9 })
    // The byte for the operating system: 255 is unknown, so that the bytes are the same everywhere.
    bytes[9] = 255
    const type = TYPES[extname(built)]
    if (type === undefined) throw new Error(`${built} has no known type`)
    this.#files.set(built, { bytes, type, etag: hashOf(text).slice(0, 16), size: Buffer.byteLength(text) })
  }

  /** Sets the source name of a built file. */
  name(name, built) {
    this.#names.set(name, built)
  }

  /** Returns the name in dist/page of a file, by its source name. */
  named(name) {
    return this.#names.get(name)
  }

  /** Returns the size of all compressed files except those, given by their names in dist/page. */
  sizeWithout(others) {
    return [...this.#files]
      .filter(([built]) => !others.includes(built))
      .reduce((sum, [, { bytes }]) => sum + bytes.length, 0)
  }

  /** Returns a line for each file with its compressed size. */
  list() {
    return [...this.#files].map(([built, { bytes }]) => `${bytes.length} ${built}`).join('\n')
  }

  /** Replaces the folder `page` in `dist`. A build that is interrupted leaves the earlier page as it was. */
  write(dist, sources) {
    mkdirSync(dist, { recursive: true })
    const folder = mkdtempSync(join(dist, 'page-'))
    // Temporary folders are private; an image serves the page as another user than its builder.
    chmodSync(folder, 0o755)
    mkdirSync(join(folder, 'assets'))
    const files = {}
    for (const [built, { bytes, ...rest }] of [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      writeFileSync(join(folder, `${built}.gz`), bytes)
      files[built] = rest
    }
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ sources, files }, null, 1))
    rmSync(join(dist, 'page'), { recursive: true, force: true })
    renameSync(folder, join(dist, 'page'))
  }
}

function hashOf(text) {
  return createHash('sha256').update(text).digest('base64url').replaceAll(/[-_]/g, '')
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { own } = await buildPage(fileURLToPath(new URL('../../', import.meta.url)))
  console.error(`dist/page: ${own} bytes, compressed, and Swagger UI`)
}
