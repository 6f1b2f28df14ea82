// Serves the files of the built page. Loaded by the first request for one.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { weightsOf } from '../../fastapi/accept.ts'
import { HttpException } from '../../fastapi/errors.ts'

/** A file as scripts/build/page.mjs describes it. */
interface BuiltFile {
  readonly type: string
  readonly etag: string
}

const NOT_BUILT = `The page is not built. In a checkout of fake-devin, run \`npm run build:page\` (or \`npm run build\`, or \`npm start\`), and
reload. A program that bundles fake-devin has no page; the control plane works without it: /_fake/openapi.json
`

const unzip = promisify(gunzip)

/** The files of a built page. */
export class PageFiles {
  readonly #folder: string | undefined
  /** The bytes of files that answers under way use, by ETag. */
  readonly #kept = new Map<string, WeakRef<Uint8Array>>()
  readonly #loading = new Map<string, Promise<Uint8Array>>()

  /** `folder` has the manifest. It is undefined if there is no built page. */
  constructor(folder: string | undefined) {
    this.#folder = folder
  }

  /** Sends the file with a name in the manifest, with additional headers. Throws HttpException (404) for an unknown name. */
  async send(
    name: string,
    { request, reply, headers }: { request: FastifyRequest; reply: FastifyReply; headers: object },
  ): Promise<FastifyReply> {
    const { raw } = request
    const folder = this.#folder
    const files = folder === undefined ? undefined : await manifestOf(folder)
    if (folder === undefined || files === undefined) {
      return reply.code(501).type('text/plain; charset=utf-8').send(NOT_BUILT)
    }
    // Nothing but a name of the manifest ever becomes part of a path.
    const file = Object.hasOwn(files, name) ? (files[name] as BuiltFile) : undefined
    if (file === undefined) throw new HttpException(404, 'Not Found')
    const isZipped = prefersGzip(raw.headers['accept-encoding'])
    const etag = `"${file.etag}${isZipped ? '-gzip' : ''}"`
    reply.headers({ ...headers, etag, vary: 'accept-encoding', 'x-content-type-options': 'nosniff' })
    if (isKnown(etag, raw.headers['if-none-match'])) return reply.code(304).send()
    const bytes = await this.#bytesOf(etag, async () => {
      const zipped = await readFile(join(folder, `${name}.gz`))
      return isZipped ? zipped : unzip(zipped)
    })
    reply.header('content-type', file.type)
    if (isZipped) reply.header('content-encoding', 'gzip')
    return reply.send(bytes)
  }

  /** Returns bytes that all answers under way share, so that many slow clients do not hold as many copies. */
  async #bytesOf(key: string, load: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const known = this.#kept.get(key)?.deref() ?? this.#loading.get(key)
    if (known !== undefined) return known
    const loading = load()
    this.#loading.set(key, loading)
    try {
      const bytes = await loading
      this.#kept.set(key, new WeakRef(bytes))
      return bytes
    } finally {
      this.#loading.delete(key)
    }
  }
}

/** Returns the files of a folder by name. Reads them anew each time, so that a rebuilt page is served at once. */
async function manifestOf(folder: string): Promise<Readonly<Record<string, BuiltFile>> | undefined> {
  try {
    const { files } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
    return Object.hasOwn(files, 'index.html') ? files : undefined
  } catch {
    return undefined
  }
}

/** Returns whether a client accepts gzip and does not prefer an uncompressed body. */
function prefersGzip(header: string | string[] | undefined): boolean {
  const weights = weightsOf(header?.toString())
  const gzip = weights.get('gzip') ?? weights.get('*') ?? 0
  return gzip > 0 && gzip >= (weights.get('identity') ?? 0)
}

/** Returns whether an `If-None-Match` header names this version. */
function isKnown(etag: string, header = ''): boolean {
  return header
    .split(',')
    .map((known) => known.trim().replace(/^W\//, ''))
    .some((known) => known === '*' || known === etag)
}
